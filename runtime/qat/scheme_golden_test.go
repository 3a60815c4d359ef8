package qat_test

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"setun/runtime/qat"
	"setun/runtime/tensor"
)

// schemeGolden is a linear layer by a scheme, as PyTorch computes it; see
// testdata/make_scheme_goldens.py.
type schemeGolden struct {
	Name      string
	M, K, N   int
	Quantizer qat.WeightQuantizer
	Estimator string
	Bits      int
	Shared    bool
	Blend     float32
	X, W, DY  []float32
	Params    [][]float32 // what is learned
	What      []float32   // Ŵ
	Y, DX, DW []float32
	DParams   [][]float32
}

func (g schemeGolden) scheme() qat.Scheme {
	estimators := map[string]qat.Estimator{
		"": nil, "Learnable": qat.Learnable{}, "Clipped": qat.Clipped{1.5}, "Magnitude": qat.Magnitude{1},
		"Adaptive": qat.Adaptive{0.1}, "Tanh": qat.Tanh{0.5}, "Soft": qat.Soft{0.5}, "Own": sawtooth{0.5},
	}
	s := qat.Scheme{Weights: g.Quantizer, Activations: qat.ActivationQuantizer{Bits: g.Bits}, Estimator: estimators[g.Estimator], Blend: g.Blend}
	if g.Shared {
		s.Activations.Range = qat.PerBatch
	}
	return s
}

func readSchemeGoldens(t *testing.T) []schemeGolden {
	t.Helper()
	text, err := os.ReadFile("testdata/schemes.json")
	if err != nil {
		t.Fatal(err)
	}
	var goldens []schemeGolden
	if err := json.Unmarshal(text, &goldens); err != nil {
		t.Fatal(err)
	}
	return goldens
}

// Forward, backward and the gradients of what is learned are PyTorch's, but for
// sums in another order.
func TestSchemesAgainstPyTorch(t *testing.T) {
	const few = 2e-6
	for _, g := range readSchemeGoldens(t) {
		t.Run(g.Name, func(t *testing.T) {
			s := g.scheme()
			x, w := param(g.X, g.M, g.K), param(g.W, g.N, g.K)
			q := quantization(s, w)
			for i, p := range q.Params() {
				copy(p.Data(), g.Params[i])
			}
			if s.Weights.Bits != qat.FloatBits && s.Blend == 0 {
				what := make([]float32, g.N*g.K)
				q.Weights(0, w).Dequantize(what)
				near(t, "Ŵ", what, g.What, few)
			}
			y := q.Linear(x, w)
			near(t, "y", y.Data(), g.Y, few)
			tensor.Sum(tensor.Mul(y, tensor.From(g.DY, g.M, g.N))).Backward()
			near(t, "dX", x.Grad(), g.DX, few)
			near(t, "dW", w.Grad(), g.DW, few)
			if len(q.Params()) != len(g.DParams) {
				t.Fatalf("%d learned parameters, want %d", len(q.Params()), len(g.DParams))
			}
			for i, p := range q.Params() {
				near(t, fmt.Sprintf("d%s", p.Name()), p.Grad(), g.DParams[i], few)
			}
		})
	}
}
