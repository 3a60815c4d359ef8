package tensor_test

import (
	"math"
	"slices"
	"testing"

	"setun/runtime/tensor"
)

// uniform is an Init as a layer would have.
func uniform(rng *tensor.RNG, w []float32) {
	for i := range w {
		w[i] = rng.Uniform()
	}
}

// first returns what uniform draws for a seed and a path.
func first(seed uint64, path string, n int) []float32 {
	w := make([]float32, n)
	uniform(tensor.NewRNG(seed).Split(path), w)
	return w
}

func TestFirstValues(t *testing.T) {
	cases := []struct {
		name string
		do   func(p *tensor.Tensor)
		want []float32
	}{
		{"nowhere", func(p *tensor.Tensor) {}, first(tensor.DefaultSeed, "weight", 4)},
		{"placed", func(p *tensor.Tensor) { p.Place(3, "2.weight") }, first(3, "2.weight", 4)},
		{"placed twice", func(p *tensor.Tensor) { p.Place(3, "2.weight"); p.Place(1, "0.2.weight") }, first(1, "0.2.weight", 4)},
		{"placed after a look", func(p *tensor.Tensor) { p.Data(); p.Place(3, "2.weight") }, first(tensor.DefaultSeed, "weight", 4)},
		{"redrawn", func(p *tensor.Tensor) { p.Redraw(3, "2.weight") }, first(3, "2.weight", 4)},
		{"redrawn after a look", func(p *tensor.Tensor) { p.Data()[0] = 9; p.Redraw(3, "2.weight") }, first(3, "2.weight", 4)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := tensor.ParamInit("weight", uniform, 2, 2)
			c.do(p)
			if !slices.Equal(p.Data(), c.want) {
				t.Errorf("got %v, want %v", p.Data(), c.want)
			}
			if p.Name() != "weight" || !p.WantsGrad() {
				t.Errorf("the parameter is called %q and wants a gradient: %v", p.Name(), p.WantsGrad())
			}
		})
	}
}

func TestUpdate(t *testing.T) {
	p := tensor.Param("w", 2)
	if !slices.Equal(p.Data(), []float32{0, 0}) {
		t.Errorf("a parameter starts at %v, want zeros", p.Data())
	}
	step := func() bool {
		return p.Update(func(w, g []float32) {
			for i := range w {
				w[i] -= g[i]
			}
		})
	}
	if step() {
		t.Error("there was something to update without a gradient")
	}
	tensor.Sum(tensor.Mul(p, tensor.From([]float32{1, 2}, 2))).Backward()
	if !step() || !slices.Equal(p.Data(), []float32{-1, -2}) {
		t.Errorf("after a step the parameter is %v, want [-1 -2]", p.Data())
	}
	if step() {
		t.Error("the gradient was used twice")
	}
	tensor.Sum(p).Backward()
	p.Redraw(1, "")
	if p.Grad() != nil || p.Data()[0] != 0 {
		t.Errorf("after Redraw there is a gradient %v, or the old value %v", p.Grad(), p.Data())
	}
}

func TestArgMax(t *testing.T) {
	nan := float32(math.NaN())
	inf := float32(math.Inf(1))
	x := tensor.From([]float32{
		1, 3, 2,
		5, 5, 5,
		nan, -1, -2,
		-1, nan, 4,
		nan, nan, nan,
		0, inf, nan,
		-inf, -inf, -1,
	}, 7, 3)
	if got, want := tensor.ArgMax(x), (tensor.Labels{1, 0, 1, 2, 0, 1, 2}); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestMaking(t *testing.T) {
	data := []float32{1, 2, 3, 4}
	x := tensor.From(data, 2, 1, 2)
	if x.Dims() != 3 || x.Rows() != 2 || x.Len() != 4 || x.Dim(-1) != 2 || x.Dim(1) != 1 {
		t.Errorf("%d dimensions, %d rows, %d elements, sizes %v", x.Dims(), x.Rows(), x.Len(), x.Shape())
	}
	if &x.Data()[0] != &data[0] {
		t.Error("From made a copy")
	}
	if c := x.Clone(); &c.Data()[0] == &data[0] || !slices.Equal(c.Data(), data) {
		t.Error("Clone made no copy")
	}
	if got := tensor.Full(2.5, 3).Data(); !slices.Equal(got, []float32{2.5, 2.5, 2.5}) {
		t.Errorf("Full gives %v", got)
	}
	if got := tensor.Full(7, 1).Item(); got != 7 {
		t.Errorf("Item gives %v, want 7", got)
	}
}
