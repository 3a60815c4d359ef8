package qat_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"testing"

	"setun/runtime/asm"
	"setun/runtime/qat"
	"setun/runtime/tensor"
)

// golden is one BitLinear as the paper's code computes it in PyTorch; see
// testdata/make_goldens.py.
type golden struct {
	Name      string
	M, K, N   int
	X, W, DY  []float32
	Q, T      []int8
	S         []float32
	Gamma     float32
	Y, DX, DW []float32
}

func readGoldens(t *testing.T) []golden {
	t.Helper()
	text, err := os.ReadFile("testdata/bitlinear.json")
	if err != nil {
		t.Fatal(err)
	}
	var goldens []golden
	if err := json.Unmarshal(text, &goldens); err != nil {
		t.Fatal(err)
	}
	return goldens
}

// param returns a parameter with the given values.
func param(data []float32, shape ...int) *tensor.Tensor {
	p := tensor.Param("p", shape...)
	copy(p.Data(), data)
	return p
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

// same fails unless got and want are the same bits.
func same[E float32 | int8](t *testing.T, what string, got, want []E) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s[%d] = %v, want %v", what, i, got[i], want[i])
			return
		}
	}
}

func codes(w qat.TernaryWeights) []int8 {
	t := make([]int8, w.Codes.Rows*w.Codes.Cols)
	w.Codes.Unpack(t)
	return t
}

// The integers are PyTorch's. The scales and the products agree to a few units
// in the last place: PyTorch computes 127/max as 127·(1/max), and it adds up γ
// and the products in another order.
func TestBitLinearAgainstPyTorch(t *testing.T) {
	const fewUlps = 5e-7
	for _, g := range readGoldens(t) {
		t.Run(g.Name, func(t *testing.T) {
			x, w := param(g.X, g.M, g.K), param(g.W, g.N, g.K)

			activations := qat.QuantizeActivations(x)
			same(t, "q", activations.Codes, g.Q)
			near(t, "s", activations.Scales, g.S, fewUlps)
			weights := qat.QuantizeWeights(w)
			same(t, "t", codes(weights), g.T)
			near(t, "γ", []float32{weights.Scale}, []float32{g.Gamma}, fewUlps)

			for name, op := range map[string]func(x, w *tensor.Tensor) *tensor.Tensor{
				"BitLinear":     qat.BitLinear,
				"FakeBitLinear": qat.FakeBitLinear,
				"as in the paper": func(x, w *tensor.Tensor) *tensor.Tensor {
					return tensor.Linear(qat.FakeQuantizeActivations(x), qat.FakeQuantizeWeights(w))
				},
			} {
				x, w := param(g.X, g.M, g.K), param(g.W, g.N, g.K)
				y := op(x, w)
				near(t, name+": y", y.Data(), g.Y, fewUlps)
				tensor.Sum(tensor.Mul(y, tensor.From(g.DY, g.M, g.N))).Backward()
				near(t, name+": dX", x.Grad(), g.DX, fewUlps)
				near(t, name+": dW", w.Grad(), g.DW, fewUlps)
			}
		})
	}
}

// normal returns a parameter of random values.
func normal(seed uint64, scale float32, shape ...int) *tensor.Tensor {
	rng := tensor.NewRNG(seed)
	p := tensor.Param("p", shape...)
	for i := range p.Data() {
		p.Data()[i] = scale * rng.Normal()
	}
	return p
}

// forwardBackward returns y, dX and dW of one of the two BitLinears.
func forwardBackward(op func(x, w *tensor.Tensor) *tensor.Tensor, m, k, n int) (y, dx, dw []float32) {
	x, w := normal(1, 2, m, k), normal(2, 0.05, n, k)
	out := op(x, w)
	tensor.Sum(tensor.Mul(out, normal(3, 1, m, n).Clone())).Backward()
	return out.Data(), x.Grad(), w.Grad()
}

// The integer path equals the fake-quantised floats to the last bit: see
// FakeBitLinear for why it can.
func TestBitLinearEqualsFakeQuantisation(t *testing.T) {
	shapes := [][3]int{{1, 1, 1}, {1, 784, 10}, {3, 5, 16}, {2, 63, 17}, {128, 784, 256}, {57, 100, 33}, {200, 16, 9}}
	for _, s := range shapes {
		t.Run(fmt.Sprintf("%dx%dx%d", s[0], s[1], s[2]), func(t *testing.T) {
			y, dx, dw := forwardBackward(qat.BitLinear, s[0], s[1], s[2])
			fakeY, fakeDX, fakeDW := forwardBackward(qat.FakeBitLinear, s[0], s[1], s[2])
			same(t, "y", y, fakeY)
			same(t, "dX", dx, fakeDX)
			same(t, "dW", dw, fakeDW)
		})
	}
}

func TestBitLinearBitsDoNotDependOnWorkers(t *testing.T) {
	for _, shape := range [][3]int{{131, 203, 97}, {40, 203, 211}} { // tall, wide
		var want [3][]float32
		for _, workers := range []int{1, 2, 3, 8} {
			was := runtime.GOMAXPROCS(workers)
			var got [3][]float32
			got[0], got[1], got[2] = forwardBackward(qat.BitLinear, shape[0], shape[1], shape[2])
			runtime.GOMAXPROCS(was)
			if workers == 1 {
				want = got
			}
			for i, name := range []string{"y", "dX", "dW"} {
				same(t, fmt.Sprintf("%v: %s with %d workers", shape, name, workers), got[i], want[i])
			}
		}
	}
}

// All weights +1 and all activations 127: the largest sum there is. Sums in 16
// bits, as elsewhere, overflow here.
func TestBitLinearDoesNotOverflow(t *testing.T) {
	for _, k := range []int{2560, 4096, 6912} {
		w := asm.NewTernary(3, k)
		t8 := make([]int8, 3*k)
		for i := range t8 {
			t8[i] = 1
		}
		w.Pack(t8)
		x := qat.Activations{Codes: make([]int8, k), Scales: []float32{1}}
		for i := range x.Codes {
			x.Codes[i] = 127
		}
		y := make([]float32, 3)
		qat.TernaryWeights{Codes: w, Scale: 1}.Multiply(y, x)
		if want := float32(127 * k); !slices.Equal(y, []float32{want, want, want}) {
			t.Errorf("K = %d: %v, want %v", k, y, want)
		}
	}
}

func TestBitLinearNeedsMatchingWidths(t *testing.T) {
	for name, op := range map[string]func(x, w *tensor.Tensor) *tensor.Tensor{"BitLinear": qat.BitLinear, "FakeBitLinear": qat.FakeBitLinear} {
		func() {
			defer func() {
				err, ok := recover().(*tensor.ShapeError)
				if want := name + ": got [2×3], want [2×4]: the input has 3 features, the weights [5×4] take 4"; !ok || err.Error() != want {
					t.Errorf("got %v, want %s", err, want)
				}
			}()
			op(tensor.New(2, 3), tensor.New(5, 4))
		}()
	}
}

// NaN and Inf in a row do not spread to other rows, and do not hide.
func TestBitLinearShowsBrokenRows(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	x := tensor.From([]float32{1, 2, nan, 1, 1, inf, 3, 1}, 4, 2)
	w := param([]float32{1, -1, 1, 1}, 2, 2)
	y := qat.BitLinear(x, w).Data()
	for i, v := range y {
		broken := v != v
		if wantBroken := i/2 == 1 || i/2 == 2; broken != wantBroken {
			t.Errorf("y[%d] of row %d is %v", i, i/2, v)
		}
	}
}

// A NaN or an Inf among the weights is in the scale of all of them.
func TestBitLinearShowsBrokenWeights(t *testing.T) {
	for _, broken := range []float64{math.NaN(), math.Inf(1)} {
		w := param([]float32{1, -1, float32(broken), 1}, 2, 2)
		for i, v := range qat.BitLinear(tensor.Full(1, 3, 2), w).Data() {
			if v == v {
				t.Errorf("with a weight of %v, y[%d] is %v", broken, i, v)
			}
		}
	}
}

// What the quantiser makes of Gaussian weights: with z = w/γ and γ = E|w| =
// σ·√(2/π), half a γ is 0.399σ, so that P(0) = 0.310.
func TestTernaryShareOfZeros(t *testing.T) {
	w := normal(7, 0.02, 512, 512)
	zeros := 0
	for _, c := range codes(qat.QuantizeWeights(w)) {
		if c == 0 {
			zeros++
		}
	}
	share := float64(zeros) / float64(w.Len())
	if math.Abs(share-0.310) > 0.005 {
		t.Errorf("%.4f of Gaussian weights become 0, want 0.310", share)
	}
}
