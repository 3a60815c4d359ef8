package qat_test

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"setun/runtime/asm"
	"setun/runtime/qat"
	"setun/runtime/tensor"
)

// The weights of four outputs. Their mean magnitude is 1, the median one 0.75, the
// largest 3.
var fewWeights = []float32{
	0.25, -0.5, 3, -1.25,
	0.75, -0.25, 0.5, -1,
	2.25, 0.5, -0.75, 1,
	-0.5, 0.75, -1, 1.75,
}

func TestQuantisersByHand(t *testing.T) {
	tests := []struct {
		name   string
		q      qat.WeightQuantizer
		w      []float32 // [2×…]
		codes  []int8
		scales []float32
		zeros  []float32
	}{
		{
			"ternary",
			qat.WeightQuantizer{},
			fewWeights,
			[]int8{0, 0, 1, -1, 1, 0, 0, -1, 1, 0, -1, 1, 0, 1, -1, 1},
			[]float32{1},
			nil,
		},
		{
			"ternary by the median",
			qat.WeightQuantizer{Scale: qat.Median},
			fewWeights,
			[]int8{0, -1, 1, -1, 1, 0, 1, -1, 1, 1, -1, 1, -1, 1, -1, 1},
			[]float32{0.75},
			nil,
		},
		{
			"ternary by the largest",
			qat.WeightQuantizer{Scale: qat.AbsMax},
			fewWeights,
			[]int8{0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1},
			[]float32{3},
			nil,
		},
		{
			"ternary per channel",
			qat.WeightQuantizer{Per: qat.PerChannel},
			[]float32{1, -3, 0.9, 3.1, 0.25, 0, -0.5, 0.25},
			[]int8{0, -1, 0, 1, 1, 0, -1, 1},
			[]float32{2, 0.25},
			nil,
		},
		{
			"ternary per 3",
			qat.WeightQuantizer{Per: qat.PerGroup(3)},
			[]float32{1, -3, 2, 8, 0.25, 0, -0.5, 0.25},
			[]int8{0, -1, 1, 1, 1, 0, -1, 1},
			[]float32{2, 8, 0.25, 0.25},
			nil,
		},
		{ // about the mean 0.5: signs are those of w − 0.5, the scale that of w
			"binary",
			qat.WeightQuantizer{Bits: 1},
			[]float32{1, 0.25, 2, -1.25, 0.5, 0.5, 0.75, 0.25},
			[]int8{1, -1, 1, -1, 1, 1, 1, -1},
			[]float32{0.8125},
			nil,
		},
		{ // halves go to even: 0.5 to 0, 1.5 and 2.5 to 2
			"3 bits",
			qat.WeightQuantizer{Bits: 3},
			[]float32{3, -3, 0.5, 1.5, 2.5, -0.5, -1.5, 1.75},
			[]int8{3, -3, 0, 2, 2, 0, -2, 2},
			[]float32{1},
			nil,
		},
		{
			"8 bits per channel",
			qat.WeightQuantizer{Bits: 8, Per: qat.PerChannel},
			[]float32{127, -64.5, 0, 1, -254, 3, 5, 100},
			[]int8{127, -64, 0, 1, -127, 2, 2, 50},
			[]float32{1, 2},
			nil,
		},
		{ // beyond the four levels −2 to 1 is clamped
			"2 bits by the mean",
			qat.WeightQuantizer{Bits: 2, Scale: qat.AbsMean},
			[]float32{1, -1, 4, -4, 0.5, -0.5, 1, 0},
			[]int8{1, -1, 1, -2, 0, 0, 1, 0},
			[]float32{1.5},
			nil,
		},
		{ // −1 to 14 in 15 steps: the zero point is 1, −7 after the move by 8
			"4 bits asymmetric",
			qat.WeightQuantizer{Bits: 4, Asymmetric: true},
			[]float32{-1, 0, 14, 2.5, 3.5, 7, 1, 0},
			[]int8{-8, -7, 7, -5, -3, 0, -6, -7},
			[]float32{1},
			[]float32{-7},
		},
		{ // all above 0: the levels still hold 0, which is −128
			"8 bits asymmetric of positive weights",
			qat.WeightQuantizer{Bits: 8, Asymmetric: true},
			[]float32{255, 1, 2, 3, 4, 5, 6, 7},
			[]int8{127, -127, -126, -125, -124, -123, -122, -121},
			[]float32{1},
			[]float32{-128},
		},
		{ // LSQ starts at 2·mean/√1
			"ternary of learned scale",
			qat.WeightQuantizer{Scale: qat.Learned},
			fewWeights,
			[]int8{0, 0, 1, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1},
			[]float32{2},
			nil,
		},
		{ // and at 2·mean/√7 with 4 bits
			"4 bits of learned scale",
			qat.WeightQuantizer{Bits: 4, Scale: qat.Learned},
			[]float32{7, -7, 7, -7, 7, -7, 7, -7},
			[]int8{1, -1, 1, -1, 1, -1, 1, -1},
			[]float32{14 / float32(math.Sqrt(7))},
			nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rows := 2
			if len(test.w) == 16 {
				rows = 4
			}
			w := param(test.w, rows, len(test.w)/rows)
			got := qat.QuantizeWith(w, qat.Scheme{Weights: test.q})
			same(t, "codes", got.Codes, test.codes)
			same(t, "scales", got.Scales, test.scales)
			same(t, "zeros", got.Zeros, test.zeros)
		})
	}
}

// fake is the forward of a scheme in floats alone: the codes as floats, multiplied
// as floats, and the scales applied to the sums, group by group. The integers stay
// below 2²⁴ here, so that no addition rounds.
func fake(x *tensor.Tensor, w *qat.QuantizedWeights, a qat.ActivationQuantizer) []float32 {
	m, k, n := x.Rows(), w.Cols, w.Rows
	bits := a.Bits
	if bits == 0 {
		bits = 8
	}
	most := float32(int(1)<<(bits-1) - 1)
	q, s := make([]float32, m*k), make([]float32, m)
	for i := range m {
		row := x.Data()[i*k : (i+1)*k]
		if a.Range != qat.PerToken {
			row = x.Data()
		}
		s[i] = most / max(asm.MaxAbs(row), 1e-5)
		for j := range k {
			v := math.RoundToEven(float64(x.Data()[i*k+j] * s[i]))
			q[i*k+j] = float32(min(max(v, float64(-most-1)), float64(most)))
		}
	}
	width, perRow := k, 1
	if w.Quantizer.Per > 0 {
		width = min(k, int(w.Quantizer.Per))
		perRow = (k + width - 1) / width
	}
	y := make([]float32, m*n)
	for i := range m {
		for j := range n {
			for g := range perRow {
				at := 0
				if w.Quantizer.Per != qat.PerTensor {
					at = j*perRow + g
				}
				var products, sum float32
				for c := g * width; c < min(k, (g+1)*width); c++ {
					products += q[i*k+c] * float32(w.Codes[j*k+c])
					sum += q[i*k+c]
				}
				if w.Zeros != nil {
					products -= float32(w.Zeros[at] * sum)
				}
				y[i*n+j] += float32(products * (w.Scales[at] / s[i]))
			}
		}
	}
	return y
}

// integerSchemes are those whose forward runs on integers.
func integerSchemes() []qat.Scheme {
	var all []qat.Scheme
	activations := []qat.ActivationQuantizer{{}, {Bits: 4}, {Range: qat.PerBatch}, {Range: qat.Calibrated}, {Bits: 3, Range: qat.PerBatch}}
	add := func(s qat.Scheme) {
		s.Activations = activations[len(all)%len(activations)]
		all = append(all, s)
	}
	for _, per := range []qat.Granularity{qat.PerTensor, qat.PerChannel, qat.PerGroup(16), qat.PerGroup(5)} {
		for _, bits := range []int{qat.TernaryBits, qat.BinaryBits, 2, 3, 4, 8} {
			for _, scale := range []qat.ScaleRule{qat.UsualScale, qat.AbsMean, qat.Median, qat.AbsMax, qat.Learned} {
				add(qat.Scheme{Weights: qat.WeightQuantizer{Bits: bits, Scale: scale, Per: per}})
			}
			if bits >= 2 {
				add(qat.Scheme{Weights: qat.WeightQuantizer{Bits: bits, Asymmetric: true, Per: per}})
			}
			if bits != qat.BinaryBits {
				add(qat.Scheme{Weights: qat.WeightQuantizer{Bits: bits, Per: per}, Estimator: qat.Learnable{}})
			}
		}
	}
	for _, e := range []qat.Estimator{qat.Standard{}, qat.Clipped{2.5}, qat.Magnitude{1}, qat.Adaptive{0.01}, qat.Tanh{0.5}, sawtooth{0.5}} {
		add(qat.Scheme{Estimator: e})
	}
	return all
}

// sawtooth is an estimator as people write them.
type sawtooth struct{ K float32 }

func (sawtooth) Forward(w float32) float32          { return float32(math.Round(float64(w))) }
func (s sawtooth) Backward(w, grad float32) float32 { return grad * (1 - s.K*w*w) }

// quantization returns one of the scheme s for w.
func quantization(s qat.Scheme, w *tensor.Tensor) *qat.Quantization {
	q := new(qat.Quantization)
	q.SetScheme(s, w)
	return q
}

// The integer forward equals the fake-quantised one to the last bit, for every
// scheme that has codes.
func TestIntegersEqualFakeQuantisation(t *testing.T) {
	for _, s := range integerSchemes() {
		t.Run(s.String(), func(t *testing.T) {
			for _, shape := range [][3]int{{1, 1, 1}, {3, 40, 17}, {33, 64, 5}, {60, 33, 48}} {
				x, w := normal(1, 2, shape[0], shape[1]), normal(2, 0.05, shape[2], shape[1])
				q := quantization(s, w)
				y := q.Linear(x, w).Data()
				same(t, fmt.Sprintf("%v: y", shape), y, fake(x, q.Weights(0, w), s.Activations))
			}
		})
	}
}

// Sums of int8 by int8 products leave the 24 bits of a float32 from 1024 features
// on, and are still exact: the result is the sum of integers, rounded once.
func TestLongSumsAreExact(t *testing.T) {
	const k = 5000
	x, w := tensor.Full(1, 1, k), tensor.Param("weight", 1, k)
	sum := int64(0)
	for i := range w.Data() {
		w.Data()[i] = 127
		if i%3 == 1 {
			w.Data()[i] = 126
		}
		sum += 127 * int64(w.Data()[i])
	}
	y := quantization(qat.Scheme{Weights: qat.WeightQuantizer{Bits: 8}}, w).Linear(x, w).Item()
	if want := float32(sum) * (1.0 / 127); y != want {
		t.Errorf("%v, want %v", y, want)
	}
}

// With an estimator that lets all gradients through, the operation for any scheme
// is that of b1.58, to the last bit.
func TestGeneralOperationEqualsBitLinear(t *testing.T) {
	s := qat.Scheme{Estimator: qat.Clipped{1e30}}
	general := func(x, w *tensor.Tensor) *tensor.Tensor { return quantization(s, w).Linear(x, w) }
	for _, shape := range [][3]int{{1, 784, 10}, {128, 784, 256}, {57, 100, 33}} {
		y, dx, dw := forwardBackward(qat.BitLinear, shape[0], shape[1], shape[2])
		gotY, gotDX, gotDW := forwardBackward(general, shape[0], shape[1], shape[2])
		same(t, "y", gotY, y)
		same(t, "dX", gotDX, dx)
		same(t, "dW", gotDW, dw)
	}
	x, w := normal(1, 2, 7, 40), normal(2, 0.05, 9, 40)
	same(t, "with norm", quantization(s, w).NormLinear(x, tensor.NormEps, w).Data(), qat.NormBitLinear(x, tensor.NormEps, w).Data())
}

func TestSchemesDoNotDependOnWorkers(t *testing.T) {
	schemes := append(integerSchemes(),
		qat.Scheme{Estimator: qat.Soft{0.5}}, qat.Scheme{Blend: 0.25},
		qat.Scheme{Weights: qat.WeightQuantizer{Stochastic: 3}, Activations: qat.ActivationQuantizer{Stochastic: 4}},
		qat.Scheme{Activations: qat.ActivationQuantizer{Bits: qat.FloatBits}},
		qat.Scheme{Weights: qat.WeightQuantizer{Bits: qat.FloatBits}, Activations: qat.ActivationQuantizer{Bits: 8}})
	run := func(s qat.Scheme, workers int) (all []float32) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers))
		var params []*tensor.Tensor
		op := func(x, w *tensor.Tensor) *tensor.Tensor {
			q := quantization(s, w)
			params = q.Params()
			return q.Linear(x, w)
		}
		y, dx, dw := forwardBackward(op, 90, 203, 97)
		all = slices.Concat(y, dx, dw)
		for _, p := range params {
			all = append(all, p.Grad()...)
		}
		return all
	}
	for i, s := range schemes {
		if i%5 > 0 && i < len(schemes)-11 {
			continue // more of the same
		}
		want := run(s, 1)
		for _, workers := range []int{2, 5} {
			same(t, fmt.Sprintf("%v, %d workers", s, workers), run(s, workers), want)
		}
	}
}

func TestFaultsOfSchemes(t *testing.T) {
	tests := map[string]qat.Scheme{
		"there are no 9-bit weights: want 0 (ternary), 1 (binary), 2 to 8, or 32 (floats)":      {Weights: qat.WeightQuantizer{Bits: 9}},
		"there are no 1-bit activations: want 2 to 8, or 32 (floats)":                           {Activations: qat.ActivationQuantizer{Bits: 1}},
		"asymmetric levels are for 2 to 8 bits; ternary levels are symmetric":                   {Weights: qat.WeightQuantizer{Asymmetric: true}},
		"asymmetric levels span from the least weight to the largest; they take no other scale": {Weights: qat.WeightQuantizer{Bits: 4, Asymmetric: true, Scale: qat.Median}},
		"a blend of 2: want 0 (full quantisation) to 1 (none)":                                  {Blend: 2},
		"Clipped(0): want a bound above 0":                                                      {Estimator: qat.Clipped{}},
		"Soft(-1): want a temperature above 0, at most 10":                                      {Estimator: qat.Soft{-1}},
		"Adaptive(1): the frozen share is between 0 and 1":                                      {Estimator: qat.Adaptive{1}},
		"Soft(1) rounds by itself: there is nothing for stochastic rounding to do":              {Estimator: qat.Soft{1}, Weights: qat.WeightQuantizer{Stochastic: 1}},
		"a group of -7 weights: want at least 1":                                                {Weights: qat.WeightQuantizer{Per: -7}},
		"Learnable brings a scale":                                                              {Weights: qat.WeightQuantizer{Scale: qat.Learned}, Estimator: qat.Learnable{}},
	}
	for want, s := range tests {
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", s, err, want)
		}
	}
	both := qat.Scheme{Weights: qat.WeightQuantizer{Bits: 40}, Blend: -1}
	if err := both.Validate(); err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("two faults: %v", err)
	}
	if err := (qat.Scheme{}).Validate(); err != nil {
		t.Errorf("b1.58: %v", err)
	}
}
