package qat

import "setun/runtime/tensor"

// linear is what a linear layer of any scheme but b1.58's remembers; for that one
// see bitlinear.go, which computes the same.
//
//	y = X̂·Ŵᵀ    dX̂ = dY·Ŵ    dŴ = dYᵀ·X̂    dX = dX̂    dW = Estimator.Backward(W/γ, dŴ)
//
// With a blend b, X̂ and Ŵ stand for X̂ + b·(X − X̂) and Ŵ + b·(W − Ŵ), and dW for
// b·dŴ + (1 − b)·Estimator.Backward(W/γ, dŴ).
type linear struct {
	x           *tensor.Tensor
	scope       *tensor.Scope
	scheme      Scheme
	calibrated  float32     // the range of Calibrated activations
	activations Activations // Codes is nil for floats
	blended     []float32   // activations that are no codes, and not x itself
	weights     []schemeWeight
	inputs      []*tensor.Tensor // x, the latent weights, what is learned
}

// schemeWeight is one of the weights of a linear.
type schemeWeight struct {
	latent  *tensor.Tensor
	learned learned
	q       QuantizedWeights // none for floats
}

var linears = tensor.NewRecycled(func(o *linear) {
	clear(o.weights)
	clear(o.inputs)
	*o = linear{weights: o.weights[:0], inputs: o.inputs[:0]}
})

// rows is the number of outputs of w.
func (w *schemeWeight) rows() int { return w.latent.Dim(0) }

// asIntegers reports whether the product with w runs on codes.
func (o *linear) asIntegers(w *schemeWeight) bool {
	return o.activations.Codes != nil && o.scheme.Blend == 0 && w.q.whole()
}

// linear returns x[…×K] times the weights ws, side by side, by the scheme of q.
func (q *Quantization) linear(x *tensor.Tensor, ws ...*tensor.Tensor) *tensor.Tensor {
	n := 0
	for _, w := range ws {
		tensor.NeedLinear("quantised Linear", x, w)
		n += w.Dim(0)
	}
	if x.Dim(-1) > mostColumns {
		panic(&tensor.ShapeError{Op: "quantised Linear", Got: x.Shape(), Why: "sums over so many features leave 32 bits"})
	}
	o := linears.Take()
	o.x, o.scope, o.scheme = x, x.Scope(), q.scheme
	o.inputs = append(o.inputs, x)
	o.quantizeInput(q)
	for i, w := range ws {
		o.weights = append(o.weights, schemeWeight{latent: w, learned: q.learnedOf(i)})
		o.inputs = append(o.inputs, w)
	}
	for i := range o.weights {
		w := &o.weights[i]
		tensor.Hold(w.latent)
		if o.scheme.Weights.Bits != FloatBits {
			w.q.quantize(o.scope, w.latent, o.scheme, w.learned, q.weightNoise(i))
		}
		if w.learned.scale != nil {
			o.inputs = append(o.inputs, w.learned.scale)
		}
		if w.learned.zero != nil {
			o.inputs = append(o.inputs, w.learned.zero)
		}
	}
	tensor.Hold(x)
	y := tensor.WithWidth(x, n)
	o.forward(y.Peek())
	return tensor.Record("quantised Linear", y, o, o.inputs...)
}

// quantizeInput rounds x, as the scheme has it.
func (o *linear) quantizeInput(q *Quantization) {
	bits := o.scheme.activationBits()
	if bits == FloatBits {
		return
	}
	x := o.x.Peek()
	o.activations = borrowActivations(o.scope, o.x.Rows(), o.x.Dim(-1))
	shared, noise := q.activationRange(o.x), q.activationNoise()
	if o.scheme.Activations.Range == Calibrated {
		o.calibrated = shared
	}
	if bits == 8 && shared == 0 && noise.key == 0 {
		o.scope.Device().QuantizeRows(o.activations.Codes, o.activations.Scales, x, o.x.Rows(), o.x.Dim(-1))
	} else {
		o.activations.quantize(x, bits, shared, noise)
	}
	if b := o.scheme.Blend; b > 0 {
		o.blended = o.scope.Borrow(len(x))
		o.activations.Dequantize(o.blended)
		blend(o.blended, x, b)
		o.activations.release(o.scope)
		o.activations = Activations{}
	}
}

// blend sets y to y + b·(x − y).
func blend(y, x []float32, b float32) {
	for i, v := range y {
		y[i] = v + float32(b*(x[i]-v))
	}
}

// forward multiplies.
func (o *linear) forward(y []float32) {
	m, k := o.x.Rows(), o.x.Dim(-1)
	ldy := len(y) / m
	var floats []float32
	at := 0 // the first column of y for w
	for i := range o.weights {
		w := &o.weights[i]
		n := w.rows()
		if o.asIntegers(w) {
			w.q.multiply(o.scope, o.activations, y[at:], ldy)
			at += n
			continue
		}
		if floats == nil {
			floats = o.floats()
		}
		what := o.weightFloats(w)
		o.scope.Device().GEMM(false, true, m, n, k, floats, k, what, k, y[at:], ldy, false)
		o.returnWeightFloats(w, what)
		at += n
	}
	if o.activations.Codes != nil && floats != nil {
		o.scope.Return(floats)
	}
}

// floats returns X̂: borrowed, where it has codes.
func (o *linear) floats() []float32 {
	switch {
	case o.blended != nil:
		return o.blended
	case o.activations.Codes != nil:
		x := o.scope.Borrow(len(o.activations.Codes))
		o.activations.Dequantize(x)
		return x
	}
	return o.x.Peek()
}

// weightFloats returns Ŵ, to be given to returnWeightFloats.
func (o *linear) weightFloats(w *schemeWeight) []float32 {
	if o.scheme.Weights.Bits == FloatBits {
		return w.latent.Peek()
	}
	what := o.scope.Borrow(w.latent.Len())
	w.q.Dequantize(what)
	if o.scheme.Blend > 0 {
		blend(what, w.latent.Peek(), o.scheme.Blend)
	}
	return what
}

func (o *linear) returnWeightFloats(w *schemeWeight, what []float32) {
	if o.scheme.Weights.Bits != FloatBits {
		o.scope.Return(what)
	}
}

func (o *linear) Backward(dy []float32) {
	ldy := len(dy) / o.x.Rows()
	at := 0
	for i := range o.weights {
		w := &o.weights[i]
		o.weightBackward(w, dy[at:], ldy)
		at += w.rows()
	}
	if !o.x.WantsGrad() {
		return
	}
	dx, accumulate := o.x.GradBuffer()
	masks := o.calibrated > 0
	out := dx
	if masks && accumulate {
		out = o.scope.Borrow(len(dx))
	}
	at = 0
	for i := range o.weights {
		w := &o.weights[i]
		o.inputBackward(w, dy[at:], ldy, out, at > 0 || accumulate && !masks)
		at += w.rows()
	}
	if !masks {
		return
	}
	passed(out, o.x.Peek(), o.scheme.activationBits(), o.calibrated, o.scheme.Blend)
	if accumulate {
		o.scope.Device().Add(dx, dx, out)
		o.scope.Return(out)
	}
}

// inputBackward is dX̂ = dY·Ŵ.
func (o *linear) inputBackward(w *schemeWeight, dy []float32, ldy int, dx []float32, accumulate bool) {
	m, k := o.x.Rows(), o.x.Dim(-1)
	if w.q.isTrits && len(w.q.Scales) == 1 && w.q.Zeros == nil && o.scheme.Blend == 0 {
		o.scope.Device().GEMMTernary(m, dy, ldy, &w.q.packed, w.q.Scales[0], dx, k, accumulate)
		return
	}
	what := o.weightFloats(w)
	o.scope.Device().GEMM(false, false, m, k, w.rows(), dy, ldy, what, k, dx, k, accumulate)
	o.returnWeightFloats(w, what)
}

// weightBackward adds dW, and the gradients of what is learned.
func (o *linear) weightBackward(w *schemeWeight, dy []float32, ldy int) {
	wants := w.latent.WantsGrad()
	if o.passesStraight() {
		if wants {
			dw, accumulate := w.latent.GradBuffer()
			o.product(w, dy, ldy, dw, accumulate)
		}
		return
	}
	if !wants && w.learned.scale == nil {
		return
	}
	grad := o.scope.Borrow(w.latent.Len())
	o.product(w, dy, ldy, grad, false)
	latent := w.latent.Peek()
	w.learned.backward(o.scope, &w.q, latent, grad, 1-o.scheme.Blend)
	if wants {
		o.estimate(w, latent, grad)
		dw, accumulate := w.latent.GradBuffer()
		if accumulate {
			o.scope.Device().Add(dw, dw, grad)
		} else {
			copy(dw, grad)
		}
	}
	o.scope.Return(grad)
}

// passesStraight reports whether dW is dŴ, and nothing is learned.
func (o *linear) passesStraight() bool {
	if o.scheme.Weights.Bits == FloatBits {
		return true
	}
	if o.scheme.Weights.Scale == Learned {
		return false
	}
	if o.scheme.Estimator == nil {
		return true
	}
	_, standard := o.scheme.Estimator.(Standard)
	return standard
}

// product is dŴ = dYᵀ·X̂.
func (o *linear) product(w *schemeWeight, dy []float32, ldy int, dw []float32, accumulate bool) {
	m, k := o.x.Rows(), o.x.Dim(-1)
	if a := o.activations; a.Codes != nil {
		o.scope.Device().GEMMInt8(w.rows(), k, m, dy, ldy, a.Codes, k, a.Scales, dw, k, accumulate)
		return
	}
	o.scope.Device().GEMM(true, false, w.rows(), k, m, dy, ldy, o.floats(), k, dw, k, accumulate)
}

func (o *linear) Release() {
	for i := range o.weights {
		w := &o.weights[i]
		if o.scheme.Weights.Bits != FloatBits {
			w.q.release(o.scope)
		}
		tensor.Release(w.latent)
	}
	if o.activations.Codes != nil {
		o.activations.release(o.scope)
	}
	if o.blended != nil {
		o.scope.Return(o.blended)
	}
	tensor.Release(o.x)
	linears.Give(o)
}
