package qat

import "setun/runtime/tensor"

// BitLinear returns y = x̂·Ŵᵀ for activations x[…×K] and latent weights w[N×K]:
// both are quantised, and the product runs on the integers. What it saves for
// the backward are those integers, a byte for each activation and two bits for
// each weight; they hold all that the backward needs.
//
//	y = (Σ q·t)·γ/s    dX = dY·Ŵ    dW = dYᵀ·x̂
//
// The RMSNorm that BitNet puts before it is not in here; nn.BitLinear has it.
func BitLinear(x, w *tensor.Tensor) *tensor.Tensor {
	tensor.NeedLinear("BitLinear", x, w)
	m, k, n := x.Rows(), w.Dim(1), w.Dim(0)
	weights := QuantizeWeights(w)
	activations := QuantizeActivations(x)
	y := outputOf(x, n)
	weights.Multiply(y.Data(), activations)
	if !w.WantsGrad() && !x.WantsGrad() {
		activations.release()
		return y
	}
	return tensor.NewOp("BitLinear", y, []*tensor.Tensor{x, w}, func(dy []float32) {
		if x.WantsGrad() {
			what := tensor.Borrow(n * k)
			weights.Dequantize(what)
			dx, accumulate := x.GradBuffer()
			tensor.GEMM(false, false, m, k, n, dy, n, what, k, dx, k, accumulate)
			tensor.Return(what)
		}
		if w.WantsGrad() {
			xhat := tensor.Borrow(m * k)
			activations.Dequantize(xhat)
			dw, accumulate := w.GradBuffer()
			tensor.GEMM(true, false, n, k, m, dy, n, xhat, k, dw, k, accumulate)
			tensor.Return(xhat)
		}
		activations.release()
	})
}

// outputOf returns a fresh tensor with the shape of x but rows of n elements.
func outputOf(x *tensor.Tensor, n int) *tensor.Tensor {
	shape := x.Shape()
	shape[len(shape)-1] = n
	return tensor.New(shape...)
}
