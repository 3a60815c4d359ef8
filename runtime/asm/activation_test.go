package asm

import (
	"math"
	"testing"
)

// Forwards against their formulas in float64, backwards against a central
// difference of those.
func TestActivationsFollowTheirFormulas(t *testing.T) {
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	for _, a := range []struct {
		name     string
		forward  func(y, x []float32)
		backward func(dx, dy, x []float32)
		formula  func(x float64) float64
	}{
		{"ReLUSquared", ReLUSquared, ReLUSquaredBackward, func(x float64) float64 { return math.Pow(math.Max(x, 0), 2) }},
		{"SiLU", SiLU, SiLUBackward, func(x float64) float64 { return x * sigmoid(x) }},
		{"GELU", GELU, GELUBackward, func(x float64) float64 {
			return x / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
		}},
	} {
		t.Run(a.name, func(t *testing.T) {
			for x := -40.0; x <= 40; x += 0.0371 {
				in, out := []float32{float32(x)}, []float32{0}
				at := float64(in[0])
				a.forward(out, in)
				if want := a.formula(at); math.Abs(float64(out[0])-want) > 2e-6*math.Max(1e-3, math.Abs(want)) {
					t.Errorf("at %v: %v, want %v", at, out[0], want)
				}
				a.backward(out, []float32{2}, in)
				const h = 1e-5
				want := 2 * (a.formula(at+h) - a.formula(at-h)) / (2 * h)
				if math.Abs(float64(out[0])-want) > 3e-5*math.Max(1, math.Abs(want)) {
					t.Errorf("slope at %v: %v, want %v", at, out[0], want)
				}
			}
		})
	}
}
