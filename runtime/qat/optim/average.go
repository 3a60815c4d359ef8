package optim

import (
	"setun/runtime/asm"
	"setun/runtime/tensor"
)

// An Average is the exponential running average of weights over the steps of a
// run (Polyak and Juditsky; as PyTorch's AveragedModel with get_ema_multi_avg_fn):
//
//	w̄ ← decay·w̄ + (1−decay)·w
//
// which often does better on new data than the last weights. Mind quantised
// layers: what is averaged are latent weights. Rounding the average to ternary is
// not the average of the ternary weights, and a weight that jumped between −γ and
// +γ averages to 0. Measure both before believing in either.
type Average struct {
	decay  float64
	params []*tensor.Tensor
	means  [][]float32
	placed bool // the model has the means, and means has the weights
}

// NewAverage returns the average of the parameters of m, which begins with their
// present values. decay is at least 0 and below 1: 0.999 looks back a thousand
// steps.
func NewAverage(m Parameters, decay float64) *Average {
	need("Average", "decay", decay, decay >= 0 && decay < 1, "at least 0 and below 1")
	a := &Average{decay: decay, params: tensor.Distinct(m.Params())}
	for _, p := range a.params {
		a.means = append(a.means, append([]float32(nil), p.Data()...))
	}
	return a
}

// Update takes the present weights in; call it after each step.
func (a *Average) Update() {
	if a.placed {
		panic(&tensor.OpError{Op: "Average.Update", Why: "the model has the averaged weights; Swap them back first"})
	}
	for i, p := range a.params {
		mean := a.means[i]
		asm.Scale(mean, float32(a.decay), mean)
		asm.Axpy(mean, float32(1-a.decay), p.Data())
	}
}

// Swap exchanges the weights of the model and their average: once to measure or
// keep the average, once more to train on.
func (a *Average) Swap() {
	for i, p := range a.params {
		w, mean := p.Data(), a.means[i]
		for j := range w {
			w[j], mean[j] = mean[j], w[j]
		}
	}
	a.placed = !a.placed
}

// Means are the averages, in the order of the model's parameters, each once; the
// slices are the average's own, for checkpoints.
func (a *Average) Means() [][]float32 { return a.means }
