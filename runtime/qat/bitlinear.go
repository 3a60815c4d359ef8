package qat

import (
	"setun/runtime/asm"
	"setun/runtime/tensor"
)

// BitLinear returns y = x̂·Ŵᵀ for activations x[…×K] and latent weights w[N×K]:
// both are quantised, and the product runs on the integers. What it remembers
// for the backward are those integers, a byte for each activation and two bits
// for each weight; they hold all that the backward needs.
//
//	y = (Σ q·t)·γ/s    dX = dY·Ŵ    dW = dYᵀ·x̂
//
// The RMSNorm that BitNet puts before it is not in here; see [NormBitLinear].
func BitLinear(x, w *tensor.Tensor) *tensor.Tensor {
	return newBitLinear("BitLinear", x, 0, false, w)
}

// NormBitLinear is BitLinear of [tensor.RMSNorm] of x, to the same bits, without
// the normalised activations ever being stored.
//
//	z = x·r, r = 1/√(mean x² + ε)    y = ẑ·Ŵᵀ    dZ = dY·Ŵ    dX = r·(dZ − z·mean(dZ·z))
//
// Given several weights, it quantises the activations once for all of them and
// returns the products side by side, […×N₁+N₂+…].
func NormBitLinear(x *tensor.Tensor, eps float32, ws ...*tensor.Tensor) *tensor.Tensor {
	return newBitLinear("NormBitLinear", x, eps, true, ws...)
}

// bitLinear is what a BitLinear remembers.
type bitLinear struct {
	x           *tensor.Tensor
	scope       *tensor.Scope
	activations Activations
	rstd        []float32 // of the norm; nil without one
	weights     []packed
	inputs      []*tensor.Tensor // x and the latent weights
}

// packed is one of the weights of a bitLinear.
type packed struct {
	latent *tensor.Tensor
	codes  asm.Ternary
	scale  float32
}

var bitLinears = tensor.NewRecycled(func(o *bitLinear) {
	clear(o.weights)
	*o = bitLinear{weights: o.weights[:0], inputs: o.inputs[:0]}
})

func newBitLinear(name string, x *tensor.Tensor, eps float32, norm bool, ws ...*tensor.Tensor) *tensor.Tensor {
	n := 0
	for _, w := range ws {
		tensor.NeedLinear(name, x, w)
		n += w.Dim(0)
	}
	m, k := x.Rows(), x.Dim(-1)
	o := bitLinears.Take()
	o.x, o.scope = x, x.Scope()
	o.inputs = append(o.inputs, x)
	o.activations = borrowActivations(o.scope, m, k)
	if norm {
		o.rstd = o.scope.Borrow(m)
		if x.WantsGrad() {
			tensor.Remember(x)
		}
	}
	t := quantizes.Take()
	*t = quantize{o.activations, x.Peek(), o.rstd, eps}
	tensor.ShareRows(m, k, t)
	quantizes.Give(t)

	y := tensor.WithWidth(x, n)
	for _, w := range ws {
		o.weights = append(o.weights, packed{latent: w, codes: borrowTernary(o.scope, w.Dim(0), k)})
		o.inputs = append(o.inputs, w)
	}
	for i := range o.weights {
		w := &o.weights[i]
		w.scale = quantizeWeights(&w.codes, w.latent.Peek())
	}
	o.Redo(y.Peek())
	return tensor.Record(name, y, o, o.inputs...)
}

// Redo multiplies the integers.
func (o *bitLinear) Redo(y []float32) {
	at := 0 // the first column of y for w
	for i := range o.weights {
		w := &o.weights[i]
		TernaryWeights{&w.codes, w.scale}.multiply(y[at:], len(y)/o.x.Rows(), o.activations)
		at += w.codes.Rows
	}
}

// redoRows is how many rows a product must have to be cheap to compute again. A
// product of integers takes a quarter of the time of one of floats, and its
// result four times the memory of its factors; but with few rows it is the
// weights that cost time, and the result takes little memory.
const redoRows = 256

func (o *bitLinear) CanRedo() bool { return o.x.Rows() >= redoRows }

func (o *bitLinear) Backward(dy []float32) {
	m, k := o.x.Rows(), o.x.Dim(-1)
	n := len(dy) / m
	p := products.Take()
	defer products.Give(p)
	at := 0
	for i := range o.weights {
		w := &o.weights[i]
		if w.latent.WantsGrad() {
			*p = product{o: o, w: w, dy: dy[at:], ldy: n}
			p.out, p.accumulate = w.latent.GradBuffer()
			p.weightGrad()
		}
		at += w.codes.Rows
	}
	if !o.x.WantsGrad() {
		return
	}
	dx, accumulate := o.x.GradBuffer()
	dz := dx
	if o.rstd != nil && accumulate {
		dz = o.scope.Borrow(len(dx))
	}
	at = 0
	for i := range o.weights {
		w := &o.weights[i]
		*p = product{o: o, w: w, dy: dy[at:], ldy: n, out: dz}
		p.accumulate = at > 0 || accumulate && o.rstd == nil
		p.inputGrad()
		at += w.codes.Rows
	}
	if o.rstd == nil {
		return
	}
	*p = product{o: o, out: dz, x: tensor.Recall(o.x)}
	tensor.ShareRows(m, k, (*normGradRows)(p))
	if accumulate {
		tensor.AddTo(dx, dz)
		o.scope.Return(dz)
	}
}

// product is one product, or the norm, of a backward.
type product struct {
	o          *bitLinear
	w          *packed
	dy         []float32 // ldy apart
	ldy        int
	out        []float32
	x          []float32
	accumulate bool
}

var products tensor.Recycled[product]

// The products of the backward, as tasks.
type (
	weightGradColumns product // dW = dYᵀ·x̂
	weightGradRows    product
	inputGradColumns  product // dZ = dY·Ŵ
	inputGradRows     product
	normGradRows      product // dX from dZ, in place
)

func (p *product) weightGrad() {
	if n, k := p.w.codes.Rows, p.w.codes.Cols; k >= n {
		tensor.Share(k, tensor.ProductPiece(k, tensor.TileColumns), (*weightGradColumns)(p))
	} else {
		tensor.Share(n, tensor.ProductPiece(n, tensor.TileRows), (*weightGradRows)(p))
	}
}

func (p *product) inputGrad() {
	if m, k := p.o.x.Rows(), p.w.codes.Cols; k >= m {
		tensor.Share(k, tensor.ProductPiece(k, tensor.TileColumns), (*inputGradColumns)(p))
	} else {
		tensor.Share(m, tensor.ProductPiece(m, tensor.TileRows), (*inputGradRows)(p))
	}
}

func (p *weightGradColumns) Piece(lo, hi int) {
	a, n, k := p.o.activations, p.w.codes.Rows, p.w.codes.Cols
	asm.GEMMInt8(true, n, hi-lo, len(a.Scales), p.dy, p.ldy, a.Codes[lo:], k, a.Scales, p.out[lo:], k, p.accumulate)
}

func (p *weightGradRows) Piece(lo, hi int) {
	a, k := p.o.activations, p.w.codes.Cols
	asm.GEMMInt8(true, hi-lo, k, len(a.Scales), p.dy[lo:], p.ldy, a.Codes, k, a.Scales, p.out[lo*k:], k, p.accumulate)
}

func (p *inputGradColumns) Piece(lo, hi int) {
	k := p.w.codes.Cols
	asm.GEMMTernary(len(p.o.activations.Scales), p.dy, p.ldy, &p.w.codes, p.w.scale, lo, hi, p.out[lo:], k, p.accumulate)
}

func (p *inputGradRows) Piece(lo, hi int) {
	k := p.w.codes.Cols
	asm.GEMMTernary(hi-lo, p.dy[lo*p.ldy:], p.ldy, &p.w.codes, p.w.scale, 0, k, p.out[lo*k:], k, p.accumulate)
}

func (p *normGradRows) Piece(lo, hi int) {
	k := p.o.x.Dim(-1)
	dx := p.out[lo*k : hi*k]
	asm.RMSNormQuantizeRowsBackward(dx, dx, p.x[lo*k:hi*k], p.o.rstd[lo:hi], hi-lo, k)
}

func (o *bitLinear) Release() {
	for i := range o.weights {
		o.scope.ReturnBytes(o.weights[i].codes.Data)
	}
	o.activations.release(o.scope)
	if o.rstd != nil {
		o.scope.Return(o.rstd)
		if o.x.WantsGrad() {
			tensor.Forget(o.x)
		}
	}
	bitLinears.Give(o)
}

// borrowTernary returns a matrix of weights that are still to be packed.
func borrowTernary(s *tensor.Scope, rows, cols int) asm.Ternary {
	panelBytes := (cols + 15) / 16 * 64
	w := asm.Ternary{Rows: rows, Cols: cols, Data: s.BorrowBytes(panelsOf(rows) * panelBytes)}
	if rows%asm.PanelRows != 0 {
		last := w.Data[len(w.Data)-panelBytes:]
		for i := range last {
			last[i] = 0x55 // the rows that pad the panel are zero weights
		}
	}
	return w
}
