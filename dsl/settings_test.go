package dsl

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"setun/runtime/qat/train"
)

func TestRecipesAreWhatACellWrites(t *testing.T) {
	for _, o := range []Optimizer{
		AdamW(1e-3), AdamW(0.5, Decay(0.1), Betas{0.9, 0.95}, Eps(1e-6)), SGD(0.1), SGD(0.1, Momentum(0.9), Decay(1e-4)), Adam(1e-3), Lion(1e-4),
	} {
		if got, err := evaluate[Optimizer](o.String()); err != nil || got != o {
			t.Errorf("%s: %v, %v", o, got, err)
		}
	}
	for _, s := range []Schedule{Constant(), Cosine(), LinearDecay(), Exponential(0.99), StepDecay(10, 0.1), WSD(2, 3), TwoStage(), warmedUp(4, Cosine())} {
		got, err := evaluate[Schedule](s.Name)
		if err != nil || got.Name != s.Name || got.At(7, 20) != s.At(7, 20) || (got.decay == nil) != (s.decay == nil) {
			t.Errorf("%s: %v, %v", s.Name, got, err)
		}
	}
}

func TestRecipesAreNothingElse(t *testing.T) {
	for recipe, want := range map[string]string{
		`AdamW("x")`:            `"x" where a float64 is wanted`,
		`AdamW(1e-3`:            "missing",
		`AdamW()`:               "AdamW with 0 arguments; want 1",
		`AdamW(-1)`:             "a recipe is made of words and numbers",
		`AdamW(1e400)`:          "1e400 where a float64 is wanted",
		`Cosine()`:              "a dsl.Schedule where a dsl.Optimizer is wanted",
		`os.Exit(1)`:            "a recipe is made of words and numbers",
		`Nope(1)`:               "no recipe Nope",
		`SGD(0.1, Betas{1, 2})`: "where a optim.SGDOption is wanted",
		`SGD(0.1, Momentum(2))`: "momentum is 2",
		`StepDecay(1.5, 0.1)`:   "1.5 where a int is wanted",
		`func() {}()`:           "a recipe is made of words and numbers",
	} {
		if _, err := evaluate[Optimizer](recipe); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", recipe, err, want)
		}
	}
}

func TestSettingsAreThoseOfTheRun(t *testing.T) {
	dir := t.TempDir()
	fit := func(opts ...FitOption) *Run {
		return Fit(MLP(16, 4), stripes(t, 64), append(opts, Cell{Sink: &recorder{}})...)
	}
	want := fit(Epochs(3), Batch(8), Accumulate(2), AdamW(1e-2, Decay(0.1)), TwoStage(), Warmup(3), LabelSmoothing(0.1), Clip(1), Seed(5),
		Validation(16), Bits(4), PerChannel(), STE(Clipped(2.5)), GridPenalty(0.25), LambdaWarmup(4), Monitor(Every(3)),
		MeasureEvery(2), OnDivergence(Spike(9)), Checkpoints(dir, KeepLast(1)))
	path := filepath.Join(dir, "config.json")
	run := fit(Settings(path), Checkpoints(t.TempDir()))
	if !slices.Equal(run.History, want.History) {
		t.Error("another run")
	}
	// Options count more, wherever they stand.
	run = fit(Steps(2), SGD(0.5), Settings(path), Seed(6), Checkpoints(t.TempDir()), GridPenalty(1), EarlyStop(3))
	if hooks := run.Settings().Hooks; !slices.Equal(hooks, []string{"GridPenalty(1)", "EarlyStop(3)", "LambdaWarmup(4)", "Monitor(Every(3))", "Checkpoints"}) {
		t.Errorf("hooks %q", hooks)
	}
	if run.Steps != 2 || run.Config.Seed != 6 || run.Config.Optimizer.String() != "SGD(0.5)" || run.Config.Batch != 8 {
		t.Errorf("got %+v", run.Config)
	}
	err := panicked(t, func() { fit(Settings(path)) })
	if !strings.Contains(err.Error(), "the run had Checkpoints") || !strings.HasPrefix(err.Error(), path) {
		t.Errorf("got %v", err)
	}
}

// Every hook that a file can hold comes back from it as it was.
func TestHooksAreWrittenAndRead(t *testing.T) {
	for _, o := range []FitOption{
		EarlyStop(3), EarlyStop(3, By(1e-3), Settled(0.01)), Monitor(), Monitor(Every(7)), Average(0.999),
		SizePenalty(1e-5), GridPenalty(1), SparsityPenalty(0.5), ActivationPenalty(1e-3),
		LambdaWarmup(100), SoftToHard(1, 0.05, 20), ShortFirst(8, 100),
	} {
		var f fitting
		o.applyFit(&f)
		want := f.config.Settings()
		c := train.Config{}
		if err := settle(&c, &want); err != nil {
			t.Error(err)
		}
		if got := c.Settings(); len(got.Hooks) != 1 || !slices.Equal(got.Hooks, want.Hooks) || !strings.HasSuffix(got.Hooks[0], ")") {
			t.Errorf("got %q, want %q", got.Hooks, want.Hooks)
		}
	}
	c := train.Config{}
	if err := settle(&c, &train.Settings{Hooks: []string{"EarlyStop(0)", "Progressive(4)"}}); err == nil ||
		!strings.Contains(err.Error(), "EarlyStop(0): want at least 1") || !strings.Contains(err.Error(), "no recipe Progressive") {
		t.Errorf("got %v", err)
	}
}

func TestSettingsNameEveryFault(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.json")
	if err := os.WriteFile(path, []byte(`{"optimizer": "Adagrad(1)", "schedule": "Cosine(3)", "hooks": ["EarlyStop"]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	err := panicked(t, func() { Fit(MLP(16, 4), stripes(t, 8), Settings(path), Cell{Sink: &recorder{}}) })
	for _, want := range []string{path, "no recipe Adagrad", "Cosine with 1 arguments; want 0", "the run had EarlyStop"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("more than a line: %v", err)
	}
	panicked(t, func() { Settings(filepath.Join(t.TempDir(), "none.json")) })
}
