package nn_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// transformerGolden is one pass of a transformer of one block in PyTorch, forward
// and backward; see ../testdata/make_goldens.py.
type transformerGolden struct {
	Float                               bool
	Heads, Groups, Vocab, Width, Hidden int
	Tokens                              [][]float32
	Labels                              tensor.Labels
	Weights, Gradients                  [][]float32 // in the order of Params
	Logits                              []float32
	Loss                                float32
}

// Logits, loss and every gradient are PyTorch's. No rounding to an integer hangs
// on the last bits in these runs; what is left is rounding in another order.
func TestTransformerAgainstPyTorch(t *testing.T) {
	text, err := os.ReadFile("../testdata/transformer.json")
	if err != nil {
		t.Fatal(err)
	}
	var goldens []transformerGolden
	if err := json.Unmarshal(text, &goldens); err != nil {
		t.Fatal(err)
	}
	for _, g := range goldens {
		t.Run(fmt.Sprintf("float=%v, heads %d/%d", g.Float, g.Heads, g.Groups), func(t *testing.T) {
			m := nn.NewBitNetLM(nn.Transformer{
				Vocab: g.Vocab, Context: len(g.Tokens[0]), Width: g.Width, Layers: 1,
				Heads: g.Heads, Groups: g.Groups, Hidden: g.Hidden, Float: g.Float,
			})
			for i, p := range m.Params() {
				if copy(p.Data(), g.Weights[i]) != p.Len() || p.Len() != len(g.Weights[i]) {
					t.Fatalf("%s has %d values, the golden %d", p.Name(), p.Len(), len(g.Weights[i]))
				}
			}
			var tokens []float32
			for _, row := range g.Tokens {
				tokens = append(tokens, row...)
			}
			logits := m.Forward(tensor.From(tokens, len(g.Tokens), len(g.Tokens[0])))
			near(t, "logits", logits.Data(), g.Logits)
			loss := tensor.CrossEntropy(logits, g.Labels)
			near(t, "loss", loss.Data(), []float32{g.Loss})
			loss.Backward()
			for i, p := range m.Params() {
				near(t, "gradient of "+p.Name(), p.Grad(), g.Gradients[i])
			}
		})
	}
}

// near fails unless got and want agree to 3e-6 of the largest magnitude in want.
func near(t *testing.T, what string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	largest := 0.0
	for _, v := range want {
		largest = max(largest, math.Abs(float64(v)))
	}
	for i := range want {
		if d := math.Abs(float64(got[i]) - float64(want[i])); !(d <= 3e-6*largest) {
			t.Errorf("%s[%d] = %g, want %g", what, i, got[i], want[i])
			return
		}
	}
}
