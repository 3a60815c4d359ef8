package qat_test

import (
	"fmt"

	"setun/runtime/qat"
	"setun/runtime/tensor"
)

// The mean magnitude of these weights is γ = 0.5: what lies within half of it
// around zero becomes 0, the rest ±γ.
func ExampleQuantizeWeights() {
	w := tensor.From([]float32{
		0.9, -0.2, 0.1,
		-0.6, 0.3, -0.9,
	}, 2, 3)
	q := qat.QuantizeWeights(w)

	t := make([]int8, 6)
	q.Codes.Unpack(t)
	what := make([]float32, 6)
	q.Dequantize(what)
	fmt.Println(q.Scale, t, what)
	// Output: 0.5 [1 0 0 -1 1 -1] [0.5 0 0 -0.5 0.5 -0.5]
}

// The largest magnitude of a row becomes ±127.
func ExampleQuantizeActivations() {
	x := tensor.From([]float32{
		0.5, -1, 0.25,
		0, 20, 10.1,
	}, 2, 3)
	q := qat.QuantizeActivations(x)
	fmt.Println(q.Codes, q.Scales)
	// Output: [64 -127 32 0 127 64] [127 6.35]
}

// The same weights to four bits, with a scale for each row: its largest magnitude
// is the level 7.
func ExampleQuantizeWith() {
	w := tensor.From([]float32{
		0.9, -0.2, 0.1,
		-0.6, 0.3, -0.9,
	}, 2, 3)
	s := qat.Scheme{Weights: qat.WeightQuantizer{Bits: 4, Per: qat.PerChannel}}
	q := qat.QuantizeWith(w, s)
	fmt.Println(s.Weights, q.Codes, q.Scales)
	// Output: 4-bit weights per channel [7 -2 1 -5 2 -7] [0.12857142 0.12857142]
}

// A gradient of 1 comes back whole within the bound, and not at all beyond.
func ExampleScheme_Response() {
	s := qat.Scheme{Estimator: qat.Clipped{Bound: 1.5}}
	fmt.Println(s.Response([]float32{-2, -1, -0.4, 0.6, 1.4, 1.6}))
	// Output: [-1 -1 0 1 1 1] [0 1 1 1 1 0]
}
