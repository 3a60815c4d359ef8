package penalty

import (
	"math"
	"strings"
	"testing"

	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/qat/train"
	"setun/runtime/tensor"
)

// layer is a model of one ternary layer with the given weights [rows×2].
func layer(w ...float32) *nn.Sequential {
	l := nn.NewBitLinear(2, len(w)/2)
	copy(l.Weight.Data(), w)
	return nn.NewSequential(l)
}

// Values and slopes are those of the formulas, by hand: the weights have a mean
// magnitude of 1, and so are rounded to 1, 0, −1, 1.
func TestWeightTerms(t *testing.T) {
	weights := []float32{1.25, 0.25, -1, 1.5}
	for _, c := range []struct {
		hook  train.Hook
		value float64
		slope []float64
	}{
		{Size{Lambda: 0.5}, 0.5 * (1.5625 + 0.0625 + 1 + 2.25), []float64{1.25, 0.25, -1, 1.5}},
		// The magnitudes add up to 4, their squares to 4.875.
		{Sparsity{Lambda: 2}, 2 * 16 / (4 * 4.875), []float64{hoyer(1.25), hoyer(0.25), -hoyer(1), hoyer(1.5)}},
		{Grid{Lambda: 3}, 3 * (0.0625 + 0.0625 + 0 + 0.25) / 3, []float64{2 * 0.25, 2 * 0.25, 0, 2 * 0.5}},
	} {
		m := layer(weights...)
		l := &train.Loop{Model: m}
		if err := c.hook.Start(l); err != nil {
			t.Fatal(err)
		}
		loss := c.hook.Loss(l, tensor.New(1))
		if math.Abs(float64(loss.Item())-c.value) > 1e-6 {
			t.Errorf("%s: %g, want %g", c.hook.Name(), loss.Item(), c.value)
		}
		loss.Backward()
		for i, g := range m.Params()[0].Grad() {
			if math.Abs(float64(g)-c.slope[i]) > 1e-6 {
				t.Errorf("%s: slope %d is %g, want %g", c.hook.Name(), i, g, c.slope[i])
			}
		}
	}
}

// hoyer is the slope of Sparsity at a weight of magnitude v there.
func hoyer(v float64) float64 {
	const a = 4 / 4.875
	return 2 * 2.0 * (a - a*a*v) / 4
}

func TestActivationTerm(t *testing.T) {
	m := nn.NewSequential(nn.NewLinear(2, 2), nn.ReLU{}, nn.NewLinear(2, 3))
	first := m.Layers[0].(*nn.Linear)
	copy(first.Weight.Data(), []float32{1, 0, 0, -1})
	clear(first.Bias.Data())
	p := &Activations{Lambda: 0.5}
	l := &train.Loop{Model: m, X: tensor.From([]float32{2, 4}, 1, 2)}
	if err := p.Start(l); err != nil {
		t.Fatal(err)
	}
	l.Logits = m.Forward(l.X)
	loss := p.Loss(l, tensor.New(1))
	// The layer gives 2 and −4, ReLU 2 and 0: ½·(20/2 + 4/2).
	if loss.Item() != 6 {
		t.Errorf("%g, want 6", loss.Item())
	}
	loss.Backward()
	// d/dw₀₀ = λ·(2·2·2/2 + 2·2·2/2), d/dw₁₁ = λ·(2·(−4)·4/2): ReLU is closed there.
	if g := first.Weight.Grad(); g[0] != 4 || g[3] != -8 {
		t.Errorf("slopes %v, want 4 first and −8 last", g)
	}
	if err := p.Finish(l); err != nil {
		t.Fatal(err)
	}
	m.Forward(l.X)
	if len(p.seen) != 0 {
		t.Error("it watches on after the run")
	}
}

// noise is a task that nothing can be learned from.
func noise(t testing.TB) *data.Dataset {
	t.Helper()
	rng := tensor.NewRNG(1)
	pixels, labels := make([]uint8, 200*16), make([]uint8, 200)
	for i := range pixels {
		pixels[i] = uint8(rng.IntN(256))
	}
	for i := range labels {
		labels[i] = uint8(rng.IntN(4))
	}
	s, err := data.NewSplit(4, 4, pixels, labels)
	if err != nil {
		t.Fatal(err)
	}
	return &data.Dataset{Name: "noise", Train: s}
}

// In a run, Grid brings weights nearer to their levels, and Sparsity makes more of
// them 0.
func TestTermsWork(t *testing.T) {
	measure := func(hooks ...train.Hook) (distance, zeros float64) {
		m := nn.MLP(16, 32, 4).Init(5)
		if _, err := train.Fit(t.Context(), m, noise(t), train.Config{Steps: 100, Optimizer: optim.NewAdamW(1e-2), Hooks: hooks}); err != nil {
			t.Fatal(err)
		}
		n := 0.0
		for _, r := range nn.RoundedWeights(m) {
			var away, size float64
			for i, w := range r.Latent.Data() {
				away += math.Pow(float64(w-r.Values[i]), 2)
				size += math.Pow(float64(w), 2)
				n++
				if r.Values[i] == 0 {
					zeros++
				}
			}
			distance += away / size
		}
		return distance, zeros / n
	}
	d0, z0 := measure()
	if d, _ := measure(Grid{Lambda: 30}); d > d0/2 {
		t.Errorf("with Grid the weights are %.3f of their size from their levels, %.3f without", d, d0)
	}
	if _, z := measure(Sparsity{Lambda: 30}); z < z0+0.1 {
		t.Errorf("with Sparsity %.3f of the weights are 0, %.3f without", z, z0)
	}
}

func TestMistakes(t *testing.T) {
	float := nn.NewSequential(nn.NewLinear(16, 4))
	for want, h := range map[string]train.Hook{
		"λ is 0":                 Size{},
		"λ is -1":                Grid{Lambda: -1},
		"has no quantised layer": Grid{Lambda: 1},
		"λ is NaN":               &Activations{Lambda: math.NaN()},
	} {
		m := nn.MLP(16, 4)
		if strings.Contains(want, "layer") {
			m = float
		}
		_, err := train.Fit(t.Context(), m, noise(t), train.Config{Steps: 1, Hooks: []train.Hook{h}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}
