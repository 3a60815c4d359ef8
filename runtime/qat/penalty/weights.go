package penalty

import (
	"fmt"
	"slices"

	"setun/runtime/asm"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/train"
	"setun/runtime/tensor"
)

// Size is λ·Σw² over all matrices of weights: the classical weight decay, in the
// loss. Biases and gains, which have one dimension, are left out.
//
//	dW = 2λ·W
type Size struct {
	train.NoHook
	Lambda float64
}

// Name is the hook's name in errors.
func (Size) Name() string { return "penalty of the size of weights" }

// Recipe is the hook as a cell writes it.
func (p Size) Recipe() string { return fmt.Sprintf("SizePenalty(%g)", p.Lambda) }

// Start checks λ.
func (p Size) Start(*train.Loop) error { return needLambda(p.Lambda) }

// Loss is the loss with the term.
func (p Size) Loss(l *train.Loop, loss *tensor.Tensor) *tensor.Tensor {
	lambda := float32(p.Lambda)
	for _, w := range matrices(l.Model) {
		v := w.Peek()
		loss = add(loss, w, lambda*asm.Dot(v, v), func(dw []float32, scale float32) { asm.Scale(dw, 2*lambda*scale, v) })
	}
	return loss
}

// Sparsity is λ times how evenly the magnitudes of each quantised layer's weights
// are spread, by Hoyer's measure (Yang et al., DeepHoyer, 1908.09979), which does
// not change when all weights grow or shrink together:
//
//	λ·(Σ|W|)²/(n·ΣW²),   dW = 2λ·sign(W)·(a − a²·|W|)/n   with a = Σ|W|/ΣW²
//
// It is λ if all magnitudes are equal, and 2/π of it for Gaussian weights. Small
// weights shrink and come to round to 0, large ones grow. The sum of magnitudes
// alone would not do: the scale γ of ternary weights shrinks with them.
type Sparsity struct {
	train.NoHook
	Lambda float64
}

// Name is the hook's name in errors.
func (Sparsity) Name() string { return "penalty of weights that are not 0" }

// Recipe is the hook as a cell writes it.
func (p Sparsity) Recipe() string { return fmt.Sprintf("SparsityPenalty(%g)", p.Lambda) }

// Start checks that there are quantised layers.
func (p Sparsity) Start(l *train.Loop) error { return needQuantized(l.Model, p.Lambda) }

// Loss is the loss with the term.
func (p Sparsity) Loss(l *train.Loop, loss *tensor.Tensor) *tensor.Tensor {
	for _, r := range nn.RoundedWeights(l.Model) {
		w := r.Latent.Peek()
		n, squares := float32(len(w)), asm.Dot(w, w)
		if squares == 0 {
			continue
		}
		sum := asm.AbsMean(w) * n
		a := sum / squares
		lambda := float32(p.Lambda) / n
		loss = add(loss, r.Latent, lambda*a*sum, func(dw []float32, scale float32) {
			step := 2 * lambda * scale * a
			for i, v := range w {
				switch {
				case v > 0:
					dw[i] = step * (1 - float32(a*v))
				case v < 0:
					dw[i] = -step * (1 + float32(a*v))
				default:
					dw[i] = 0
				}
			}
		})
	}
	return loss
}

// Grid is λ times the mean squared distance of the weights of each quantised layer
// from the levels that they are rounded to, in units of the mean square of the
// weights, so that it knows the scale γ of the layer:
//
//	λ·Σ(W − Ŵ)²/ΣŴ²,   dW = 2λ·(W − Ŵ)/ΣŴ²   (Ŵ and its scale are constants)
//
// Weights that lie near a boundary are pushed off it, so that fewer flip.
type Grid struct {
	train.NoHook
	Lambda float64
}

// Name is the hook's name in errors.
func (Grid) Name() string { return "penalty of the distance from the levels" }

// Recipe is the hook as a cell writes it.
func (p Grid) Recipe() string { return fmt.Sprintf("GridPenalty(%g)", p.Lambda) }

// Start checks that there are levels.
func (p Grid) Start(l *train.Loop) error { return needQuantized(l.Model, p.Lambda) }

// Loss is the loss with the term.
func (p Grid) Loss(l *train.Loop, loss *tensor.Tensor) *tensor.Tensor {
	for _, r := range nn.RoundedWeights(l.Model) {
		unit := asm.Dot(r.Values, r.Values)
		if unit == 0 {
			continue // all weights are rounded to 0: no level has a size
		}
		lambda := float32(p.Lambda) / unit
		away := r.Values
		asm.Sub(away, r.Latent.Peek(), r.Values)
		loss = add(loss, r.Latent, lambda*asm.Dot(away, away), func(dw []float32, scale float32) {
			asm.Scale(dw, 2*lambda*scale, away)
		})
	}
	return loss
}

// add is loss plus a term of the parameter w that has the given value; slope sets
// dw to scale times the derivative of the term.
func add(loss, w *tensor.Tensor, value float32, slope func(dw []float32, scale float32)) *tensor.Tensor {
	term := tensor.NewOp("penalty", tensor.From([]float32{value}, 1), []*tensor.Tensor{w}, func(dy []float32) {
		w.AddGrad(func(dw []float32) { slope(dw, dy[0]) })
	})
	return tensor.Add(loss, term)
}

// matrices are the parameters of m with more than one dimension, each once.
func matrices(m nn.Module) []*tensor.Tensor {
	return slices.DeleteFunc(tensor.Distinct(m.Params()), func(p *tensor.Tensor) bool { return p.Dims() == 1 })
}

func needLambda(lambda float64) error {
	if !(lambda > 0 && lambda < 1e30) {
		return fmt.Errorf("λ is %g; want above 0", lambda)
	}
	return nil
}

func needQuantized(m nn.Module, lambda float64) error {
	if len(nn.QuantizedLayers(m)) == 0 {
		return fmt.Errorf("%v has no quantised layer whose weights have levels", m)
	}
	return needLambda(lambda)
}
