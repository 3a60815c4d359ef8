package tensor_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"setun/runtime/tensor"
)

// opGolden is an operation on rows as PyTorch computes it; see
// ../qat/testdata/make_goldens.py.
type opGolden struct {
	Rows, Cols int
	X, DY      []float32
	Y, DX      []float32
	Labels     []int32
	Loss       float32
}

func readGoldens(t *testing.T) map[string]opGolden {
	t.Helper()
	text, err := os.ReadFile("../qat/testdata/ops.json")
	if err != nil {
		t.Fatal(err)
	}
	var goldens map[string]opGolden
	if err := json.Unmarshal(text, &goldens); err != nil {
		t.Fatal(err)
	}
	return goldens
}

// near fails unless got and want agree to tolerance times the largest magnitude
// in want.
func near(t *testing.T, what string, got, want []float32, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	largest := 0.0
	for _, v := range want {
		largest = max(largest, math.Abs(float64(v)))
	}
	for i := range want {
		if d := math.Abs(float64(got[i]) - float64(want[i])); !(d <= tolerance*largest) {
			t.Errorf("%s[%d] = %g, want %g", what, i, got[i], want[i])
			return
		}
	}
}

// param returns a parameter with the given values.
func param(data []float32, shape ...int) *tensor.Tensor {
	p := tensor.Param("x", shape...)
	copy(p.Data(), data)
	return p
}

// PyTorch sums in another order and has another exp: a few units in the last
// place (6e-8 each) of the largest value.
const fewUlps = 5e-7

func TestRowOperationsAgainstPyTorch(t *testing.T) {
	goldens := readGoldens(t)
	ops := map[string]func(x *tensor.Tensor) *tensor.Tensor{
		"rmsnorm":    func(x *tensor.Tensor) *tensor.Tensor { return tensor.RMSNorm(x, tensor.NormEps) },
		"softmax":    tensor.Softmax,
		"logsoftmax": tensor.LogSoftmax,
		"silu":       tensor.SiLU,
		"gelu":       tensor.GELU,
		"relu2":      tensor.ReLUSquared,
	}
	for name, op := range ops {
		t.Run(name, func(t *testing.T) {
			g, ok := goldens[name]
			if !ok {
				t.Fatal("no golden")
			}
			x := param(g.X, g.Rows, g.Cols)
			y := op(x)
			near(t, "y", y.Data(), g.Y, fewUlps)
			dy := tensor.From(g.DY, g.Rows, g.Cols)
			tensor.Sum(tensor.Mul(y, dy)).Backward()
			near(t, "dx", x.Grad(), g.DX, fewUlps)
		})
	}
}

func TestCrossEntropyAgainstPyTorch(t *testing.T) {
	g := readGoldens(t)["crossentropy"]
	x := param(g.X, g.Rows, g.Cols)
	loss := tensor.CrossEntropy(x, g.Labels)
	near(t, "loss", loss.Data(), []float32{g.Loss}, fewUlps)
	loss.Backward()
	near(t, "dx", x.Grad(), g.DX, fewUlps)
}
