package optim_test

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"testing"

	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

// params is a model of loose parameters.
type params []*tensor.Tensor

func (p params) Params() []*tensor.Tensor { return p }

func param(data ...float32) *tensor.Tensor { return matrix("w", 1, data...) }

func matrix(name string, rows int, data ...float32) *tensor.Tensor {
	p := tensor.Param(name, rows, len(data)/rows)
	copy(p.Data(), data)
	return p
}

func vector(name string, data ...float32) *tensor.Tensor {
	p := tensor.Param(name, len(data))
	copy(p.Data(), data)
	return p
}

// setGrad gives p the gradient g, by way of the loss Σ g·p.
func setGrad(p *tensor.Tensor, g []float32) {
	tensor.Sum(tensor.Mul(p, tensor.From(g, p.Shape()...))).Backward()
}

// recipes are those of testdata/make_goldens.py, by the same names.
var recipes = []optim.Spec{
	optim.NewAdamW(0.01),
	optim.NewAdamW(0.001, optim.Betas{0.9, 0.95}, optim.Decay(0.1)),
	optim.NewSGD(0.1),
	optim.NewSGD(0.05, optim.Momentum(0.9), optim.Decay(0.01)),
	optim.NewSGD(0.05, optim.Nesterov(0.9), optim.Decay(0.01)),
	optim.NewAdam(0.01),
	optim.NewAdam(0.01, optim.Decay(0.1)),
	optim.NewLion(0.01, optim.Decay(0.1)),
}

// Ten steps with given gradients, one of them zero, go where PyTorch's
// optimisers go. The order of operations within a step differs, so a weight is
// off by some units in the last place (6e-8) after ten of them.
func TestStepsAgainstPyTorch(t *testing.T) {
	text, err := os.ReadFile("../testdata/optimizers.json")
	if err != nil {
		t.Fatal(err)
	}
	var goldens []struct {
		Name         string
		First        []float32
		Grads, After [][]float32
	}
	if err := json.Unmarshal(text, &goldens); err != nil {
		t.Fatal(err)
	}
	if len(goldens) != len(recipes) {
		t.Fatalf("%d goldens for %d recipes", len(goldens), len(recipes))
	}
	for i, g := range goldens {
		t.Run(g.Name, func(t *testing.T) {
			if name := recipes[i].String(); name != g.Name {
				t.Fatalf("the recipe is %s", name)
			}
			w := param(g.First...)
			opt := recipes[i].For(params{w})
			for step, grad := range g.Grads {
				setGrad(w, grad)
				opt.Step()
				for j, want := range g.After[step] {
					if got := w.Data()[j]; math.Abs(float64(got-want)) > 1e-6 {
						t.Fatalf("step %d: w[%d] = %g, want %g", step, j, got, want)
					}
				}
			}
		})
	}
}

func TestStepClearsGradients(t *testing.T) {
	used, unused := param(1), param(5)
	opt := optim.NewSGD(0.5).For(params{used, unused, used})
	setGrad(used, []float32{2})
	opt.Step()
	if used.Data()[0] != 0 || unused.Data()[0] != 5 {
		t.Errorf("after a step the weights are %g and %g, want 1 - 0.5·2 and 5", used.Data()[0], unused.Data()[0])
	}
	if used.Grad() != nil {
		t.Error("the gradient is still there after the step")
	}
}

func TestStepWithoutBackward(t *testing.T) {
	opt := optim.NewSGD(0.5).For(params{param(1)})
	defer func() {
		err, ok := recover().(*tensor.OpError)
		if want := "Step: no parameter has a gradient; call loss.Backward() first"; !ok || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}()
	opt.Step()
}

func TestLearningRate(t *testing.T) {
	w := param(1)
	opt := optim.NewSGD(0.5).For(params{w})
	if opt.LR() != 0.5 {
		t.Errorf("the rate is %g, want 0.5", opt.LR())
	}
	opt.SetLR(0.25)
	setGrad(w, []float32{2})
	opt.Step()
	if got := w.Data()[0]; got != 0.5 {
		t.Errorf("w = %g, want 1 - 0.25·2", got)
	}
	opt.ClearGrads()
	if want := "SGD(0.5) for 1 parameters"; opt.String() != want {
		t.Errorf("%s, want %s", opt, want)
	}
}

// Optimisers of one recipe share nothing.
func TestOptimisersAreApart(t *testing.T) {
	spec := optim.NewAdamW(0.1)
	a, b := param(1), param(1)
	first, second := spec.For(params{a}), spec.For(params{b})
	for range 3 {
		setGrad(a, []float32{1})
		first.Step()
	}
	first.SetLR(9)
	setGrad(b, []float32{1})
	second.Step()
	fresh := param(1)
	third := spec.For(params{fresh})
	setGrad(fresh, []float32{1})
	third.Step()
	if b.Data()[0] != fresh.Data()[0] {
		t.Errorf("one optimiser's steps changed another's: %g, want %g", b.Data()[0], fresh.Data()[0])
	}
}

func TestOptionsMakeSense(t *testing.T) {
	cases := []struct {
		do   func()
		want string
	}{
		{func() { optim.NewAdamW(-1) }, "AdamW: learning rate is -1, want at least 0"},
		{func() { optim.NewAdamW(math.NaN()) }, "AdamW: learning rate is NaN, want at least 0"},
		{func() { optim.NewAdamW(math.Inf(1)) }, "AdamW: learning rate is +Inf, want at least 0"},
		{func() { optim.NewAdamW(1, optim.Betas{0.9, 1}) }, "AdamW: β₂ is 1, want at least 0 and below 1"},
		{func() { optim.NewAdamW(1, optim.Eps(0)) }, "AdamW: ε is 0, want above 0"},
		{func() { optim.NewAdamW(1, optim.Decay(-0.1)) }, "AdamW: weight decay is -0.1, want at least 0"},
		{func() { optim.NewSGD(1, optim.Momentum(1)) }, "SGD: momentum is 1, want at least 0 and below 1"},
		{func() { optim.NewAdam(1, optim.Betas{-1, 0}) }, "Adam: β₁ is -1, want at least 0 and below 1"},
		{func() { optim.NewLion(1, optim.Decay(-1)) }, "Lion: weight decay is -1, want at least 0"},
		{func() { optim.NewAverage(params{}, 1) }, "Average: decay is 1, want at least 0 and below 1"},
		{func() { optim.WSD(-1, 0) }, "WSD: warm-up is -1, want at least 0"},
		{func() { optim.TwoStage(0) }, "TwoStage: second peak is 0, want above 0 and at most 1"},
		{func() { optim.Grouped{Rest: optim.NewSGD(0)}.For(params{}) }, "Grouped: learning rate of the rest is 0, want above 0"},
		{func() { optim.AdamW{LR: 1}.For(params{param(1)}) }, "AdamW: ε is 0, want above 0"},
	}
	for _, c := range cases {
		t.Run(c.want, func(t *testing.T) {
			defer func() {
				err, _ := recover().(error)
				var option *optim.OptionError
				if !errors.As(err, &option) || err.Error() != c.want {
					t.Errorf("got %v", err)
				}
			}()
			c.do()
		})
	}
}

// What stays among the parameters keeps its momentum, what is new begins.
func TestSetParams(t *testing.T) {
	kept, left, fresh := param(1), param(1), param(1)
	step := func(opt *optim.Optimizer, all ...*tensor.Tensor) {
		for _, p := range all {
			setGrad(p, []float32{1})
		}
		opt.Step()
	}
	opt := optim.NewSGD(0.5, optim.Momentum(0.5)).For(params{kept, left})
	step(opt, kept, left)
	opt.SetParams(params{fresh, kept, kept})
	step(opt, kept, fresh)
	// 1 - 0.5·1 - 0.5·1.5, and as it was, and 1 - 0.5·1.
	if kept.Data()[0] != -0.25 || left.Data()[0] != 0.5 || fresh.Data()[0] != 0.5 {
		t.Errorf("kept %g, left out %g, new %g; want -0.25, 0.5 and 0.5", kept.Data()[0], left.Data()[0], fresh.Data()[0])
	}
}
