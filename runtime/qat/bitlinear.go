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
	device, q, s := o.scope.Device(), o.activations.Codes, o.activations.Scales
	if norm {
		o.rstd = o.scope.Borrow(m)
		device.NormQuantizeRows(q, s, o.rstd, x.Peek(), m, k, eps)
		if x.WantsGrad() {
			tensor.Remember(x)
		}
	} else {
		device.QuantizeRows(q, s, x.Peek(), m, k)
	}
	y := tensor.WithWidth(x, n)
	for _, w := range ws {
		o.weights = append(o.weights, packed{latent: w, codes: borrowTernary(o.scope, w.Dim(0), k)})
		o.inputs = append(o.inputs, w)
	}
	for i := range o.weights {
		w := &o.weights[i]
		w.scale = device.Ternarize(&w.codes, w.latent.Peek(), ScaleFloor)
	}
	o.Redo(y.Peek())
	if !x.WantsGrad() && !o.CanRedo() {
		o.releaseWeights() // the first layer's: nothing is sent back through them
	}
	return tensor.Record(name, y, o, o.inputs...)
}

// Redo multiplies the integers.
func (o *bitLinear) Redo(y []float32) {
	at := 0 // the first column of y for w
	for i := range o.weights {
		w := &o.weights[i]
		o.scope.Device().TernaryGEMM(o.x.Rows(), o.activations.Codes, o.activations.Scales, &w.codes, w.scale, y[at:], len(y)/o.x.Rows())
		at += w.codes.Rows
	}
}

// redoRows is how many rows a product must have to be cheap to compute again. A
// product of integers takes a quarter of the time of one of floats, and its
// result four times the memory of its factors; but with few rows it is the
// weights that cost time, and the result takes little memory.
const redoRows = 256

func (o *bitLinear) CanRedo() bool { return o.x.Rows() >= redoRows }

// Backward gives back what it remembers as soon as that was used for the last time:
// the results that the operations before it compute again need the room.
func (o *bitLinear) Backward(dy []float32) {
	m, k := o.x.Rows(), o.x.Dim(-1)
	n := len(dy) / m
	o.weightGrads(dy, m, n, k)
	o.activations.release(o.scope)
	if !o.x.WantsGrad() {
		return
	}
	dx, accumulate := o.x.GradBuffer()
	dz := dx
	if o.rstd != nil && accumulate {
		dz = o.scope.Borrow(len(dx))
	}
	device := o.scope.Device()
	at := 0
	for i := range o.weights {
		w := &o.weights[i]
		device.GEMMTernary(m, dy[at:], n, &w.codes, w.scale, dz, k, at > 0 || accumulate && o.rstd == nil)
		at += w.codes.Rows
	}
	o.releaseWeights()
	if o.rstd == nil {
		return
	}
	device.NormQuantizeRowsBackward(dz, dz, tensor.Recall(o.x), o.rstd, m, k)
	if accumulate {
		device.Add(dx, dx, dz)
		o.scope.Return(dz)
	}
}

// weightGrads adds dW = dYᵀ·x̂ to the gradients of the weights.
func (o *bitLinear) weightGrads(dy []float32, m, n, k int) {
	a := o.activations
	at := 0
	for i := range o.weights {
		w := &o.weights[i]
		if w.latent.WantsGrad() {
			dw, accumulate := w.latent.GradBuffer()
			o.scope.Device().GEMMInt8(w.codes.Rows, k, m, dy[at:], n, a.Codes, k, a.Scales, dw, k, accumulate)
		}
		at += w.codes.Rows
	}
}

// releaseWeights gives back the codes, once.
func (o *bitLinear) releaseWeights() {
	for i := range o.weights {
		if codes := &o.weights[i].codes; codes.Data != nil {
			o.scope.ReturnBytes(codes.Data)
			codes.Data = nil
		}
	}
}

func (o *bitLinear) Release() {
	o.releaseWeights()
	o.activations.release(o.scope)
	if o.rstd != nil {
		o.scope.Return(o.rstd)
		if o.x.WantsGrad() {
			tensor.Forget(o.x)
		}
	}
	bitLinears.Give(o)
}
