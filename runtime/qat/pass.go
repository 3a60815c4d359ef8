package qat

import "setun/runtime/tensor"

// pass is what the operations on quantised activations and weights by any scheme
// but b1.58's share: products of rows, and what they remember.
//
//	Y = X̂·Ŵᵀ    dX̂ = dY·Ŵ    dŴ = dYᵀ·X̂    dX = dX̂    dW = Estimator.Backward(W/γ, dŴ)
//
// With a blend b, X̂ and Ŵ stand for X̂ + b·(X − X̂) and Ŵ + b·(W − Ŵ), and dW for
// b·dŴ + (1 − b)·Estimator.Backward(W/γ, dŴ).
type pass struct {
	x           *tensor.Tensor
	scope       *tensor.Scope
	scheme      Scheme
	calibrated  float32     // the range of Calibrated activations; 0 for others
	activations Activations // of x; Codes is nil for floats
	blended     []float32   // activations that are no codes, and not x itself
	weights     []schemeWeight
	inputs      []*tensor.Tensor // x, the latent weights, what is learned
}

// schemeWeight is one of the weights of a pass.
type schemeWeight struct {
	latent  *tensor.Tensor
	learned learned
	q       QuantizedWeights // none for floats
}

// cleared returns p with nothing in it but the room of its lists.
func (p *pass) cleared() pass {
	clear(p.weights)
	clear(p.inputs)
	return pass{weights: p.weights[:0], inputs: p.inputs[:0]}
}

// begin quantises x[rows×cols] and the weights ws by the scheme of q.
func (p *pass) begin(q *Quantization, x *tensor.Tensor, rows, cols int, ws ...*tensor.Tensor) {
	p.x, p.scope, p.scheme = x, x.Scope(), q.scheme
	p.inputs = append(p.inputs, x)
	p.quantizeInput(q, rows, cols)
	for i, w := range ws {
		p.weights = append(p.weights, schemeWeight{latent: w, learned: q.learnedOf(i)})
		p.inputs = append(p.inputs, w)
	}
	for i := range p.weights {
		w := &p.weights[i]
		tensor.Hold(w.latent)
		if p.scheme.Weights.Bits != FloatBits {
			w.q.quantize(p.scope, w.latent, p.scheme, w.learned, q.weightNoise(i))
		}
		if w.learned.scale != nil {
			p.inputs = append(p.inputs, w.learned.scale)
		}
		if w.learned.zero != nil {
			p.inputs = append(p.inputs, w.learned.zero)
		}
	}
	if p.readsInput() {
		tensor.Hold(x)
	}
}

// readsInput reports whether the backward needs x itself, beside its codes.
func (p *pass) readsInput() bool {
	return p.activations.Codes == nil && p.blended == nil || p.calibrated > 0
}

// end gives everything back.
func (p *pass) end() {
	if p.readsInput() {
		tensor.Release(p.x)
	}
	for i := range p.weights {
		w := &p.weights[i]
		if p.scheme.Weights.Bits != FloatBits {
			w.q.release(p.scope)
		}
		tensor.Release(w.latent)
	}
	p.releaseInput()
}

// releaseInput gives back what quantizeInput made.
func (p *pass) releaseInput() {
	if p.activations.Codes != nil {
		p.activations.release(p.scope)
	}
	if p.blended != nil {
		p.scope.Return(p.blended)
	}
}

// quantizeInput rounds x, as the scheme has it.
func (p *pass) quantizeInput(q *Quantization, rows, cols int) {
	bits := p.scheme.activationBits()
	if bits == FloatBits {
		return
	}
	x := p.x.Peek()
	p.activations = borrowActivations(p.scope, rows, cols)
	shared, noise := q.activationRange(p.x), q.activationNoise()
	if p.scheme.Activations.Range == Calibrated {
		p.calibrated = shared
	}
	if bits == 8 && shared == 0 && noise.key == 0 {
		p.scope.Device().QuantizeRows(p.activations.Codes, p.activations.Scales, x, rows, cols)
	} else {
		p.activations.quantize(x, bits, shared, noise)
	}
	if b := p.scheme.Blend; b > 0 {
		p.blended = p.scope.Borrow(len(x))
		p.activations.Dequantize(p.blended)
		blend(p.blended, x, b)
		p.activations.release(p.scope)
		p.activations = Activations{}
	}
}

// blend sets y to y + b·(x − y).
func blend(y, x []float32, b float32) {
	for i, v := range y {
		y[i] = v + float32(b*(x[i]-v))
	}
}

// asIntegers reports whether the product with w runs on codes.
func (p *pass) asIntegers(w *schemeWeight) bool {
	return p.activations.Codes != nil && w.q.whole() && p.allQuantised(w)
}

// codesActivations reports whether activations have codes in products.
func (s Scheme) codesActivations() bool { return s.activationBits() != FloatBits && s.Blend == 0 }

// allQuantised reports whether no output of w has been left as floats.
func (p *pass) allQuantised(w *schemeWeight) bool {
	return p.scheme.quantised(w.q.Rows) == w.q.Rows
}

// inputFloats returns the floats of X̂ where it has no codes.
func (p *pass) inputFloats() []float32 {
	if p.blended != nil {
		return p.blended
	}
	return p.x.Peek()
}

// weightFloats returns Ŵ, to be given to returnWeightFloats.
func (p *pass) weightFloats(w *schemeWeight) []float32 {
	if p.scheme.Weights.Bits == FloatBits {
		return w.latent.Peek()
	}
	what := p.scope.Borrow(w.latent.Len())
	w.q.Dequantize(what)
	if p.scheme.Blend > 0 {
		blend(what, w.latent.Peek(), p.scheme.Blend)
	}
	floats := p.scheme.quantised(w.q.Rows) * w.q.Cols
	copy(what[floats:], w.latent.Peek()[floats:])
	return what
}

func (p *pass) returnWeightFloats(what []float32) {
	if p.scheme.Weights.Bits != FloatBits {
		p.scope.Return(what)
	}
}

// rows are activations [M×K] on their way into a product: codes, or else floats.
type rows struct {
	Activations
	floats []float32
}

// forward writes y = X̂·Ŵᵀ, rows of y being ldy apart. what is Ŵ as floats, where
// the product does not run on codes.
func (p *pass) forward(w *schemeWeight, in rows, what []float32, m int, y []float32, ldy int) {
	if p.asIntegers(w) {
		w.q.multiply(p.scope, in.Activations, y, ldy)
		return
	}
	n, k := w.latent.Dim(0), w.latent.Dim(1)
	x := in.floats
	if in.Codes != nil {
		x = p.scope.Borrow(m * k)
		in.Dequantize(x)
	}
	p.scope.Device().GEMM(false, true, m, n, k, x, k, what, k, y, ldy, false)
	if in.Codes != nil {
		p.scope.Return(x)
	}
}

// inputGrad is dX̂ = dY·Ŵ. what is Ŵ as floats, nil where codes do; see
// needsWeightFloats.
func (p *pass) inputGrad(w *schemeWeight, what []float32, m int, dy []float32, ldy int, dx []float32, accumulate bool) {
	n, k := w.latent.Dim(0), w.latent.Dim(1)
	if what == nil {
		p.scope.Device().GEMMTernary(m, dy, ldy, &w.q.packed, w.q.Scales[0], dx, k, accumulate)
		return
	}
	p.scope.Device().GEMM(false, false, m, k, n, dy, ldy, what, k, dx, k, accumulate)
}

// backwardFloats returns what inputGrad takes for Ŵ.
func (p *pass) backwardFloats(w *schemeWeight) []float32 {
	if w.q.isTrits && len(w.q.Scales) == 1 && w.q.Zeros == nil && p.scheme.Blend == 0 && p.allQuantised(w) {
		return nil
	}
	return p.weightFloats(w)
}

// weightGrad is dŴ = dYᵀ·X̂.
func (p *pass) weightGrad(w *schemeWeight, in rows, m int, dy []float32, ldy int, dw []float32, accumulate bool) {
	n, k := w.latent.Dim(0), w.latent.Dim(1)
	if in.Codes != nil {
		p.scope.Device().GEMMInt8(n, k, m, dy, ldy, in.Codes, k, in.Scales, dw, k, accumulate)
		return
	}
	p.scope.Device().GEMM(true, false, n, k, m, dy, ldy, in.floats, k, dw, k, accumulate)
}

// wantsWeightGrad reports whether dŴ is of use: to the weights, or to what is
// learned beside them.
func (w *schemeWeight) wantsWeightGrad() bool {
	return w.latent.WantsGrad() || w.learned.scale != nil
}

// gradRoom returns where dŴ is to be added up, to be given to takeGrad: the
// gradient of the weights itself where it is that, or a buffer of its own.
func (p *pass) gradRoom(w *schemeWeight) (grad []float32, accumulate bool) {
	if p.passesStraight() {
		return w.latent.GradBuffer()
	}
	return p.scope.Borrow(w.latent.Len()), false
}

// takeGrad makes of dŴ the gradients of the weights and of what is learned.
func (p *pass) takeGrad(w *schemeWeight, grad []float32) {
	if p.passesStraight() {
		return
	}
	latent := w.latent.Peek()
	w.learned.backward(p.scope, &w.q, latent, grad, 1-p.scheme.Blend)
	if w.latent.WantsGrad() {
		p.estimate(w, latent, grad)
		dw, accumulate := w.latent.GradBuffer()
		if accumulate {
			p.scope.Device().Add(dw, dw, grad)
		} else {
			copy(dw, grad)
		}
	}
	p.scope.Return(grad)
}

// passesStraight reports whether dW is dŴ, and nothing is learned.
func (p *pass) passesStraight() bool {
	if p.scheme.Weights.Bits == FloatBits {
		return true
	}
	if p.scheme.Weights.Scale == Learned {
		return false
	}
	if p.scheme.Estimator == nil {
		return true
	}
	_, standard := p.scheme.Estimator.(Standard)
	return standard
}

// mask takes from dx the gradient of activations beyond a calibrated range.
func (p *pass) mask(dx []float32) {
	if p.calibrated > 0 {
		passed(dx, p.x.Peek(), p.scheme.activationBits(), p.calibrated, p.scheme.Blend)
	}
}
