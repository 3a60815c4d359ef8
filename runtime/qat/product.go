package qat

import (
	"math"

	"setun/runtime/asm"
	"setun/runtime/tensor"
)

// The product of quantised activations and quantised weights, both whole numbers:
//
//	y[i,j] = Σ over groups (Σ_k q[i,k]·c[j,k] − z·Σ_k q[i,k])·(a/s[i])
//
// where a and z are those of the group. The sums over k are exact. Trits are
// multiplied as two-bit integers, wider codes on the units for float32, which
// computes exactly with whole numbers below 2²⁴: a stretch of columns is at most
// as long as that allows, and stretches are added up as integers.

// multiply writes y[M×N] = X̂·Ŵᵀ with rows ldy apart.
func (q *QuantizedWeights) multiply(scope *tensor.Scope, a Activations, y []float32, ldy int) {
	m := len(a.Scales)
	l := q.layout()
	p := products.Take()
	*p = product{q: q, a: a, y: y, ldy: ldy, codes: p.codes}
	switch {
	case q.isTrits && l.shared && q.Zeros == nil:
		scope.Device().TernaryGEMM(m, a.Codes, a.Scales, &q.packed, q.Scales[0], y, ldy)
	case q.isTrits && l.perRow == 1:
		ones := scope.Borrow(m)
		for i := range ones {
			ones[i] = 1
		}
		scope.Device().TernaryGEMM(m, a.Codes, ones, &q.packed, 1, y, ldy)
		scope.Return(ones)
		tensor.ShareRows(m, l.cols+l.rows, (*rescaling)(p))
	case q.floats != nil:
		p.codes = q.floats
		tensor.Share(m, tileRows, p)
	default:
		p.codes = scope.Borrow(l.rows * l.cols)
		q.code(p.codes)
		tensor.Share(m, tileRows, p)
		scope.Return(p.codes)
	}
	products.Give(p)
}

// product is one product, as a task over rows.
type product struct {
	q     *QuantizedWeights
	a     Activations
	codes []float32 // c
	y     []float32
	ldy   int
}

type rescaling product

var (
	products tensor.Recycled[product]
	tiles    = tensor.NewRecycled(func(*tile) {}) // their buffers stay
)

// tileRows is how many rows of activations are multiplied at a time.
const tileRows = 28

// tile is the memory for the product of some rows.
type tile struct {
	q    []float32 // the codes of the activations
	part []float32 // the sums of a stretch of columns
	sums []int32   // of the stretches before it
}

// stretch is how many columns can be added up exactly in float32.
func (q *QuantizedWeights) stretch() int {
	return max(1, int((1<<24)/(128*q.Quantizer.levels().outermost())))
}

func (p *product) Piece(lo, hi int) {
	l := p.q.layout()
	stretch := p.q.stretch()
	rows, n, k := hi-lo, l.rows, l.cols
	t := tiles.Take()
	defer tiles.Give(t)
	t.q, t.part = sized(t.q, rows*k), sized(t.part, rows*n)
	for i, c := range p.a.Codes[lo*k : hi*k] {
		t.q[i] = float32(c)
	}
	for g := range l.perRow {
		first, last := l.span(g)
		for at := first; at < last; at += stretch {
			end := min(at+stretch, last)
			asm.GEMM(false, true, rows, n, end-at, t.q[at:], k, p.codes[at:], k, t.part, n, false)
			if last-first > stretch {
				t.carry(at == first, end == last)
			}
		}
		for i := range rows {
			p.finish(p.y[(lo+i)*p.ldy:][:n], t.part[i*n:], lo+i, g)
		}
	}
}

// carry adds a stretch of sums to those before it; the last one gets the total.
func (t *tile) carry(first, last bool) {
	t.sums = sized(t.sums, len(t.part))
	if first {
		clear(t.sums)
	}
	for i, v := range t.part {
		t.sums[i] += int32(v)
		if last {
			t.part[i] = float32(t.sums[i])
		}
	}
}

func (t *rescaling) Piece(lo, hi int) {
	p := (*product)(t)
	for i := lo; i < hi; i++ {
		y := p.y[i*p.ldy:][:p.q.Rows]
		p.finish(y, y, i, 0)
	}
}

// finish sets row i of y from its sums over group g: y = (Σ q·c − z·Σ q)·(a/s), or
// adds that, for a group that is not the first.
func (p *product) finish(y, sums []float32, i, g int) {
	l := p.q.layout()
	s := p.a.Scales[i]
	total := float32(0)
	if p.q.Zeros != nil {
		lo, hi := l.span(g)
		sum := int32(0)
		for _, c := range p.a.Codes[i*l.cols+lo : i*l.cols+hi] {
			sum += int32(c)
		}
		total = float32(sum)
	}
	at, stride := l.index(0, g), l.perRow // of the scales
	if l.shared {
		stride = 0
	}
	for j, v := range sums[:len(y)] {
		if p.q.Zeros != nil {
			v -= float32(p.q.Zeros[at] * total)
		}
		v *= p.q.Scales[at] / s
		if g > 0 {
			v = y[j] + float32(v)
		}
		y[j] = v
		at += stride
	}
}

// sized returns b with n elements, made longer where it must be.
func sized[E float32 | int32](b []E, n int) []E {
	if cap(b) < n {
		return make([]E, n)
	}
	return b[:n]
}

// mostColumns is how long a row can be before a sum of int8 by int8 products
// leaves int32.
const mostColumns = math.MaxInt32 / (128 * 128)
