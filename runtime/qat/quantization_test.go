package qat_test

import (
	"math"
	"slices"
	"testing"

	"setun/runtime/qat"
	"setun/runtime/tensor"
)

// step changes w as an optimiser does.
func step(w *tensor.Tensor) {
	tensor.Sum(w).Backward()
	w.Update(func(w, g []float32) {})
}

// Rounding at random is, in the mean, no rounding: 4000 draws of weights between
// two levels.
func TestStochasticRoundingHasNoBias(t *testing.T) {
	for _, bits := range []int{qat.TernaryBits, qat.BinaryBits, 3} {
		s := qat.Scheme{Weights: qat.WeightQuantizer{Bits: bits, Stochastic: 5}, Activations: qat.ActivationQuantizer{Bits: qat.FloatBits}}
		w := param([]float32{0.4, -0.1, 0.75, -0.4, 1, -1, 0.1, -0.75}, 8, 1) // their mean is 0
		q := quantization(s, w)
		gamma := q.Weights(0, w).Scales[0]
		sums := make([]float64, 8)
		const draws = 4000
		for range draws {
			for i, v := range q.Linear(tensor.Full(1, 1, 1), w).Data() {
				sums[i] += float64(v) / draws
			}
			step(w)
		}
		for i, mean := range sums {
			want := float64(w.Data()[i])
			if bits <= qat.BinaryBits {
				want = min(max(want, -float64(gamma)), float64(gamma))
			}
			// The deviation of a mean of draws is at most γ/√draws, 2γ/√draws for
			// the wider steps of binary weights.
			if math.Abs(mean-want) > 6*float64(gamma)/math.Sqrt(draws) {
				t.Errorf("%d bits: the mean of weight %d is %v, want %v", bits, i, mean, want)
			}
		}
	}
}

func stochastic() qat.Scheme {
	return qat.Scheme{
		Weights:     qat.WeightQuantizer{Stochastic: 7},
		Activations: qat.ActivationQuantizer{Range: qat.Calibrated, Stochastic: 8},
	}
}

// What is drawn belongs to a state of the weights: the same until they change,
// another afterwards, none outside training.
func TestDrawsBelongToSteps(t *testing.T) {
	x, w := normal(1, 1, 5, 40), normal(2, 0.1, 8, 40)
	q := quantization(stochastic(), w)
	first := q.Linear(x, w).Data()
	same(t, "again", q.Linear(x, w).Data(), first)
	step(w)
	second := q.Linear(x, w).Data()
	if slices.Equal(first, second) {
		t.Error("the next step draws the same numbers")
	}
	if was := q.SetTraining(false); !was {
		t.Error("a new layer is not in training")
	}
	rest := q.Linear(x, w).Data()
	step(w)
	same(t, "outside training", q.Linear(x, w).Data(), rest)
	q.SetTraining(true)
	if slices.Equal(q.Linear(x, w).Data(), rest) {
		t.Error("in training again, nothing is drawn")
	}
}

// A layer that gets back its state goes on as if nothing had happened.
func TestStateOfQuantization(t *testing.T) {
	x, w := normal(1, 1, 5, 40), normal(2, 0.1, 8, 40)
	q := quantization(stochastic(), w)
	for range 3 {
		q.Linear(x, w)
		step(w)
	}
	state, err := q.State()
	if err != nil {
		t.Fatal(err)
	}
	again := quantization(stochastic(), w)
	if err := again.SetState(state); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		same(t, "y", again.Linear(x, w).Data(), q.Linear(x, w).Data())
		step(w)
	}
	if state, err := new(qat.Quantization).State(); state != nil || err != nil {
		t.Errorf("b1.58 keeps %s, %v", state, err)
	}
	if err := again.SetState([]byte(`{"range": "wide"}`)); err == nil {
		t.Error("a broken state is taken")
	}
}

// A calibrated range is the first absmax, then moves by 1 % of what it sees in
// training, and stays outside of it; what is beyond is clamped, and has no
// gradient.
func TestCalibratedActivations(t *testing.T) {
	s := qat.Scheme{Weights: qat.WeightQuantizer{Bits: qat.FloatBits}, Activations: qat.ActivationQuantizer{Bits: 8, Range: qat.Calibrated}}
	w := param([]float32{1}, 1, 1)
	q := quantization(s, w)
	forward := func(values ...float32) (y, dx []float32) {
		x := param(values, len(values), 1)
		out := q.Linear(x, w)
		tensor.Sum(out).Backward()
		return out.Data(), x.Grad()
	}
	y, _ := forward(1, -2, 0.5)
	near(t, "first", y, []float32{64.0 * 2 / 127, -2, 32.0 * 2 / 127}, 1e-6)

	q.SetTraining(false)
	y, dx := forward(1, -4, 4, -2)
	near(t, "beyond the range", y, []float32{64.0 * 2 / 127, -128.0 * 2 / 127, 2, -2}, 1e-6)
	same(t, "gradient", dx, []float32{1, 0, 0, 1})

	q.SetTraining(true)
	step(w)
	y, _ = forward(12)
	near(t, "moved by 1 %", y, []float32{0.99*2 + 0.01*12}, 1e-6)
}

// What LSQ learns stays where only the estimator changes, and begins anew where
// the levels do.
func TestLearnedStaysOrBeginsAnew(t *testing.T) {
	w := tensor.Param("blocks.0.q.weight", 2, 2)
	copy(w.Data(), []float32{1, -1, 1, -1})
	q := quantization(qat.Scheme{Weights: qat.WeightQuantizer{Scale: qat.Learned}}, w)
	scale := q.Params()[0]
	if scale.Name() != "blocks.0.q.scale" || scale.Data()[0] != 2 {
		t.Errorf("%s starts at %v", scale.Name(), scale.Data())
	}
	scale.Data()[0] = 1.5
	q.SetScheme(qat.Scheme{Weights: qat.WeightQuantizer{Scale: qat.Learned}, Estimator: qat.Tanh{1}}, w)
	if q.Params()[0] != scale {
		t.Error("another estimator throws the learned scale away")
	}
	q.SetScheme(qat.Scheme{Weights: qat.WeightQuantizer{Bits: 4, Scale: qat.Learned}}, w)
	if p := q.Params()[0]; p == scale || p.Data()[0] != 2/float32(math.Sqrt(7)) {
		t.Errorf("with 4 bits the scale starts at %v", p.Data())
	}
	q.SetScheme(qat.Scheme{}, w)
	if len(q.Params()) != 0 {
		t.Error("b1.58 learns a scale")
	}
}
