package tensor_test

import (
	"math"
	"testing"

	"setun/runtime/tensor"
)

// normal returns a parameter of random values.
func normal(seed uint64, shape ...int) *tensor.Tensor {
	rng := tensor.NewRNG(seed)
	p := tensor.Param("p", shape...)
	for i := range p.Data() {
		p.Data()[i] = rng.Normal()
	}
	return p
}

// awayFromZero moves values off the kink of ReLU, where there is no derivative
// to compare with.
func awayFromZero(p *tensor.Tensor) *tensor.Tensor {
	for i, v := range p.Data() {
		p.Data()[i] = v + float32(math.Copysign(0.1, float64(v)))
	}
	return p
}

// distinct returns a parameter whose values are 0.1 apart, in random order: the
// largest of some stays the largest when one is moved a little.
func distinct(shape ...int) *tensor.Tensor {
	p := tensor.Param("p", shape...)
	for i, rank := range tensor.NewRNG(1).Perm(p.Len()) {
		p.Data()[i] = float32(rank) / 10
	}
	return p
}

// Every gradient agrees with the slope of the forward. For each element w of
// each input, with L = Σ c·y for random c,
//
//	dL/dw ≈ (L(w+h) − L(w−h)) / 2h
//
// With h = 2⁻⁷ the rounding of the forward adds about 1e-7/h ≈ 1e-5 and the
// curvature about h² ≈ 6e-5, both relative to the values; 2e-3 leaves room for
// what sums and second derivatives make of them, and a wrong formula is off by
// far more.
func TestGradientsAgainstFiniteDifferences(t *testing.T) {
	const h = 1.0 / 128
	type inputs = []*tensor.Tensor
	cases := []struct {
		name string
		in   inputs
		op   func(in inputs) *tensor.Tensor
	}{
		{"Add", inputs{normal(1, 3, 4), normal(2, 3, 4)}, func(in inputs) *tensor.Tensor { return tensor.Add(in[0], in[1]) }},
		{"Sub", inputs{normal(1, 3, 4), normal(2, 3, 4)}, func(in inputs) *tensor.Tensor { return tensor.Sub(in[0], in[1]) }},
		{"Mul", inputs{normal(1, 3, 4), normal(2, 3, 4)}, func(in inputs) *tensor.Tensor { return tensor.Mul(in[0], in[1]) }},
		{"Mul by itself", inputs{normal(1, 5)}, func(in inputs) *tensor.Tensor { return tensor.Mul(in[0], in[0]) }},
		{"Scale", inputs{normal(1, 7)}, func(in inputs) *tensor.Tensor { return tensor.Scale(in[0], -2.5) }},
		{"ReLU", inputs{awayFromZero(normal(1, 4, 5))}, func(in inputs) *tensor.Tensor { return tensor.ReLU(in[0]) }},
		{"Reshape", inputs{normal(1, 2, 6)}, func(in inputs) *tensor.Tensor { return tensor.Reshape(in[0], 3, -1) }},
		{"MatMul", inputs{normal(1, 3, 5), normal(2, 5, 4)}, func(in inputs) *tensor.Tensor { return tensor.MatMul(in[0], in[1]) }},
		{"Linear", inputs{normal(1, 3, 5), normal(2, 4, 5)}, func(in inputs) *tensor.Tensor { return tensor.Linear(in[0], in[1]) }},
		{"Linear on sequences", inputs{normal(1, 2, 3, 5), normal(2, 4, 5)}, func(in inputs) *tensor.Tensor { return tensor.Linear(in[0], in[1]) }},
		{"AddBias", inputs{normal(1, 3, 5), normal(2, 5)}, func(in inputs) *tensor.Tensor { return tensor.AddBias(in[0], in[1]) }},
		{"RMSNorm", inputs{normal(1, 3, 6)}, func(in inputs) *tensor.Tensor { return tensor.RMSNorm(in[0], tensor.NormEps) }},
		{"Sum", inputs{normal(1, 3, 4)}, func(in inputs) *tensor.Tensor { return tensor.Sum(in[0]) }},
		{"Mean", inputs{normal(1, 3, 4)}, func(in inputs) *tensor.Tensor { return tensor.Mean(in[0]) }},
		{"Softmax", inputs{normal(1, 3, 5)}, func(in inputs) *tensor.Tensor { return tensor.Softmax(in[0]) }},
		{"LogSoftmax", inputs{normal(1, 3, 5)}, func(in inputs) *tensor.Tensor { return tensor.LogSoftmax(in[0]) }},
		{"CrossEntropy", inputs{normal(1, 3, 5)}, func(in inputs) *tensor.Tensor { return tensor.CrossEntropy(in[0], tensor.Labels{4, 0, 2}) }},
		{"Linears", inputs{normal(1, 3, 5), normal(2, 4, 5), normal(3, 2, 5)}, func(in inputs) *tensor.Tensor { return tensor.Linears(in[0], in[1], in[2]) }},
		{"Affine", inputs{normal(1, 3, 5), normal(2, 4, 5), normal(3, 4)}, func(in inputs) *tensor.Tensor { return tensor.Affine(in[0], in[1], in[2]) }},
		{"ReLUSquared", inputs{awayFromZero(normal(1, 4, 5))}, func(in inputs) *tensor.Tensor { return tensor.ReLUSquared(in[0]) }},
		{"SiLU", inputs{normal(1, 4, 5)}, func(in inputs) *tensor.Tensor { return tensor.SiLU(in[0]) }},
		{"GELU", inputs{normal(1, 4, 5)}, func(in inputs) *tensor.Tensor { return tensor.GELU(in[0]) }},
		{"Gated relu²", inputs{awayFromZero(normal(1, 3, 8))}, func(in inputs) *tensor.Tensor { return tensor.Gated(in[0], tensor.GateReLUSquared) }},
		{"Gated SiLU", inputs{normal(1, 3, 8)}, func(in inputs) *tensor.Tensor { return tensor.Gated(in[0], tensor.GateSiLU) }},
		{"Gated GELU", inputs{normal(1, 3, 8)}, func(in inputs) *tensor.Tensor { return tensor.Gated(in[0], tensor.GateGELU) }},
		{"Embedding", inputs{normal(1, 5, 3)}, func(in inputs) *tensor.Tensor {
			return tensor.Embedding(tensor.From([]float32{4, 0, 4, 2, 4, 1}, 2, 3), in[0])
		}},
		{"RoPE", inputs{normal(1, 2, 3, 10)}, func(in inputs) *tensor.Tensor { return tensor.RoPE(in[0], 2, tensor.NewRotation(4, 3, 100)) }},
		{"CausalAttention", inputs{normal(1, 2, 5, 3*8)}, func(in inputs) *tensor.Tensor { return tensor.CausalAttention(in[0], 2, 2) }},
		{"CausalAttention with groups", inputs{normal(1, 1, 4, 8*2)}, func(in inputs) *tensor.Tensor { return tensor.CausalAttention(in[0], 4, 2) }},
		{"Recompute", inputs{normal(1, 3, 5), normal(2, 5, 5)}, func(in inputs) *tensor.Tensor {
			return tensor.Recompute(in[0], in[1:], func(x *tensor.Tensor) *tensor.Tensor {
				return tensor.Add(tensor.Mul(tensor.Linear(x, in[1]), x), x)
			})
		}},
		{"LayerNorm", inputs{normal(1, 3, 6), normal(2, 6), normal(3, 6)}, func(in inputs) *tensor.Tensor { return tensor.LayerNorm(in[0], in[1], in[2], tensor.NormEps) }},
		{"MulRow", inputs{normal(1, 2, 3, 4), normal(2, 4)}, func(in inputs) *tensor.Tensor { return tensor.MulRow(in[0], in[1]) }},
		{"Conv2D", inputs{normal(1, 2, 5, 6, 3), normal(2, 4, 2*3*3), normal(3, 4)}, func(in inputs) *tensor.Tensor {
			return tensor.Conv2D(in[0], in[1], in[2], tensor.Window{Height: 2, Width: 3, Stride: 1})
		}},
		{"Conv2D with stride and padding", inputs{normal(1, 1, 5, 4, 2), normal(2, 3, 3*3*2)}, func(in inputs) *tensor.Tensor {
			return tensor.Conv2D(in[0], in[1], nil, tensor.Window{Height: 3, Width: 3, Stride: 2, Pad: 1})
		}},
		{"MaxPool2D", inputs{distinct(2, 4, 6, 3)}, func(in inputs) *tensor.Tensor {
			return tensor.MaxPool2D(in[0], tensor.Window{Height: 2, Width: 2, Stride: 2})
		}},
		{"MaxPool2D that overlaps", inputs{distinct(1, 5, 5, 2)}, func(in inputs) *tensor.Tensor {
			return tensor.MaxPool2D(in[0], tensor.Window{Height: 3, Width: 3, Stride: 1})
		}},
		{"AvgPool2D", inputs{normal(1, 2, 4, 5, 3)}, func(in inputs) *tensor.Tensor {
			return tensor.AvgPool2D(in[0], tensor.Window{Height: 2, Width: 3, Stride: 1})
		}},
		{"a network of several uses", inputs{normal(1, 3, 4), normal(2, 4, 4)}, func(in inputs) *tensor.Tensor {
			h := tensor.RMSNorm(tensor.Linear(in[0], in[1]), tensor.NormEps)
			return tensor.Add(tensor.Linear(h, in[1]), tensor.Mul(h, in[0]))
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			coefficients := normal(99, c.op(c.in).Shape()...).Clone()
			// L in float64, so that only the operation itself rounds to float32.
			value := func() float64 {
				sum := 0.0
				for i, y := range c.op(c.in).Data() {
					sum += float64(y) * float64(coefficients.Data()[i])
				}
				return sum
			}
			tensor.Sum(tensor.Mul(c.op(c.in), coefficients)).Backward()
			for n, in := range c.in {
				slopes := make([]float32, in.Len())
				for i := range in.Data() {
					w := &in.Data()[i]
					was := *w
					*w = was + h
					above := value()
					*w = was - h
					below := value()
					*w = was
					slopes[i] = float32((above - below) / (2 * h))
				}
				if in.Grad() == nil {
					t.Fatalf("input %d has no gradient", n)
				}
				near(t, "gradient", in.Grad(), slopes, 2e-3)
			}
		})
	}
}

func TestGradientsAddUp(t *testing.T) {
	w := param([]float32{3}, 1)
	tensor.Scale(w, 2).Backward()
	tensor.Scale(w, 5).Backward()
	if got := w.Grad()[0]; got != 7 {
		t.Errorf("gradient after two Backwards = %g, want 2+5", got)
	}
	w.ClearGrad()
	if w.Grad() != nil {
		t.Error("there is a gradient after ClearGrad")
	}
	tensor.Add(tensor.Add(w, w), w).Backward()
	if got := w.Grad()[0]; got != 3 {
		t.Errorf("gradient of w+w+w = %g, want 3", got)
	}
}

// Where two ways lead back to one result, its own gradient goes on once, when
// both parts have come.
func TestGradientThroughADiamond(t *testing.T) {
	w := param([]float32{2}, 1)
	h := tensor.Scale(w, 3)
	tensor.Mul(h, h).Backward() // (3w)²
	if got := w.Grad()[0]; got != 36 {
		t.Errorf("gradient of (3w)² at 2 = %g, want 36", got)
	}
}

func TestConstantsGetNoGradient(t *testing.T) {
	x := tensor.From([]float32{1, 2}, 2)
	w := param([]float32{3, 4}, 2)
	y := tensor.Mul(x, w)
	tensor.Sum(y).Backward()
	if x.Grad() != nil || y.Grad() != nil {
		t.Errorf("gradients of a constant %v and of an intermediate result %v, want none", x.Grad(), y.Grad())
	}
	if x.WantsGrad() || !y.WantsGrad() {
		t.Error("a constant wants a gradient, or what comes from a parameter does not")
	}
}

// Results that somebody holds stay what they were, whatever comes after.
func TestHeldResultsDoNotChange(t *testing.T) {
	w := normal(1, 4, 4)
	x := normal(2, 3, 4).Clone()
	y := tensor.ReLU(tensor.Linear(x, w))
	was := append([]float32(nil), y.Data()...)
	for range 3 {
		tensor.Sum(tensor.Mul(tensor.ReLU(tensor.Linear(x, w)), y.Clone())).Backward()
		w.Update(func(w, g []float32) {
			for i := range w {
				w[i] -= g[i]
			}
		})
	}
	for i := range was {
		if y.Data()[i] != was[i] {
			t.Fatalf("y[%d] went from %g to %g", i, was[i], y.Data()[i])
		}
	}
}
