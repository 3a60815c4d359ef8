package dsl

import (
	"fmt"

	"setun/runtime/qat/loss"
	"setun/runtime/qat/penalty"
	"setun/runtime/qat/train"
	"setun/runtime/tensor"
)

// Loss makes [Fit] make another number small than the cross-entropy: a mean over
// the batch, from the network's output [B, C] and the right classes.
//
//	Fit(model, mnist, Loss(func(logits *tensor.Tensor, y tensor.Labels) *tensor.Tensor {
//		return OneHot(MSE)(logits, y)
//	}))
func Loss(f func(logits *tensor.Tensor, y tensor.Labels) *tensor.Tensor) FitOption {
	if f == nil {
		panic(fmt.Errorf("Loss(nil): want a function of logits and labels"))
	}
	return fitOption(func(fit *fitting) { fit.config.Loss, fit.config.LossName = f, "Loss" })
}

// LabelSmoothing makes [Fit] learn from labels that are right by 1−ε only, and
// every class by ε/C (Szegedy et al., 1512.00567).
//
//	Fit(model, mnist, LabelSmoothing(0.1))
func LabelSmoothing(epsilon float64) FitOption {
	f := loss.Smoothed(epsilon)
	return fitOption(func(fit *fitting) {
		fit.config.Loss, fit.config.LossName = f, fmt.Sprintf("LabelSmoothing(%g)", epsilon)
	})
}

// MSE is the mean of (y − target)², for own loops.
//
//	MSE(model.Forward(x), target).Backward()
func MSE(y, target *tensor.Tensor) *tensor.Tensor { return loss.MSE(y, target) }

// L1 is the mean of |y − target|, for own loops.
//
//	L1(model.Forward(x), target).Backward()
func L1(y, target *tensor.Tensor) *tensor.Tensor { return loss.L1(y, target) }

// SmoothL1 is the mean of a parabola where y is within beta of its target, and of
// |y − target| − beta/2 elsewhere, for own loops.
//
//	SmoothL1(model.Forward(x), target, 1).Backward()
func SmoothL1(y, target *tensor.Tensor, beta float64) *tensor.Tensor {
	return loss.SmoothL1(beta)(y, target)
}

// KL is how far a classifier is from another at a temperature, in nats, for own
// loops; see [Distill] for [Fit].
//
//	KL(student.Forward(x), teacher.Forward(x), 4).Backward()
func KL(logits, target *tensor.Tensor, temperature float64) *tensor.Tensor {
	return loss.KL(logits, target, temperature)
}

// OneHot makes a loss of classes of a loss of two tensors, whose target is 1 at the
// label and 0 elsewhere.
//
//	Fit(model, mnist, Loss(OneHot(MSE)))
func OneHot(pair func(y, target *tensor.Tensor) *tensor.Tensor) func(logits *tensor.Tensor, y tensor.Labels) *tensor.Tensor {
	return loss.OneHot(pair)
}

// SizePenalty adds lambda·Σw² to the loss: the classical weight decay. That of
// [AdamW] is another thing, which the loss does not know of.
//
//	Fit(model, mnist, SizePenalty(1e-4))
func SizePenalty(lambda float64) FitOption {
	return hook(func() train.Hook { return penalty.Size{Lambda: lambda} })
}

// GridPenalty adds lambda·Σ(W−Ŵ)²/ΣŴ² of each quantised layer to the loss: it pulls
// weights to the levels that they are rounded to.
//
//	Fit(model, mnist, GridPenalty(1))
func GridPenalty(lambda float64) FitOption {
	return hook(func() train.Hook { return penalty.Grid{Lambda: lambda} })
}

// SparsityPenalty makes more weights round to 0, by Hoyer's measure of how evenly
// their magnitudes are spread (Yang et al., 1908.09979).
//
//	Fit(model, mnist, SparsityPenalty(1))
func SparsityPenalty(lambda float64) FitOption {
	return hook(func() train.Hook { return penalty.Sparsity{Lambda: lambda} })
}

// ActivationPenalty adds lambda·mean(y²) of the result of every layer but the last
// to the loss.
//
//	Fit(model, mnist, ActivationPenalty(1e-3))
func ActivationPenalty(lambda float64) FitOption {
	return hook(func() train.Hook { return &penalty.Activations{Lambda: lambda} })
}

// hook is an option that adds a hook of its own to each run.
func hook(make func() train.Hook) FitOption {
	return fitOption(func(f *fitting) { f.config.Hooks = append(f.config.Hooks, make()) })
}
