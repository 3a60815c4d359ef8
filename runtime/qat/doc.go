// Package qat holds quantisation-aware training: quantisers of weights and
// activations, estimators that pass gradients through their rounding, and the
// linear operations on what comes of it.
//
// The mathematics of BitNet b1.58 is that of "The Era of 1-bit LLMs: Training
// Tips, Code and FAQ" (Microsoft, 2024), rounding half to even:
//
//	activation_quant, each row:    s = 127/max(max|x|, 1e-5)   q = clamp(round(x·s), −128, 127)   x̂ = q/s
//	weight_quant, whole matrix:    γ = max(mean|W|, 1e-5)      t = clamp(round(W/γ), −1, 1)       Ŵ = t·γ
//	forward:                       y = x̂·Ŵᵀ = (Σ q·t)·γ/s
//	backward (straight through):   dX = dY·Ŵ    dW = dYᵀ·x̂
//
// The backward takes both roundings for the identity and both scales for
// constants, and masks nothing.
//
// That is the zero value of a [Scheme]. Others have weights of 1 to 8 bits or
// floats, other scales and granularities, activations of fewer bits, or another
// [Estimator] for the way back; whatever has integer codes is computed with
// integers. A layer keeps a [Quantization], which is a scheme and what it learns.
//
// Layers live in qat/nn, loops in qat/train; kernels in package asm. Names of
// shapes: M rows (tokens), K inputs, N outputs.
package qat
