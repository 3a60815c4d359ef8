package qat

import (
	"slices"

	"setun/runtime/tensor"
)

// Frozen are the weights of a layer, rounded once for many passes over weights
// that do not change, as when a language model generates text: a layer that is
// being trained rounds them at every pass, which for a single token is nearly all
// of the work. Their products are, to the bit, those of the layer.
type Frozen struct {
	q       *Quantization
	latent  []*tensor.Tensor
	weights []schemeWeight // rounded; none where the scheme has floats
	floats  [][]float32    // Ŵ of those whose products do not run on codes
}

// Freeze rounds the weights ws of the layer. Neither they nor the scheme may change
// as long as the result is used.
func (q *Quantization) Freeze(ws ...*tensor.Tensor) *Frozen {
	f := &Frozen{q: q, latent: slices.Clone(ws)}
	if q.scheme.IsFloat() {
		return f
	}
	q.step(ws[0])
	p := pass{scheme: q.scheme}
	f.weights, f.floats = make([]schemeWeight, len(ws)), make([][]float32, len(ws))
	for i, latent := range ws {
		w := &f.weights[i]
		*w = schemeWeight{latent: latent, learned: q.learnedOf(i)}
		switch {
		case q.scheme.isB158():
			t := QuantizeWeights(latent)
			w.q = QuantizedWeights{Rows: latent.Dim(0), Cols: latent.Dim(1), Scales: []float32{t.Scale}, packed: *t.Codes, isTrits: true}
		case q.scheme.Weights.Bits != FloatBits:
			w.q.quantize(nil, latent, q.scheme, w.learned, q.weightNoise(i))
		}
		if q.scheme.codesActivations() && w.q.whole() && p.allQuantised(w) {
			w.q.keepFloats()
		} else {
			f.floats[i] = p.weightFloats(w)
		}
	}
	return f
}

// NormLinear is [Quantization.NormLinear] with the weights as they were frozen. It
// is for scopes of inference: there is no way back through it.
func (f *Frozen) NormLinear(x *tensor.Tensor, eps float32) *tensor.Tensor {
	if tensor.Records(x) {
		panic(&tensor.OpError{Op: "Frozen", Why: "it has no gradient; use a scope for inference"})
	}
	if f.q.scheme.isB158() {
		return f.normBitLinear(x, eps)
	}
	z := tensor.RMSNorm(x, eps)
	var y *tensor.Tensor
	if f.q.scheme.IsFloat() {
		y = tensor.Linears(z, f.latent...)
	} else {
		y = f.linear(z)
	}
	tensor.Done(z)
	return y
}

// result is the tensor for the products of x, side by side, of rows of n numbers.
func (f *Frozen) result(x *tensor.Tensor) (y *tensor.Tensor, n int) {
	for _, w := range f.latent {
		tensor.NeedLinear("Frozen", x, w)
		n += w.Dim(0)
	}
	return tensor.WithWidth(x, n), n
}

// normBitLinear is [NormBitLinear].
func (f *Frozen) normBitLinear(x *tensor.Tensor, eps float32) *tensor.Tensor {
	y, n := f.result(x)
	scope, m, k := x.Scope(), x.Rows(), x.Dim(-1)
	a, rstd := borrowActivations(scope, m, k), scope.Borrow(m)
	scope.Device().NormQuantizeRows(a.Codes, a.Scales, rstd, x.Peek(), m, k, eps)
	at := 0
	for i := range f.weights {
		q := &f.weights[i].q
		q.multiply(scope, a, y.Peek()[at:], n)
		at += q.Rows
	}
	scope.Return(rstd)
	a.release(scope)
	return y
}

// linear is [Quantization.Linear] of a scheme that quantises something.
func (f *Frozen) linear(x *tensor.Tensor) *tensor.Tensor {
	y, n := f.result(x)
	needExact("Frozen", x, x.Dim(-1))
	f.q.step(f.latent[0])
	o := linears.Take()
	o.x, o.scope, o.scheme = x, x.Scope(), f.q.scheme
	o.quantizeInput(f.q, x.Rows(), x.Dim(-1))
	in, at := o.input(), 0
	for i := range f.weights {
		w := &f.weights[i]
		o.forward(w, in, f.floats[i], x.Rows(), y.Peek()[at:], n)
		at += w.latent.Dim(0)
	}
	o.releaseInput()
	linears.Give(o)
	return y
}
