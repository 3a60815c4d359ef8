package qat

import (
	"math"

	"setun/runtime/asm"
	"setun/runtime/tensor"
)

// QuantizedWeights are weights as a [Scheme] has rounded them, Ŵ = a·(c − z) with
// a scale a and a zero point z for each group that shares them.
type QuantizedWeights struct {
	Rows, Cols int
	Quantizer  WeightQuantizer
	Codes      []int8    // c[N×K]; nil if they are no whole numbers
	Values     []float32 // then c[N×K] itself, within the levels
	Scales     []float32 // a: one, one for each row, or for each group of each row
	Zeros      []float32 // z, as many; nil for 0

	centers []float32 // of binary weights: the mean that signs are about; nil for 0
	units   []float32 // γ, where Scales are not: those of Learnable are α·γ
	packed  asm.Ternary
	isTrits bool      // packed holds the codes in place of Codes
	floats  []float32 // the codes as floats; nil: made for each product
}

// layout says which of the weights share a scale.
func (q *QuantizedWeights) layout() layout { return q.Quantizer.layout(q.Rows, q.Cols) }

// whole reports whether the weights have codes.
func (q *QuantizedWeights) whole() bool { return q.isTrits || q.Codes != nil }

// unit is γ of group i.
func (q *QuantizedWeights) unit(i int) float32 {
	if q.units != nil {
		return q.units[i]
	}
	return q.Scales[i]
}

func (q *QuantizedWeights) zero(i int) float32 {
	if q.Zeros == nil {
		return 0
	}
	return q.Zeros[i]
}

func (q *QuantizedWeights) center(i int) float32 {
	if q.centers == nil {
		return 0
	}
	return q.centers[i]
}

// keepFloats makes the floats that products run on, where they do.
func (q *QuantizedWeights) keepFloats() {
	if !q.isTrits {
		q.floats = make([]float32, q.Rows*q.Cols)
		q.code(q.floats)
	}
}

// Dequantize writes Ŵ to w, row-major, of length N·K.
func (q *QuantizedWeights) Dequantize(w []float32) {
	if q.isTrits && len(q.Scales) == 1 && q.Zeros == nil {
		q.packed.Dequantize(w, q.Scales[0])
		return
	}
	q.code(w)
	t := weightTasks.Take()
	t.q, t.w = q, w
	tensor.ShareRows(q.Rows, q.Cols, (*dequantization)(t))
	weightTasks.Give(t)
}

// code writes the codes to c as floats.
func (q *QuantizedWeights) code(c []float32) {
	if q.isTrits {
		q.packed.Dequantize(c, 1)
		return
	}
	if q.Codes == nil {
		copy(c, q.Values)
		return
	}
	t := weightTasks.Take()
	t.q, t.w = q, c
	tensor.ShareRows(q.Rows, q.Cols, (*codeFloats)(t))
	weightTasks.Give(t)
}

// The passes over the weights of a matrix, as tasks over its rows.
type (
	weightTask struct {
		q     *QuantizedWeights
		w, c  []float32 // latent and, where they are no codes, rounded weights
		codes []int8
		how   rounding
		soft  softened // the estimators that do not round to the levels
		own   Estimator
	}
	scaling        weightTask
	coding         weightTask
	softening      weightTask
	dequantization weightTask
	codeFloats     weightTask
	packing        weightTask
)

var weightTasks tensor.Recycled[weightTask]

func (t *codeFloats) Piece(lo, hi int) {
	k := t.q.Cols
	w := t.w[lo*k : hi*k]
	for i, c := range t.q.Codes[lo*k : hi*k] {
		w[i] = float32(c)
	}
}

func (t *dequantization) Piece(lo, hi int) {
	l := t.q.layout()
	for row := lo; row < hi; row++ {
		for g := range l.perRow {
			a, b := l.span(g)
			i := l.index(row, g)
			scale, zero := t.q.Scales[i], t.q.zero(i)
			for k, c := range t.w[row*l.cols+a : row*l.cols+b] {
				t.w[row*l.cols+a+k] = (c - zero) * scale
			}
		}
	}
}

// scaling finds the steps of the groups of each row.
func (t *scaling) Piece(lo, hi int) {
	l := t.q.layout()
	for row := lo; row < hi; row++ {
		for g := range l.perRow {
			a, b := l.span(g)
			t.q.set(l.index(row, g), t.q.Quantizer.step(t.w[row*l.cols+a:row*l.cols+b]))
		}
	}
}

func (q *QuantizedWeights) set(i int, s step) {
	q.Scales[i] = s.size
	if q.Zeros != nil {
		q.Zeros[i] = s.zero
	}
	if q.centers != nil {
		q.centers[i] = s.center
	}
}

// measure fills in the scales that follow from the weights w.
func (q *QuantizedWeights) measure(w []float32) {
	if q.Quantizer.Per == PerTensor {
		q.set(0, q.Quantizer.step(w))
		return
	}
	t := weightTasks.Take()
	t.q, t.w = q, w
	tensor.ShareRows(q.Rows, q.Cols, (*scaling)(t))
	weightTasks.Give(t)
}

// coding rounds the weights w of each row to codes.
func (t *coding) Piece(lo, hi int) {
	q, l := t.q, t.q.layout()
	levels := q.Quantizer.levels()
	for row := lo; row < hi; row++ {
		for g := range l.perRow {
			a, b := l.span(g)
			a, b = row*l.cols+a, row*l.cols+b
			i := l.index(row, g)
			h := t.how
			h.levels = levels
			h.u = 1 / q.Scales[i]
			switch {
			case q.units != nil:
				h.before = q.zero(i)
			case levels.binary:
				h.before = -q.center(i) * h.u
			default:
				h.after = q.zero(i)
			}
			h.codes(t.codes[a:b], t.w[a:b], a)
		}
	}
}

// packing stores the codes at two bits each.
func (t *packing) Piece(lo, hi int) {
	q := t.q
	lo, hi = lo*asm.PanelRows, min(hi*asm.PanelRows, q.Rows)
	view := q.packed.Slice(lo, hi)
	view.Pack(t.codes[lo*q.Cols : hi*q.Cols])
}

// rounding takes a number x to the code c = clamp(round(x·u + before) + after).
type rounding struct {
	levels
	u, before, after float32
	noise            noise
}

// codes rounds x, whose first number has position at in the whole.
func (h *rounding) codes(c []int8, x []float32, at int) {
	if h.noise.key != 0 {
		h.randomCodes(c, x, at)
		return
	}
	c = c[:len(x)]
	u, before, after := h.u, h.before, h.after
	if h.binary {
		for i, v := range x {
			v = float32(float32(v*u)+before) + 0       // −0 becomes +0
			c[i] = 1 - 2*int8(math.Float32bits(v)>>31) // its sign, which no branch could foresee
		}
		return
	}
	lo, hi := h.lo-after, h.hi-after
	for i, v := range x {
		v = float32(v*u) + before
		if v != v {
			v = 0 // the scale carries the NaN on
		}
		v = float32(min(max(v, lo), hi)+roundEven) - roundEven
		c[i] = int8(v + after)
	}
}

// randomCodes rounds up with the probability of the fraction: c = ⌊v + uniform⌋,
// whose mean is v.
func (h *rounding) randomCodes(c []int8, x []float32, at int) {
	lo, hi := h.lo-h.after, h.hi-h.after
	rng := h.noise.at(at)
	for i, v := range x {
		uniform := rng.Uniform()
		v = float32(v*h.u) + h.before
		if v != v {
			v = 0
		}
		v = min(max(v, lo), hi)
		if h.binary {
			c[i] = -1
			if float32(v+1)*0.5 > uniform {
				c[i] = 1
			}
			continue
		}
		low := nearest(v - 0.5) // ⌊v⌋, or v − 1 for some whole numbers
		if v-low > uniform {
			low++
		}
		c[i] = int8(low + h.after)
	}
}
