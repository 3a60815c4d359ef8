package train

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

// poison makes the loss of a step something else, as often as it has times left.
type poison struct {
	NoHook
	step, times int
	by          float32
}

func (*poison) Name() string { return "poison" }

func (p *poison) Loss(l *Loop, loss *tensor.Tensor) *tensor.Tensor {
	if l.Step == p.step && p.times > 0 {
		p.times--
		return tensor.Scale(loss, p.by)
	}
	return loss
}

var nan = float32(math.NaN())

func TestRollback(t *testing.T) {
	fit := func(hooks ...Hook) (*Run, error) {
		m, d, c := stateful(t)
		c.OnDivergence = Guard{Rollback: 2, Every: 4}
		c.Schedule = nil
		c.Hooks = append(c.Hooks, hooks...)
		return Fit(t.Context(), m, d, c)
	}
	run, err := fit(&poison{step: 11, times: 2, by: nan})
	if err != nil {
		t.Fatal(err)
	}
	if run.Steps != 28 || len(run.History) != 28 || len(run.Epochs) != 6 || len(run.Notes) != 2 {
		t.Fatalf("%d steps, %d in the history, %d measurements, notes %q", run.Steps, len(run.History), len(run.Epochs), run.Notes)
	}
	if want := "went back to step 8, and on at 1/4 of the learning rate"; !strings.HasSuffix(run.Notes[1], want) {
		t.Errorf("note %q, want %q", run.Notes[1], want)
	}
	// The first way back is forgotten with the steps that it took back.
	if want := []Event{{8, "went back"}}; !slices.Equal(run.Events, want) {
		t.Errorf("events %v, want %v", run.Events, want)
	}
	for i, p := range run.History {
		want := 1e-2
		if i >= 8 {
			want /= 4
		}
		if p.Step != i+1 || p.LR != want {
			t.Errorf("history[%d] is %+v, want a rate of %v", i, p, want)
		}
	}
	// Once is the same as never up to where it went back to.
	clean, err := fit()
	if err != nil || !slices.Equal(clean.History[:8], run.History[:8]) {
		t.Errorf("%v, or the first steps differ", err)
	}
	// More often than it may.
	run, err = fit(&poison{step: 11, times: 3, by: nan})
	if bad, ok := errors.AsType[*Diverged](err); !ok || bad.Step != 11 || run.Steps != 10 {
		t.Errorf("the third time: %v", err)
	}
}

// The state that a rollback returns to is all of it: without the lower rate, the
// run would be the same.
func TestRollbackForgetsNothing(t *testing.T) {
	m, d, c := stateful(t)
	c.Optimizer = optim.NewSGD(0) // half of which is 0
	c.OnDivergence = Guard{Rollback: 1, Every: 4}
	want, err := Fit(t.Context(), m, d, c)
	if err != nil {
		t.Fatal(err)
	}
	m, d, c = stateful(t)
	c.Optimizer = optim.NewSGD(0)
	c.OnDivergence = Guard{Rollback: 1, Every: 4}
	c.Hooks = append(c.Hooks, &poison{step: 11, times: 1, by: nan})
	run, err := Fit(t.Context(), m, d, c)
	if err != nil || len(run.Notes) != 1 {
		t.Fatalf("%v, notes %q", err, run.Notes)
	}
	sameRun(t, run, want)
}

// Checkpoints of steps that were given up are no place to resume from.
func TestRollbackRemovesLaterCheckpoints(t *testing.T) {
	dir := t.TempDir()
	m, d, c := resumable(t, dir)
	c.OnDivergence = Guard{Rollback: 1}
	c.Hooks = append(c.Hooks, &poison{step: 20, times: 1, by: nan}, &stopper{at: 3})
	run, err := Fit(t.Context(), m, d, c)
	if err != nil || run.Steps != 3 {
		t.Fatalf("%v after %d steps", err, run.Steps)
	}
	run.loop.hooks = slices.DeleteFunc(run.loop.hooks, func(h Hook) bool { _, ok := h.(*stopper); return ok })
	if err := run.Continue(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if len(run.Notes) != 1 || run.Steps != 28 {
		t.Errorf("notes %q after %d steps", run.Notes, run.Steps)
	}
}

func TestSpike(t *testing.T) {
	m, d, c := stateful(t)
	c.OnDivergence = Guard{Spike: 3}
	c.Loss = func(logits *tensor.Tensor, y tensor.Labels) *tensor.Tensor {
		loss := tensor.CrossEntropy(logits, y)
		if c.Seed++; c.Seed == 9+2*25+1 { // the first batch of step 26
			loss = tensor.Scale(loss, 10)
		}
		return loss
	}
	_, err := Fit(t.Context(), m, d, c)
	bad, ok := errors.AsType[*Diverged](err)
	if !ok || bad.Step != 26 || !strings.Contains(err.Error(), "the average before it is") {
		t.Errorf("got %v", err)
	}
}

// breaking gives numbers that are not finite from some forward on.
type breaking struct{ nn.ReLU }

func (breaking) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Scale(x, float32(math.Inf(1)))
}

// explosive has a backward that does.
type explosive struct{ nn.ReLU }

func (explosive) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.NewOp("explosive", x.Clone(), []*tensor.Tensor{x}, func([]float32) {
		x.AddGrad(func(dx []float32) {
			for i := range dx {
				dx[i] = float32(math.Inf(1))
			}
		})
	})
}

func TestDivergenceSaysWhere(t *testing.T) {
	weights := nn.NewLinear(16, 4)
	weights.Params()[0].Data()[3] = nan
	cases := []struct {
		name string
		m    nn.Module
		c    Config
		want string
	}{
		{"a layer", nn.NewSequential(nn.NewLinear(16, 4), breaking{}, nn.NewLinear(4, 4)), Config{}, "the first layer to give numbers that are not finite is 1 (breaking): 128 of 128"},
		{"weights", nn.NewSequential(weights), Config{}, "1 of the 64 numbers of 0.weight are not finite"},
		{"a hook", nn.MLP(16, 4), Config{Hooks: []Hook{&poison{step: 1, times: 1, by: nan}}}, "finite without what hooks add"},
		{"gradients", nn.NewSequential(nn.NewLinear(16, 4), explosive{}, nn.NewLinear(4, 4)), Config{Clip: 1}, "4 of the 4 numbers in the gradient of 0.bias are not finite"},
	}
	for _, tt := range cases {
		tt.c.Batch = 32
		_, err := Fit(t.Context(), tt.m, dataset(t), tt.c)
		if _, ok := errors.AsType[*Diverged](err); !ok || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestClip(t *testing.T) {
	fit := func(clip float64) *Run {
		run, err := Fit(t.Context(), nn.MLP(16, 8, 4), dataset(t), Config{Steps: 10, Batch: 32, Optimizer: optim.NewSGD(0.1), Clip: clip})
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	free, wide, tight := fit(0), fit(1e6), fit(1e-3)
	for i := range wide.History {
		if wide.History[i].GradNorm <= 0 || free.History[i].GradNorm != 0 {
			t.Fatalf("norms of step %d: %v, and %v without clipping", i+1, wide.History[i].GradNorm, free.History[i].GradNorm)
		}
	}
	if !slices.Equal(losses(free), losses(wide)) {
		t.Error("a norm that is never reached changes the run")
	}
	if slices.Equal(losses(free), losses(tight)) {
		t.Error("clipping does not change the run")
	}
}

func TestDecaySchedule(t *testing.T) {
	fit := func(decay optim.Schedule, d float64) []float32 {
		m := nn.MLP(16, 8, 4)
		_, err := Fit(t.Context(), m, dataset(t), Config{Steps: 10, Batch: 32, Optimizer: optim.NewAdamW(1e-2, optim.Decay(d)), Decay: decay})
		if err != nil {
			t.Fatal(err)
		}
		return weights(m)
	}
	none := func(int, int) float64 { return 0 }
	if !slices.Equal(fit(none, 0.5), fit(nil, 0)) {
		t.Error("a schedule of 0 is not no decay")
	}
	if slices.Equal(fit(optim.TwoStageDecay, 0.5), fit(nil, 0.5)) {
		t.Error("the schedule of the decay changes nothing")
	}
}
