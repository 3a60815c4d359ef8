package dsl

import (
	"slices"
	"strings"
	"testing"

	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// Every word about recipes, losses and phases changes the run that it is an option
// of, and none changes a run after it.
func TestRecipes(t *testing.T) {
	teacher := MLP(16, 16, 4).Init(9)
	Fit(teacher, stripes(t, 64), Epochs(5), Batch(16), Cell{Sink: &recorder{}})
	losses := func(opts ...FitOption) []float64 {
		opts = append(opts, Epochs(3), Batch(16), Cell{Sink: &recorder{}})
		run := Fit(MLP(16, 8, 4), stripes(t, 64), opts...)
		var all []float64
		for _, p := range run.History {
			all = append(all, p.Loss)
		}
		return all
	}
	base := losses(AdamW(1e-2))
	for name, o := range map[string][]FitOption{
		"Adam":              {Adam(2e-2)},
		"Lion":              {Lion(1e-3, Decay(0.1))},
		"SGD":               {SGD(0.1, Nesterov(0.9))},
		"Group":             {AdamW(1e-2).Group("first", Named("weight"), AdamW(1e-3))},
		"Exponential":       {AdamW(1e-2), Exponential(0.9)},
		"StepDecay":         {AdamW(1e-2), StepDecay(2, 0.5)},
		"WSD":               {AdamW(1e-2), WSD(2, 4)},
		"TwoStage":          {AdamW(1e-2, Decay(0.5)), TwoStage(), Warmup(2)},
		"LabelSmoothing":    {AdamW(1e-2), LabelSmoothing(0.2)},
		"Loss":              {AdamW(1e-2), Loss(OneHot(MSE))},
		"SizePenalty":       {AdamW(1e-2), SizePenalty(1)},
		"GridPenalty":       {AdamW(1e-2), GridPenalty(10)},
		"SparsityPenalty":   {AdamW(1e-2), SparsityPenalty(10)},
		"ActivationPenalty": {AdamW(1e-2), ActivationPenalty(1)},
		"Distill":           {AdamW(1e-2), Distill(teacher, Temperature(4, 1), Alpha(0.7))},
		"Progressive":       {AdamW(1e-2), Progressive(Bits(8), Phase(Bits(4), PerChannel()), Ternary()).When(AfterSteps(3))},
		"LayerWise":         {AdamW(1e-2), LayerWise()},
		"ChannelWise":       {AdamW(1e-2), ChannelWise(4)},
		"BlockWise":         {AdamW(1e-2), BlockWise().When(LossFlat(0.5))},
		"LambdaWarmup":      {AdamW(1e-2), LambdaWarmup(6)},
		"SoftToHard":        {AdamW(1e-2), SoftToHard(1, 0.1, 6)},
	} {
		if got := losses(o...); len(got) != len(base) || slices.Equal(got, base) {
			t.Errorf("%s: the same losses as without", name)
		}
	}
	if again := losses(AdamW(1e-2)); !slices.Equal(again, base) {
		t.Error("the plain run is another one now")
	}
}

// Features and relations of a teacher, in a cell's words.
func TestDistillInside(t *testing.T) {
	teacher := MLP(16, 8, 4).Init(2)
	run := Fit(MLP(16, 8, 4), stripes(t, 64), Steps(3), Distill(teacher, Alpha(0), Feature("1", 0.5)), Cell{Sink: &recorder{}})
	if run.Steps != 3 {
		t.Errorf("%d steps", run.Steps)
	}
	wantPanic(t, `has no layer "7"`, func() {
		Fit(MLP(16, 8, 4), stripes(t, 64), Steps(3), Distill(teacher, Feature("7", 0.5)), Cell{Sink: &recorder{}})
	})
	wantPanic(t, "no block of a language model", func() {
		Fit(MLP(16, 8, 4), stripes(t, 64), Steps(3), Distill(teacher, Relation("1", 0.5, 1)), Cell{Sink: &recorder{}})
	})
}

// Losses of two tensors, for own loops: the values are in package loss's tests.
func TestPairLosses(t *testing.T) {
	y, target := tensor.From([]float32{1, 2, 3, 4}, 2, 2), tensor.From([]float32{1, 0, 3, 8}, 2, 2)
	for name, c := range map[string]struct{ got, want float32 }{
		"MSE":      {MSE(y, target).Item(), 5},
		"L1":       {L1(y, target).Item(), 1.5},
		"SmoothL1": {SmoothL1(y, target, 2).Item(), 1},
		"KL":       {KL(y, y, 3).Item(), 0},
	} {
		if c.got != c.want {
			t.Errorf("%s = %g, want %g", name, c.got, c.want)
		}
	}
	if !Vectors(tensor.New(3)) || Vectors(tensor.New(3, 1)) {
		t.Error("Vectors tells other than vectors")
	}
}

func TestRecipeMistakes(t *testing.T) {
	for want, f := range map[string]func(){
		"Progressive(): want at least one": func() { Progressive() },
		"AfterSteps(0)":                    func() { AfterSteps(0) },
		"temperatures that fall":           func() { SoftToHard(0.1, 1, 10) },
		"Loss(nil)":                        func() { Loss(nil) },
		`Group("x")`:                       func() { AdamW(1).Group("x", nil, SGD(1)) },
		"γ is 2":                           func() { Exponential(2) },
	} {
		wantPanic(t, want, f)
	}
}

func wantPanic(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		if err, _ := recover().(error); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}()
	f()
}

// Each option of a phase is written as in a cell.
func TestPhaseTexts(t *testing.T) {
	var o nn.Option = Phase(Bits(4), PerChannel())
	if got, want := optionText(o), "Phase(Bits(4), PerChannel())"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
