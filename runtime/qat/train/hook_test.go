package train

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

// diary is a hook that writes down what it is told.
type diary struct {
	NoHook
	name     string
	priority int
	lines    *[]string
	fail     string // the line at which to fail
}

func (d diary) Name() string  { return d.name }
func (d diary) Priority() int { return d.priority }

func (d diary) note(format string, a ...any) error {
	line := fmt.Sprintf("%s: %s", d.name, fmt.Sprintf(format, a...))
	*d.lines = append(*d.lines, line)
	if line == d.fail {
		return errors.New("enough")
	}
	return nil
}

func (d diary) Start(l *Loop) error      { return d.note("start of %d", l.Steps) }
func (d diary) BeforeStep(l *Loop) error { return d.note("before %d", l.Step) }
func (d diary) AfterStep(l *Loop) error  { return d.note("after %d", l.Run.Steps) }
func (d diary) Finish(l *Loop) error     { return d.note("finish, %v", l.Err) }

func (d diary) Measured(l *Loop, e EpochStat) error { return d.note("measured at %d", e.Step) }

func (d diary) Loss(l *Loop, loss *tensor.Tensor) *tensor.Tensor {
	d.note("loss of %d×%d, %d labels", l.X.Dim(0), l.Logits.Dim(1), len(l.Y))
	return loss
}

func TestHooksAreCalledInOrder(t *testing.T) {
	var lines []string
	hooks := []Hook{diary{name: "late", priority: 1, lines: &lines}, diary{name: "early", priority: -1, lines: &lines}}
	if _, err := Fit(t.Context(), nn.MLP(16, 4), dataset(t), Config{Steps: 2, Batch: 125, Hooks: hooks}); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, event := range []string{
		"start of 2",
		"before 1", "loss of 125×4, 125 labels", "after 1",
		"before 2", "loss of 125×4, 125 labels", "after 2",
		"measured at 2", "finish, <nil>",
	} {
		want = append(want, "early: "+event, "late: "+event)
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}

func TestFailingHookEndsTheRun(t *testing.T) {
	for _, fail := range []string{"h: start of 3", "h: before 2", "h: after 2", "h: measured at 2", "h: finish, <nil>"} {
		var lines []string
		h := diary{name: "h", lines: &lines, fail: fail}
		run, err := Fit(t.Context(), nn.MLP(16, 4), dataset(t), Config{Steps: 3, Batch: 125, Hooks: []Hook{h}})
		if err == nil || !strings.HasPrefix(err.Error(), "h at step ") || !strings.HasSuffix(err.Error(), ": enough") || run == nil {
			t.Errorf("%s: run %v, error %v", fail, run, err)
		}
		if last := lines[len(lines)-1]; !strings.HasPrefix(last, "h: finish") {
			t.Errorf("%s: the last thing that the hook heard was %q", fail, last)
		}
	}
}

func TestInterruptedHookFinishes(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var lines []string
	if _, err := Fit(ctx, nn.MLP(16, 4), dataset(t), Config{Hooks: []Hook{diary{name: "h", lines: &lines}}}); err == nil {
		t.Error("no error")
	}
	if want := []string{"h: start of 10", "h: finish, training interrupted after step 0 of 10: context canceled"}; !slices.Equal(lines, want) {
		t.Errorf("got %q, want %q", lines, want)
	}
}

// scaled multiplies the loss.
type scaled struct {
	NoHook
	by float32
}

func (scaled) Name() string { return "scaled" }

func (s scaled) Loss(_ *Loop, loss *tensor.Tensor) *tensor.Tensor { return tensor.Scale(loss, s.by) }

// Twice the loss at half the rate is the same run of plain SGD, to the bit; what
// is reported is the loss without what hooks make of it.
func TestHookChangesTheLoss(t *testing.T) {
	fit := func(rate float64, hooks ...Hook) ([]float64, []float32) {
		m := nn.MLP(16, 8, 4)
		run, err := Fit(t.Context(), m, dataset(t), Config{Steps: 20, Batch: 32, Optimizer: optim.NewSGD(rate), Hooks: hooks})
		if err != nil {
			t.Fatal(err)
		}
		return losses(run), weights(m)
	}
	l, w := fit(0.5)
	l2, w2 := fit(0.25, scaled{by: 2})
	if !slices.Equal(l, l2) || !slices.Equal(w, w2) {
		t.Error("twice the loss at half the rate is another run")
	}
	if _, w3 := fit(0.5, scaled{by: 2}); slices.Equal(w, w3) {
		t.Error("twice the loss is the same run")
	}
}

// stopper stops after a step.
type stopper struct {
	NoHook
	at int
}

func (stopper) Name() string { return "stopper" }

func (s stopper) AfterStep(l *Loop) error {
	if l.Step == s.at {
		l.Stop("that is enough")
	}
	return nil
}

func TestHookStopsTheRun(t *testing.T) {
	run, err := Fit(t.Context(), nn.MLP(16, 4), dataset(t), Config{Epochs: 3, Batch: 32, Hooks: []Hook{stopper{at: 11}}})
	if err != nil || run.Steps != 11 || run.Planned != 24 || run.Stopped != "that is enough" || run.Interrupted {
		t.Fatalf("%v; %d of %d steps, stopped: %q", err, run.Steps, run.Planned, run.Stopped)
	}
	if last := run.Epochs[len(run.Epochs)-1]; last.Step != 11 || last.Test.N == 0 {
		t.Errorf("the stopped run was not measured at its end: %+v", last)
	}
}

// growing is a model that gets another layer on the way.
type growing struct{ layers []nn.Module }

func (g *growing) Params() []*tensor.Tensor { return nn.NewSequential(g.layers...).Params() }
func (g *growing) Forward(x *tensor.Tensor) *tensor.Tensor {
	return nn.NewSequential(g.layers...).Forward(x)
}

type grower struct {
	NoHook
	model *growing
}

func (grower) Name() string { return "grower" }

func (g grower) BeforeStep(l *Loop) error {
	if l.Step == 3 {
		g.model.layers = append(g.model.layers, nn.NewLinear(4, 4))
		l.ParamsChanged()
	}
	return nil
}

func TestParamsChange(t *testing.T) {
	m := &growing{[]nn.Module{nn.NewLinear(16, 4)}}
	run, err := Fit(t.Context(), m, dataset(t), Config{Steps: 4, Batch: 32, Hooks: []Hook{grower{model: m}}})
	if err != nil {
		t.Fatal(err)
	}
	const before, after = 16*4 + 4, 16*4 + 4 + 4*4 + 4
	if run.Parameters != after || run.Memory.Optimizer != 8*after {
		t.Errorf("%d parameters, %d bytes of optimiser; want %d (before: %d) and 8 times that", run.Parameters, run.Memory.Optimizer, after, before)
	}
}
