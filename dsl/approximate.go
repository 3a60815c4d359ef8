package dsl

import "setun/runtime/tensor"

// ApproximateBackward makes [Fit] round the factors of the two products of a
// BitLinear's backward, dX = dY·Ŵ and dW = dYᵀ·x̂, to bfloat16, where the processor
// has instructions for that: a step takes about three quarters of the time, and the
// weights are no longer the same bits on every machine. The forward stays exact. On
// other processors it changes nothing.
//
//	run := Fit(model, mnist, ApproximateBackward())
//
// For your own loop, name the device: step := StepScope(); step.On = tensor.ApproximateCPU().
func ApproximateBackward() FitOption {
	return fitOption(func(f *fitting) { f.config.On = tensor.ApproximateCPU() })
}
