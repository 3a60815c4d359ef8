package dsl

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"setun/display"
	"setun/runtime/qat/train"
)

// stopAt is a cell that is interrupted after so many steps.
func stopAt(t *testing.T, steps int, out *recorder) (Cell, FitOption) {
	ctx, cancel := context.WithCancel(t.Context())
	return Cell{Context: ctx, Sink: out}, Hooks(afterStep{do: func(l *train.Loop) {
		if l.Step == steps {
			cancel()
		}
	}})
}

// afterStep is a hook that does something after every step.
type afterStep struct {
	train.NoHook
	do func(*train.Loop)
}

func (afterStep) Name() string { return "afterStep" }

func (h afterStep) AfterStep(l *train.Loop) error {
	h.do(l)
	return nil
}

func TestContinueGoesOnAndShowsIt(t *testing.T) {
	whole := Fit(MLP(16, 4), stripes(t, 64), Epochs(4), Batch(16), Cosine(), Cell{Sink: &recorder{}})
	out := &recorder{}
	cell, stop := stopAt(t, 5, out)
	run := Fit(MLP(16, 4), stripes(t, 64), Epochs(4), Batch(16), Cosine(), cell, stop)
	if !run.Interrupted || run.Steps != 5 {
		t.Fatalf("interrupted: %v after %d steps", run.Interrupted, run.Steps)
	}
	again := &recorder{}
	shown := &Shown{}
	if got := run.Continue(Cell{Sink: again, Shown: shown}); got != run {
		t.Error("Continue is another run")
	}
	if !slices.Equal(run.History, whole.History) || run.Interrupted {
		t.Error("the continued run differs from the one that ran through")
	}
	if text := plainText(again.last); !strings.HasPrefix(text, "4 epochs · 16 steps · loss ") || len(again.events) == 0 {
		t.Errorf("after it went on, the chart says %q", text)
	}
	if b := Render(run, Cell{Sink: again, Shown: shown}); b.Data[display.MIMEVega] != nil {
		t.Error("the chart is shown twice")
	}
	run.Continue(Epochs(1), Steps(3), Cell{Sink: again})
	if run.Steps != 16+4+3 || run.History[16].LR != run.History[0].LR {
		t.Errorf("%d steps, rate %v after the old plan", run.Steps, run.History[16].LR)
	}
	err := panicked(t, func() { run.Continue(Cell{Sink: again}) })
	if !strings.Contains(err.Error(), "all of its 23 steps") {
		t.Errorf("got %v", err)
	}
}

func TestCheckpointsAndResume(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "runs", "a")
	whole := Fit(MLP(16, 4), stripes(t, 64), Epochs(4), Batch(16), Cell{Sink: &recorder{}})
	fit := func(opts ...FitOption) *Run {
		return Fit(MLP(16, 4), stripes(t, 64), append(opts, Epochs(4), Batch(16), Checkpoints(dir, Every(2), KeepBest(1), KeepLast(1)), Resume(dir))...)
	}
	cell, stop := stopAt(t, 6, &recorder{})
	fit(cell, stop)
	run := fit(Cell{Sink: &recorder{}})
	if !slices.Equal(run.History, whole.History) || filepath.Base(run.Resumed) != "step-00000006.safetensors" {
		t.Errorf("resumed from %s, and the run differs or does not", run.Resumed)
	}
}

func TestLoopOptions(t *testing.T) {
	run := Fit(MLP(16, 4), stripes(t, 64), Steps(10), Batch(8), Accumulate(2), Clip(0.5), Validation(16), MeasureEvery(3),
		OnDivergence(Rollback(2), Spike(9)), Cell{Sink: &recorder{}})
	c := run.Config
	if c.Accumulate != 2 || c.Clip != 0.5 || c.MeasureEvery != 3 || c.OnDivergence != (train.Guard{Rollback: 2, Spike: 9}) {
		t.Errorf("got %+v", c)
	}
	if run.StepsPerEpoch != 3 || run.Validation.N != 16 || len(run.Epochs) != 4 {
		t.Errorf("%d steps an epoch of 48 samples, validation %v, %d measurements", run.StepsPerEpoch, run.Validation, len(run.Epochs))
	}
	table := epochTable(run.Run)
	if len(table.Columns) != 8 || len(table.Rows) != 4 || table.Rows[0][6] != "" || table.Rows[3][6] == "" {
		t.Errorf("the table %+v", table)
	}
	if text := runText(run.Run); !strings.HasPrefix(text, "4 epochs · 10 steps · loss ") || !strings.Contains(text, " · validation ") || !strings.Contains(text, " · test ") {
		t.Errorf("the run is %q", text)
	}
}

func TestSenselessLoopOptionsPanicAtOnce(t *testing.T) {
	for name, f := range map[string]func(){
		"Validation(0)":   func() { Validation(0) },
		"MeasureEvery(0)": func() { MeasureEvery(0) },
		"Accumulate(0)":   func() { Accumulate(0) },
		"Clip(0)":         func() { Clip(0) },
		"Every(0)":        func() { Every(0) },
		"KeepLast(0)":     func() { KeepLast(0) },
		"KeepBest(-1)":    func() { KeepBest(-1) },
		"Rollback(0)":     func() { Rollback(0) },
		"Spike(1)":        func() { Spike(1) },
		"Resume":          func() { Resume("") },
	} {
		if err := panicked(t, f); !strings.HasPrefix(err.Error(), name+": want ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	err := panicked(t, func() { Fit(MLP(16, 4), stripes(t, 64), Validation(64), Cell{Sink: &recorder{}}) })
	if !strings.Contains(err.Error(), "64 of the 64 training samples") {
		t.Errorf("got %v", err)
	}
}

func TestStoppedRunSaysWhy(t *testing.T) {
	out := &recorder{}
	run := Fit(MLP(16, 4), stripes(t, 64), Epochs(4), Batch(16), Cell{Sink: out}, Hooks(afterStep{do: func(l *train.Loop) {
		if l.Step == 5 {
			l.Stop("that is enough")
		}
	}}))
	if run.Stopped != "that is enough" || !strings.HasPrefix(plainText(out.last), "stopped: that is enough · step 5 of 16 · ") {
		t.Errorf("stopped %q, shown as %q", run.Stopped, plainText(out.last))
	}
}

func TestFailingHookIsOneLine(t *testing.T) {
	err := panicked(t, func() {
		Fit(MLP(16, 4), stripes(t, 64), Cell{Sink: &recorder{}}, Hooks(failing{}))
	})
	if !errors.Is(err, errTired) || err.Error() != "failing at step 0: tired" {
		t.Errorf("got %v", err)
	}
}

var errTired = errors.New("tired")

type failing struct{ train.NoHook }

func (failing) Name() string            { return "failing" }
func (failing) Start(*train.Loop) error { return errTired }
