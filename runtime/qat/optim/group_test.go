package optim_test

import (
	"math"
	"slices"
	"testing"

	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

// A group has its own rule; its rate follows the schedule of the rest.
func TestGroups(t *testing.T) {
	weight, gain, table, bias := matrix("weight", 1, 1, 2), vector("gain", 1), matrix("embedding.weight", 1, 1, 2), vector("bias", 1)
	grad := func() {
		for _, p := range []*tensor.Tensor{weight, gain, table, bias} {
			tensor.Sum(p).Backward() // 1 for each element
		}
	}
	spec := optim.Grouped{Rest: optim.NewSGD(0.5, optim.Decay(0.25)), Groups: []optim.Group{
		{Name: "gains", Has: optim.Named("gain"), Spec: optim.NewSGD(0.5, optim.Decay(0.125))},
		{Name: "table", Has: optim.Named("embedding"), Spec: optim.NewSGD(0.125)},
	}}
	opt := spec.For(params{weight, gain, table, bias})
	grad()
	opt.Step()
	for _, c := range []struct {
		p    *tensor.Tensor
		want []float32
	}{
		{weight, []float32{1 - 0.5*1.25, 2 - 0.5*1.5}},
		{gain, []float32{1 - 0.5*1.125}}, // a group decays whatever it has
		{bias, []float32{0.5}},
		{table, []float32{0.875, 1.875}},
	} {
		if !slices.Equal(c.p.Data(), c.want) {
			t.Errorf("%s: %v, want %v", c.p.Name(), c.p.Data(), c.want)
		}
	}
	opt.SetLR(0.25)
	grad()
	opt.Step()
	if got := table.Data()[0]; got != 0.875-0.0625 {
		t.Errorf("at half the rate the table moves to %g, want %g", got, 0.875-0.0625)
	}
	if want := "SGD(0.5, Decay(0.25)); gains: SGD(0.5, Decay(0.125)); table: SGD(0.125)"; spec.String() != want {
		t.Errorf("%s, want %s", spec, want)
	}
}

// Decay is for matrices, DecayAll for vectors as well.
func TestDecayOfVectors(t *testing.T) {
	for _, c := range []struct {
		plain, all optim.Spec
		want       string
	}{
		{optim.NewSGD(0.5, optim.Decay(0.25)), optim.NewSGD(0.5, optim.DecayAll(0.25)), "SGD(0.5, DecayAll(0.25))"},
		{optim.NewAdam(0.5, optim.Decay(0.25)), optim.NewAdam(0.5, optim.DecayAll(0.25)), "Adam(0.5, DecayAll(0.25))"},
		{optim.NewAdamW(0.5, optim.Decay(0.01)), optim.NewAdamW(0.5, optim.DecayAll(0.01)), "AdamW(0.5, DecayAll(0.01))"},
		{optim.NewLion(0.5, optim.Decay(0.25)), optim.NewLion(0.5, optim.DecayAll(0.25)), "Lion(0.5, DecayAll(0.25))"},
	} {
		if got := c.all.String(); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
		for _, spec := range []optim.Spec{c.plain, c.all} {
			w, bias := param(2), vector("bias", 2)
			opt := spec.For(params{w, bias})
			setGrad(w, []float32{0})
			setGrad(bias, []float32{0})
			opt.Step()
			if w.Data()[0] >= 2 || (bias.Data()[0] < 2) != (spec == c.all) {
				t.Errorf("%s: without a gradient 2 becomes %g in a matrix and %g in a vector", spec, w.Data()[0], bias.Data()[0])
			}
		}
	}
}

func TestDecayFactor(t *testing.T) {
	for _, spec := range []optim.Spec{
		optim.NewSGD(0.5, optim.Decay(0.25)), optim.NewAdam(0.5, optim.Decay(0.25)),
		optim.NewAdamW(0.5, optim.Decay(0.25)), optim.NewLion(0.5, optim.Decay(0.25)),
	} {
		var after []float32 // with all of the decay, with none
		for _, factor := range []float64{1, 0} {
			w := param(2)
			opt := spec.For(params{w})
			opt.SetDecay(factor)
			setGrad(w, []float32{0})
			opt.Step()
			after = append(after, w.Data()[0])
		}
		if after[1] != 2 || after[0] >= 2 {
			t.Errorf("%s: without a gradient 2 becomes %g, and %g without decay; want less, and 2", spec, after[0], after[1])
		}
	}
}

// The numbers are those of torch.nn.utils.clip_grad_norm_: 3, 4 and 12 have the
// norm 13.
func TestClipNorm(t *testing.T) {
	a, b := param(0, 0), param(0)
	opt := optim.NewSGD(1).For(params{a, b})
	set := func() { setGrad(a, []float32{3, 4}); setGrad(b, []float32{12}) }
	set()
	if got := opt.GradNorm(); got != 13 {
		t.Errorf("norm %g, want 13", got)
	}
	if got := opt.ClipNorm(26); got != 13 || a.Grad()[0] != 3 {
		t.Errorf("a norm of 13 was clipped at 26: %g, first %g", got, a.Grad()[0])
	}
	if got := opt.ClipNorm(1.3); got != 13 || math.Abs(float64(b.Grad()[0])-1.2) > 1e-6 || math.Abs(opt.GradNorm()-1.3) > 1e-6 {
		t.Errorf("clipped at 1.3: had %g, last %g", got, b.Grad()[0])
	}
	opt.ClearGrads()
	setGrad(a, []float32{float32(math.NaN()), 1})
	if got := opt.ClipNorm(1); got == got || a.Grad()[1] != 1 {
		t.Errorf("a gradient of NaN: norm %g, beside it %g; want NaN and 1", got, a.Grad()[1])
	}
}

// The norm of a large gradient is the same bits with any number of workers, since
// it is made of parts of a fixed size.
func TestGradNormOfManyParts(t *testing.T) {
	rng := tensor.NewRNG(5)
	g := make([]float32, 50_000)
	sum := 0.0
	for i := range g {
		g[i] = rng.Normal()
		sum += float64(g[i]) * float64(g[i])
	}
	w := tensor.Param("w", len(g))
	setGrad(w, g)
	got := optim.NewSGD(1).For(params{w}).GradNorm()
	if want := math.Sqrt(sum); math.Abs(got/want-1) > 1e-6 {
		t.Errorf("norm %g, want %g", got, want)
	}
}

func TestAverage(t *testing.T) {
	w := param(8)
	avg := optim.NewAverage(params{w, w}, 0.75)
	for _, v := range []float32{4, 16} {
		w.Data()[0] = v
		avg.Update()
	}
	// 8 → 0.75·8 + 0.25·4 = 7 → 0.75·7 + 0.25·16 = 9.25
	avg.Swap()
	if w.Data()[0] != 9.25 || len(avg.Means()) != 1 {
		t.Errorf("average %g of %d parameters, want 9.25 of 1", w.Data()[0], len(avg.Means()))
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("Update took the average for weights")
			}
		}()
		avg.Update()
	}()
	avg.Swap()
	if w.Data()[0] != 16 {
		t.Errorf("swapped back %g, want 16", w.Data()[0])
	}
}
