package qat_test

import (
	"fmt"
	"math"
	"testing"

	"setun/runtime/qat"
	"setun/runtime/tensor"
)

func TestEstimatorsByFormula(t *testing.T) {
	sech2 := func(x float64) float64 { return 1 - math.Pow(math.Tanh(x), 2) }
	tests := []struct {
		e                 qat.Estimator
		w                 float32
		forward, backward float64 // of a gradient of 2
	}{
		{qat.Standard{}, 0.5, 0, 2},
		{qat.Standard{}, 1.5, 2, 2},
		{qat.Standard{}, -7.6, -8, 2},
		{qat.Clipped{1}, 1, 1, 2},
		{qat.Clipped{1}, 1.01, 1, 0},
		{qat.Clipped{2.5}, -2.4, -2, 2},
		{qat.Clipped{2.5}, float32(math.NaN()), math.NaN(), 0},
		{qat.Magnitude{1}, 0.75, 1, 2},
		{qat.Magnitude{1}, -4, -4, 0.5},
		{qat.Magnitude{2}, 4, 4, 1},
		{qat.Adaptive{0.05}, 2.4, 2, 2}, // 5 % of Gaussian weights lie beyond 1.96σ = 2.456γ
		{qat.Adaptive{0.05}, -2.5, -2, 0},
		{qat.Learnable{}, 3, 3, 2},
		{qat.Tanh{0.5}, 0.5, 0, 2 / (2 * 0.5 * math.Tanh(1))},
		{qat.Tanh{0.5}, 0.8, 1, 2 * sech2(0.6) / math.Tanh(1)},
		{qat.Soft{0.5}, 0.8, 0.5 + 0.5*math.Tanh(0.6)/math.Tanh(1), 2 * sech2(0.6) / math.Tanh(1)},
		{qat.Soft{0.25}, -1.3, -1.5 + 0.5*math.Tanh(0.8)/math.Tanh(2), 2 * sech2(0.8) / (0.5 * math.Tanh(2))},
		{qat.Soft{10}, 0.3, 0.3, 2},                                // hot: the identity
		{qat.Soft{0.001}, 0.3, 0, 0},                               // cold: rounding
		{qat.Soft{0.001}, 2.6, 3, 0},                               //
		{qat.Soft{0.1}, 3, 3, 2 * sech2(5) / (0.2 * math.Tanh(5))}, // levels are met
		{sawtooth{0.5}, 2, 2, -2},
	}
	for _, test := range tests {
		y, g := float64(test.e.Forward(test.w)), float64(test.e.Backward(test.w, 2))
		close := func(a, b float64) bool {
			return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) < 2e-3*max(0.05, math.Abs(b))
		}
		if !close(y, test.forward) || !close(g, test.backward) {
			t.Errorf("%v at %v: %v and %v, want %v and %v", test.e, test.w, y, g, test.forward, test.backward)
		}
	}
}

// Soft has a derivative, so that finite differences apply: where the curve is
// smooth, the gradient is its slope.
func TestSoftIsTheSlopeOfItself(t *testing.T) {
	const h = 1.0 / 256
	for _, temperature := range []float32{0.2, 0.5, 2} {
		e := qat.Soft{temperature}
		for w := float32(-3.4375); w < 3.5; w += 0.125 { // never within h of a whole number
			slope := (e.Forward(w+h) - e.Forward(w-h)) / (2 * h)
			if g := e.Backward(w, 1); math.Abs(float64(g-slope)) > 0.01*math.Max(0.1, float64(slope)) && math.Abs(float64(w)-math.Round(float64(w))) > h {
				t.Errorf("T = %v at %v: gradient %v, slope %v", temperature, w, g, slope)
			}
		}
	}
}

// What a layer does, weight by weight, is what Response shows, at every number of
// bits; and for the estimators whose methods know no levels, with ternary ones,
// what Forward and Backward say.
func TestResponseIsWhatLayersDo(t *testing.T) {
	estimators := []qat.Estimator{
		nil,
		qat.Standard{},
		qat.Clipped{0.75},
		qat.Magnitude{0.5},
		qat.Tanh{0.3},
		qat.Soft{0.3},
		sawtooth{0.5},
		qat.Vector(sawtooths{0.5}),
	}
	const n = 41
	for _, bits := range []int{0, 1, 2, 4} {
		for _, e := range estimators {
			s := qat.Scheme{Weights: qat.WeightQuantizer{Bits: bits}, Estimator: e, Activations: qat.ActivationQuantizer{Bits: qat.FloatBits}}
			w := tensor.Param("weight", n, 1)
			for i := range w.Data() {
				w.Data()[i] = float32(i-n/2) / 8 // symmetric: their mean is 0
			}
			q := quantization(s, w)
			gamma := q.Weights(0, w).Scales[0]
			y := q.Linear(tensor.Full(1, 1, 1), w)
			tensor.Sum(y).Backward()

			v := make([]float32, n)
			for i := range v {
				v[i] = w.Data()[i] * (1 / gamma)
			}
			want, grad := s.Response(v)
			for i := range want {
				want[i] *= gamma
			}
			name := fmt.Sprintf("%v, %d bits", e, bits)
			same(t, name+": Ŵ", y.Data(), want)
			same(t, name+": dW", w.Grad(), grad)
			if bits != 0 || e == nil {
				continue
			}
			for i, v := range v {
				if math.Abs(float64(v)) > 1 {
					continue // where levels end, an estimator that knows them does otherwise
				}
				if y := e.Forward(v) * gamma; y != want[i] {
					t.Errorf("%s: Forward(%v) = %v, the layer has %v", name, v, y, want[i])
				}
				if g := e.Backward(v, 1); g != grad[i] {
					t.Errorf("%s: Backward(%v) = %v, the layer has %v", name, v, g, grad[i])
				}
			}
		}
	}
}

// sawtooths is sawtooth for slices.
type sawtooths struct{ K float32 }

func (s sawtooths) ForwardSlice(y, w []float32) {
	for i, v := range w {
		y[i] = sawtooth(s).Forward(v)
	}
}

func (s sawtooths) BackwardSlice(dw, w, grad []float32) {
	for i, v := range w {
		dw[i] = sawtooth(s).Backward(v, grad[i])
	}
}

// An estimator of one's own whose results are no whole numbers is computed with in
// floats, and one for slices equals one for single weights.
func TestEstimatorsOfOnesOwn(t *testing.T) {
	forward := func(e qat.Estimator, per qat.Granularity) (y, dx, dw []float32) {
		s := qat.Scheme{Estimator: e, Weights: qat.WeightQuantizer{Per: per}}
		return forwardBackward(func(x, w *tensor.Tensor) *tensor.Tensor { return quantization(s, w).Linear(x, w) }, 9, 37, 5)
	}
	for _, per := range []qat.Granularity{qat.PerTensor, qat.PerChannel, qat.PerGroup(10)} {
		y, dx, dw := forward(sawtooth{0.25}, per)
		sliceY, sliceDX, sliceDW := forward(qat.Vector(sawtooths{0.25}), per)
		same(t, "y", sliceY, y)
		same(t, "dX", sliceDX, dx)
		same(t, "dW", sliceDW, dw)
	}
	// Half of W: y is half of the product of floats, and so is the gradient.
	s := qat.Scheme{Estimator: halving{}, Activations: qat.ActivationQuantizer{Bits: qat.FloatBits}}
	x, w := normal(1, 1, 4, 6), tensor.Param("weight", 2, 6)
	for i := range w.Data() {
		w.Data()[i] = float32(i%3-1) * 0.5 // within the levels
	}
	q := quantization(s, w)
	if c := q.Weights(0, w); c.Codes != nil || len(c.Values) != 12 {
		t.Errorf("halves of levels are codes: %v", c.Codes)
	}
	y := q.Linear(x, w)
	near(t, "y", y.Data(), tensor.Scale(tensor.Linear(x, w), 0.5).Data(), 1e-6)
}

type halving struct{}

func (halving) Forward(w float32) float32        { return w / 2 }
func (halving) Backward(_, grad float32) float32 { return grad / 2 }
