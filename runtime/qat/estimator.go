package qat

import (
	"fmt"
	"math"
	"strings"
)

// An Estimator passes weights through the rounding that has no derivative: what
// comes out, and what gradient goes back in its place (Bengio, Léonard and
// Courville, Estimating or Propagating Gradients Through Stochastic Neurons,
// 1308.3432).
//
// w is a latent weight over its scale: W/γ, so that the levels are whole
// numbers, −1, 0 and 1 for ternary weights. What Forward returns is kept within
// the outermost levels and multiplied by γ; it need not be a whole number, but
// only whole numbers are computed with as integers. Backward returns the gradient
// of the loss for w, given that for the result of Forward.
//
// A type of your own with these two methods is one; it is called in one
// goroutine, for one weight after the other. For whole slices at a time see
// [Vector].
type Estimator interface {
	Forward(w float32) float32
	Backward(w, grad float32) float32
}

// A VectorEstimator is an Estimator of slices: y, dw, w and grad have the same
// length, and are not to be kept.
type VectorEstimator interface {
	ForwardSlice(y, w []float32)
	BackwardSlice(dw, w, grad []float32)
}

// Vector makes an [Estimator] of one that works on slices. A layer calls it once
// for each row of weights.
func Vector(e VectorEstimator) Estimator { return vector{e} }

type vector struct{ VectorEstimator }

func (v vector) Forward(w float32) float32 {
	y := []float32{0}
	v.ForwardSlice(y, []float32{w})
	return y[0]
}

func (v vector) Backward(w, grad float32) float32 {
	dw := []float32{0}
	v.BackwardSlice(dw, []float32{w}, []float32{grad})
	return dw[0]
}

func (v vector) String() string { return estimatorText(v.VectorEstimator) }

// builtin is an estimator of this package: it knows the levels, works on slices,
// and on several at once.
type builtin interface {
	Estimator
	// backward sets dw, which may be grad.
	backward(dw, w, grad []float32, l levels)
}

// softened is a builtin that does not round to the levels.
type softened interface {
	builtin
	forward(y, w []float32, l levels)
}

// roundsToLevels reports whether the forward of e is rounding to the nearest
// level, so that there are codes for sure.
func roundsToLevels(e Estimator) bool {
	if e == nil {
		return true
	}
	_, ours := e.(builtin)
	_, soft := e.(softened)
	return ours && !soft
}

// Standard passes the gradient straight through, whatever the weight: the
// estimator of BitNet.
//
//	dW = dŴ
type Standard struct{}

// Forward is w rounded half to even.
func (Standard) Forward(w float32) float32 { return nearest(w) }

// Backward is grad.
func (Standard) Backward(_, grad float32) float32 { return grad }

func (Standard) backward(dw, _, grad []float32, _ levels) { copy(dw, grad) }

// String is the estimator as a cell writes it.
func (Standard) String() string { return "Standard()" }

// Clipped stops the gradient of weights further out than Bound times the
// outermost level (Hubara et al., Binarized Neural Networks, 1602.02830, with
// Bound = 1).
//
//	dW = dŴ·[|w| ≤ Bound]
//
// With ternary weights the outermost level is γ, the mean magnitude: a Bound of 1
// freezes 42 % of Gaussian weights, one of 2.5 under 5 %.
type Clipped struct{ Bound float32 }

// Forward is w rounded half to even.
func (Clipped) Forward(w float32) float32 { return nearest(w) }

// Backward is grad within Bound, else 0.
func (e Clipped) Backward(w, grad float32) float32 {
	if !(abs(w) <= e.Bound) {
		return 0
	}
	return grad
}

func (e Clipped) backward(dw, w, grad []float32, l levels) {
	bound := e.Bound * l.outermost()
	for i, v := range w {
		g := grad[i]
		if !(abs(v) <= bound) {
			g = 0
		}
		dw[i] = g
	}
}

func (e Clipped) validate() error { return positive("Clipped", "bound", e.Bound) }

// String is the estimator as a cell writes it.
func (e Clipped) String() string { return fmt.Sprintf("Clipped(%v)", e.Bound) }

// Magnitude weakens the gradient of weights beyond Bound times the outermost level
// by how far beyond they are, instead of stopping it (magnitude-aware
// differentiation of Sakr et al., Optimal Clipping and Magnitude-aware
// Differentiation for Improved Quantization-aware Training, 2206.06501).
//
//	dW = dŴ·min(1, Bound/|w|)
type Magnitude struct{ Bound float32 }

// Forward is w rounded half to even.
func (Magnitude) Forward(w float32) float32 { return nearest(w) }

// Backward is grad·min(1, Bound/|w|).
func (e Magnitude) Backward(w, grad float32) float32 {
	return grad * min(1, e.Bound/abs(w))
}

func (e Magnitude) backward(dw, w, grad []float32, l levels) {
	bound := e.Bound * l.outermost()
	for i, v := range w {
		dw[i] = grad[i] * min(1, bound/abs(v))
	}
}

func (e Magnitude) validate() error { return positive("Magnitude", "bound", e.Bound) }

// String is the estimator as a cell writes it.
func (e Magnitude) String() string { return fmt.Sprintf("Magnitude(%v)", e.Bound) }

// Adaptive is [Clipped] with a bound that follows the weights: at each step it
// stops the gradient of the share Frozen of a layer's weights that lie furthest
// out. A fixed bound means another share for each layer and, as distributions
// widen in training, for each step; this one cannot come to freeze a layer.
//
//	dW = dŴ·[|W| ≤ the (1 − Frozen) quantile of |W|]
type Adaptive struct{ Frozen float32 }

// Forward is w rounded half to even.
func (Adaptive) Forward(w float32) float32 { return nearest(w) }

// Backward is what a layer of Gaussian weights would do, with ternary levels. In
// a layer the quantile is that of its own weights.
func (e Adaptive) Backward(w, grad float32) float32 {
	// |z| lies below b with probability erf(b/√2), and γ = √(2/π).
	bound := math.Sqrt2 * math.Erfinv(1-float64(e.Frozen)) / math.Sqrt(2/math.Pi)
	return Clipped{float32(bound)}.Backward(w, grad)
}

// backward is for [Scheme.Response]: a layer asks for bound, and clips by that.
func (e Adaptive) backward(dw, w, grad []float32, _ levels) {
	for i := range w {
		dw[i] = e.Backward(w[i], grad[i])
	}
}

// bound is the magnitude beyond which weights are frozen now.
func (e Adaptive) bound(w []float32) float32 {
	return quantile(w, int(float64(len(w)-1)*(1-float64(e.Frozen))))
}

func (e Adaptive) validate() error {
	if !(e.Frozen > 0 && e.Frozen < 1) {
		return fmt.Errorf("Adaptive(%v): the frozen share is between 0 and 1", e.Frozen)
	}
	return nil
}

// String is the estimator as a cell writes it.
func (e Adaptive) String() string { return fmt.Sprintf("Adaptive(%v)", e.Frozen) }

// Learnable trains a scale α and a zero point β for each group of weights that
// shares γ, as LSQ+ does (Bhalgat et al., 2004.09576). They are parameters of the
// layer, and start at 1 and 0.
//
//	v = (W/γ − β)/α    c = clamp(round(v), lowest, highest)    Ŵ = γ·(α·c + β)
//	dα = g·γ·Σ dŴ·(c − v within the levels, c beyond)
//	dβ = g·γ·Σ dŴ·(0 within the levels, 1 beyond)
//	dW = dŴ
//
// with g = 1/√(weights in the group · highest), which LSQ found to balance their
// steps with those of the weights. Unlike in LSQ+ the gradient of the weights is
// not cut off beyond the levels: with ternary ones that would freeze 42 % of them
// at the start.
type Learnable struct{}

// Forward is w rounded half to even: what a layer starts with.
func (Learnable) Forward(w float32) float32 { return nearest(w) }

// Backward is grad.
func (Learnable) Backward(_, grad float32) float32 { return grad }

func (Learnable) backward(dw, _, grad []float32, _ levels) { copy(dw, grad) }

// String is the estimator as a cell writes it.
func (Learnable) String() string { return "Learnable()" }

// estimatorText is an estimator as it is shown: by its String, or its type and
// its numbers.
func estimatorText(e any) string {
	if s, ok := e.(fmt.Stringer); ok {
		return s.String()
	}
	t := fmt.Sprintf("%T%+v", e, e)
	return t[strings.LastIndex(t[:strings.IndexAny(t+"{", "{")], ".")+1:]
}

func positive(estimator, what string, v float32) error {
	if !(v > 0) || v > math.MaxFloat32 {
		return fmt.Errorf("%s(%v): want a %s above 0", estimator, v, what)
	}
	return nil
}

func abs(v float32) float32 { return math.Float32frombits(math.Float32bits(v) &^ (1 << 31)) }

// nearest rounds half to even. Beyond 2²² a float32 is its own nearest, or so
// near that no level there matters.
func nearest(v float32) float32 {
	if !(abs(v) < 1<<22) {
		return v
	}
	return float32(v+roundEven) - roundEven
}

// Adding and taking away 1.5·2²³ rounds to whole numbers, half to even.
const roundEven = 3 << 22
