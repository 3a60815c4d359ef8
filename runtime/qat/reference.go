package qat

import "setun/runtime/tensor"

// FakeQuantizeWeights returns Ŵ = t·γ as floats, with the straight-through
// gradient dW = dŴ: weight_quant of the paper, W + (Ŵ − W).detach().
func FakeQuantizeWeights(w *tensor.Tensor) *tensor.Tensor {
	y := tensor.WithWidth(w, w.Dim(-1))
	QuantizeWeights(w).Dequantize(y.Peek())
	return straightThrough("FakeQuantizeWeights", y, w)
}

// FakeQuantizeActivations returns x̂ = q/s as floats, with the straight-through
// gradient dX = dX̂: activation_quant of the paper.
func FakeQuantizeActivations(x *tensor.Tensor) *tensor.Tensor {
	y := tensor.WithWidth(x, x.Dim(-1))
	a := QuantizeActivations(x)
	a.Dequantize(y.Peek())
	a.release(x.Scope())
	return straightThrough("FakeQuantizeActivations", y, x)
}

// straightThrough makes y the result of a rounding of x whose gradient passes
// as if there had been none (Bengio et al., 1308.3432).
func straightThrough(name string, y, x *tensor.Tensor) *tensor.Tensor {
	return tensor.NewOp(name, y, []*tensor.Tensor{x}, func(dy []float32) {
		x.AddGrad(func(dx []float32) { copy(dx, dy) })
	})
}

// FakeBitLinear is BitLinear in floats alone: the reference that it must equal
// to the last bit, and the way that fake quantisation is done elsewhere.
//
// It multiplies the integers q and t as floats, and applies γ/s to the sums.
// The products are integers up to 127 and a sum of K of them stays below 2²⁴
// for K up to 132,104; so far float32 holds every integer, no addition rounds,
// and the sums equal those in int32. (Multiplying x̂ and Ŵ instead, as the paper
// writes it, is the same but for rounding.) The backward multiplies the same
// floats as BitLinear's.
func FakeBitLinear(x, w *tensor.Tensor) *tensor.Tensor {
	tensor.NeedLinear("FakeBitLinear", x, w)
	m, k, n := x.Rows(), w.Dim(1), w.Dim(0)
	weights := QuantizeWeights(w)
	a := QuantizeActivations(x)

	q := make([]float32, m*k)
	for i, c := range a.Codes {
		q[i] = float32(c)
	}
	t := make([]float32, n*k)
	TernaryWeights{Codes: weights.Codes, Scale: 1}.Dequantize(t)

	y := tensor.WithWidth(x, n)
	yv := y.Peek()
	tensor.GEMM(false, true, m, n, k, q, k, t, k, yv, n, false)
	for i, s := range a.Scales {
		for j := range n {
			yv[i*n+j] *= weights.Scale / s
		}
	}
	xhat := make([]float32, m*k)
	a.Dequantize(xhat)
	what := make([]float32, n*k)
	weights.Dequantize(what)
	return tensor.NewOp("FakeBitLinear", y, []*tensor.Tensor{x, w}, func(dy []float32) {
		if x.WantsGrad() {
			dx, accumulate := x.GradBuffer()
			tensor.GEMM(false, false, m, k, n, dy, n, what, k, dx, k, accumulate)
		}
		if w.WantsGrad() {
			dw, accumulate := w.GradBuffer()
			tensor.GEMM(true, false, n, k, m, dy, n, xhat, k, dw, k, accumulate)
		}
	})
}
