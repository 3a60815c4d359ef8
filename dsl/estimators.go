package dsl

import (
	"reflect"

	"setun/runtime/qat"
)

// STE makes the weights of a model's quantised layers pass their gradients by the
// estimator e: one of [Standard], [Clipped], [Soft], [Tanh], [Magnitude],
// [Adaptive], [Learnable], or a type of your own with the methods Forward and
// Backward of one weight over its scale. Those are called for one weight after the
// other, since they may keep something; what works on rows of weights is faster, see
// [Vector].
//
//	type Sawtooth struct{ K float32 }
//
//	func (s Sawtooth) Forward(w float32) float32        { return float32(math.Round(float64(w))) }
//	func (s Sawtooth) Backward(w, grad float32) float32 { return grad * (1 - s.K*w*w) }
//
//	MLP(784, 64, 64, 10).With(STE(Sawtooth{0.5}))
func STE(e qat.Estimator) SchemeOption {
	e = named(e)
	return schemeOption("STE("+estimatorName(e)+")", func(s *qat.Scheme) { s.Estimator = e })
}

// Standard passes gradients straight through, whatever the weight: the estimator
// of BitNet (Bengio et al., 1308.3432).
//
//	model.With(STE(Standard()))
func Standard() qat.Standard { return qat.Standard{} }

// Clipped stops the gradient of weights further out than bound times the outermost
// level, which is γ for ternary weights (Hubara et al., 1602.02830). A bound of 1
// freezes 42 % of Gaussian weights.
//
//	model.With(STE(Clipped(2.5)))
func Clipped(bound float32) qat.Clipped { return qat.Clipped{Bound: bound} }

// Magnitude weakens the gradient of weights beyond bound times the outermost level
// by bound/|w| (Sakr et al., 2206.06501).
//
//	model.With(STE(Magnitude(1)))
func Magnitude(bound float32) qat.Magnitude { return qat.Magnitude{Bound: bound} }

// Adaptive stops, at each step, the gradient of the share frozen of a layer's
// weights that lie furthest out.
//
//	model.With(STE(Adaptive(0.02)))
func Adaptive(frozen float32) qat.Adaptive { return qat.Adaptive{Frozen: frozen} }

// Soft rounds along a smooth curve of temperature t, by whose slope the gradient
// goes back; it comes to the levels as t goes to 0 (Gong et al., 1908.05033).
//
//	model.With(STE(Soft(0.5)))
func Soft(t float32) qat.Soft { return qat.Soft{T: t} }

// Tanh rounds to the levels, and sends the gradient back by the slope of the curve
// of [Soft].
//
//	model.With(STE(Tanh(0.5)))
func Tanh(t float32) qat.Tanh { return qat.Tanh{T: t} }

// Learnable trains a scale and a zero point for the weights of each layer (LSQ+,
// Bhalgat et al., 2004.09576): they are among its parameters.
//
//	model.With(STE(Learnable()))
func Learnable() qat.Learnable { return qat.Learnable{} }

// Vector makes an estimator for [STE] of one that works on slices: a type with the
// methods ForwardSlice(y, w []float32) and BackwardSlice(dw, w, grad []float32).
//
//	model.With(STE(Vector(Mine{})))
func Vector(e qat.VectorEstimator) qat.Estimator {
	return qat.Vector(namedVector{e, estimatorName(e)})
}

// named gives an estimator of somebody's own the text of its value as its name.
func named(e qat.Estimator) qat.Estimator {
	if _, has := e.(interface{ String() string }); has || e == nil {
		return e
	}
	return namedEstimator{e, estimatorName(e)}
}

type namedEstimator struct {
	qat.Estimator
	name string
}

func (e namedEstimator) String() string { return e.name }

type namedVector struct {
	qat.VectorEstimator
	name string
}

func (e namedVector) String() string { return e.name }

// estimatorName is an estimator as a cell writes it. The value that a cell made
// reaches compiled code in the field IValue of a wrapper.
func estimatorName(e any) string {
	v := reflect.ValueOf(e)
	if v.Kind() == reflect.Pointer && v.Elem().Kind() == reflect.Struct {
		if inner := v.Elem().FieldByName("IValue"); inner.IsValid() {
			return valueText(inner.Interface())
		}
	}
	if s, ok := e.(interface{ String() string }); ok {
		return s.String()
	}
	return valueText(e)
}
