package nn_test

import (
	"slices"
	"sync"
	"testing"

	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// A residual block, as somebody writes it in a cell: two layers whose parameters
// have the same names.
type residual struct{ a, b *nn.BitLinear }

func (r residual) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Add(x, r.b.Forward(tensor.ReLU(r.a.Forward(x))))
}

func (r residual) Params() []*tensor.Tensor { return append(r.a.Params(), r.b.Params()...) }

func newResidual(width int) residual {
	return residual{nn.NewBitLinear(width, width), nn.NewBitLinear(width, width)}
}

func TestNamedParams(t *testing.T) {
	m := nn.NewSequential(
		nn.NewBitLinear(3, 4), nn.ReLU{},
		newResidual(4),
		nn.NewSequential(nn.NewLinear(4, 4), nn.NewBitLinear(4, 2)),
	)
	var names []string
	for i, p := range nn.NamedParams(m) {
		names = append(names, p.Name)
		if p.Param != m.Params()[i] {
			t.Errorf("parameter %d of NamedParams is not that of Params", i)
		}
	}
	want := []string{"0.weight", "2.weight", "2.weight.2", "3.0.weight", "3.0.bias", "3.1.weight"}
	if !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}

// weights returns the values of all parameters of m, one after the other.
func weights(m nn.Module) []float32 {
	var all []float32
	for _, p := range m.Params() {
		all = append(all, p.Data()...)
	}
	return all
}

func TestInit(t *testing.T) {
	build := func() *nn.Sequential { return nn.NewSequential(nn.NewBitLinear(3, 4), nn.ReLU{}, newResidual(4)) }
	first := build()
	if !slices.Equal(weights(first), weights(build())) {
		t.Error("the same network built twice has other weights")
	}
	if first.Seed() != 1 {
		t.Errorf("the seed is %d, want 1", first.Seed())
	}
	seven := build().Init(7)
	if seven.Seed() != 7 || slices.Equal(weights(first), weights(seven)) {
		t.Errorf("Init(7) gives seed %d, or the weights of seed 1", seven.Seed())
	}
	trained := build()
	weights(trained)
	for _, p := range trained.Params() {
		p.Data()[0] = 42
	}
	if !slices.Equal(weights(trained.Init(7)), weights(seven)) {
		t.Error("Init(7) of a network with weights differs from that of a new one")
	}
	block := seven.Layers[2].(residual)
	if slices.Equal(weights(block.a), weights(block.b)) {
		t.Error("two layers of a block have the same weights")
	}
}

// Equal blocks in different places get different weights, also when they are
// networks themselves.
func TestNestedNetworksDiffer(t *testing.T) {
	m := nn.NewSequential(nn.MLP(4, 4), nn.MLP(4, 4))
	if slices.Equal(weights(m.Layers[0]), weights(m.Layers[1])) {
		t.Error("both have the same weights")
	}
}

// A layer that has weights keeps them when it is put into a network; one that
// has none yet gets those of its place.
func TestPlacedLayersKeepTheirWeights(t *testing.T) {
	layer := nn.NewBitLinear(4, 4)
	was := append([]float32(nil), weights(layer)...)
	nn.NewSequential(nn.NewBitLinear(4, 4), layer)
	if !slices.Equal(weights(layer), was) {
		t.Error("the weights changed")
	}
	alone, placed := nn.NewBitLinear(4, 4), nn.NewBitLinear(4, 4)
	nn.NewSequential(nn.NewBitLinear(4, 4), placed)
	if slices.Equal(weights(alone), weights(placed)) {
		t.Error("a layer's place makes no difference")
	}
}

func TestInitialWeightsAreUniform(t *testing.T) {
	const in = 100
	w := weights(nn.NewLinear(in, 200))
	sum, least, most := 0.0, float32(1), float32(-1)
	for _, v := range w {
		sum += float64(v)
		least, most = min(least, v), max(most, v)
	}
	if least < -0.1 || least > -0.099 || most > 0.1 || most < 0.099 {
		t.Errorf("weights lie between %g and %g, want ±1/√%d", least, most, in)
	}
	// The mean of 20,200 values with variance 0.1²/3 has standard error 0.0004.
	if mean := sum / float64(len(w)); mean < -0.002 || mean > 0.002 {
		t.Errorf("the mean is %g, want 0", mean)
	}
}

func TestMLP(t *testing.T) {
	if got, want := nn.MLP(784, 256, 10).String(), "Sequential(BitLinear(784, 256), ReLU(), BitLinear(256, 10))"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	y := nn.MLP(6, 5, 4, 3).Forward(tensor.New(2, 6))
	if !slices.Equal(y.Shape(), []int{2, 3}) {
		t.Errorf("the output has shape %v, want [2 3]", y.Shape())
	}
}

func TestQuantized(t *testing.T) {
	layer := nn.NewBitLinear(2, 2)
	copy(layer.Weight.Data(), []float32{1, -1, 0.25, 1.75})
	q := layer.Quantized()
	codes := make([]int8, 4)
	q.Codes.Unpack(codes)
	if q.Scale != 1 || !slices.Equal(codes, []int8{1, -1, 0, 1}) {
		t.Errorf("the layer computes with %v times %g", codes, q.Scale)
	}
}

func TestFlatten(t *testing.T) {
	m := nn.NewSequential(nn.Flatten{}, nn.RMSNorm{}, nn.NewBitLinear(28*28, 10))
	y := m.Forward(tensor.Full(1, 3, 28, 28))
	if !slices.Equal(y.Shape(), []int{3, 10}) {
		t.Errorf("the output has shape %v, want [3 10]", y.Shape())
	}
}

// Sequences pass through layers with all their dimensions.
func TestSequencesPass(t *testing.T) {
	m := nn.NewSequential(nn.NewBitLinear(6, 5), nn.ReLU{}, nn.NewLinear(5, 4))
	y := m.Forward(tensor.New(2, 3, 6))
	if !slices.Equal(y.Shape(), []int{2, 3, 4}) {
		t.Errorf("the output has shape %v, want [2 3 4]", y.Shape())
	}
}

func TestMistakesNameTheLayer(t *testing.T) {
	x := tensor.New(32, 784)
	cases := []struct {
		name string
		do   func()
		want string
	}{
		{
			"alone", func() { nn.NewBitLinear(256, 10).Forward(x) },
			"BitLinear 256→10: got [32×784], want [32×256]: it takes 256 features a row, and the input has 784",
		},
		{
			"first", func() { nn.MLP(64, 10).Forward(x) },
			"layer 0 (BitLinear 64→10): got [32×784], want [32×64]: it takes 64 features a row, and the input has 784",
		},
		{
			"after an unknown layer", func() {
				nn.NewSequential(nn.NewLinear(784, 64), nn.Flatten{}, nn.NewLinear(63, 10)).Forward(x)
			},
			"layer 2 (Linear 63→10): got [32×64], want [32×63]: it takes 63 features a row, and the input has 64",
		},
		{
			"at building", func() { nn.NewSequential(nn.NewBitLinear(784, 256), nn.ReLU{}, nn.NewBitLinear(128, 10)) },
			"layer 2 (BitLinear 128→10): got [?×256], want [?×128]: it takes 128 features, and layer 0 (BitLinear 784→256) gives 256",
		},
		{
			"a nested network", func() { nn.NewSequential(nn.NewBitLinear(784, 256), nn.MLP(255, 10)) },
			"layer 1 (Sequential(BitLinear(255, 10))): got [?×256], want [?×255]: it takes 255 features, and layer 0 (BitLinear 784→256) gives 256",
		},
		{
			"a nested network that ends in ReLU",
			func() { nn.NewSequential(nn.NewSequential(nn.NewLinear(5, 4), nn.ReLU{}), nn.NewLinear(3, 2)) },
			"layer 1 (Linear 3→2): got [?×4], want [?×3]: it takes 3 features, and layer 0 (Sequential(Linear(5, 4), ReLU())) gives 4",
		},
		{"nil", func() { nn.NewSequential(nn.ReLU{}, nil) }, "Sequential: layer 1 is nil"},
		{"no widths", func() { nn.NewBitLinear(0, 5) }, "BitLinear: a layer has at least 1 input and 1 output, not 0 and 5"},
		{"one size", func() { nn.MLP(784) }, "MLP: it takes at least the number of inputs and of outputs, got 1 sizes"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				if err, ok := recover().(error); !ok || err.Error() != c.want {
					t.Errorf("got  %v\nwant %s", err, c.want)
				}
			}()
			c.do()
		})
	}
}

// Several goroutines may use one network at once, also if they are the first to
// look at its weights.
func TestForwardAtOnce(t *testing.T) {
	x := tensor.Full(1, 64, 50)
	want := nn.MLP(50, 40, 10).Forward(x).Data()
	m := nn.MLP(50, 40, 10)
	var users sync.WaitGroup
	for range 8 {
		users.Go(func() {
			if got := m.Forward(x).Data(); !slices.Equal(got, want) {
				t.Error("one of several at once got another result")
			}
		})
	}
	users.Wait()
}
