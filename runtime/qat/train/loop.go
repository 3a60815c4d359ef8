package train

import (
	"context"
	"errors"
	"fmt"
	"time"

	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

// A Loop is a run while it goes on, as its hooks see it.
type Loop struct {
	Run       *Run
	Data      *data.Dataset
	Model     nn.Module
	Optimizer *optim.Optimizer

	Step, Steps int     // the running step, from 1, and how many are planned
	LR          float64 // of the running step

	// The batch, until the step ends.
	X      *tensor.Tensor // [B, Shape…]
	Y      tensor.Labels  // of the rows of Logits
	Logits *tensor.Tensor // what the model made of X

	Err error // in Finish: why the run ended before its plan did, nil if it did not

	hooks   []Hook
	sampler *data.Sampler
	rate    float64 // the base of the schedule
	scope   *tensor.Scope
	indices []int  // of the batch; used again for the next step, as Y is
	shape   []int  // of X
	stop    string // why to stop after this step
	epoch   tally  // of the running epoch
	clock   clock
}

// Stop ends the run after the running step, or at once between steps, as if it
// had been planned so: [Run].Stopped is the reason.
func (l *Loop) Stop(reason string) { l.stop = reason }

// ParamsChanged says that the model has gained or lost parameters since the loop
// last looked: the optimiser keeps what it knows of those that stay.
func (l *Loop) ParamsChanged() {
	l.Optimizer.SetParams(l.Model)
	l.countMemory()
}

func newLoop(m nn.Module, d *data.Dataset, c Config) (*Loop, error) {
	if len(m.Params()) == 0 {
		return nil, errors.New("train: the model has no parameters to train")
	}
	run := &Run{Model: m, Dataset: d.Name, Config: c}
	// B samples a batch, and what is left in the last one of an epoch.
	run.StepsPerEpoch = (d.Train.Len() + c.Batch - 1) / c.Batch
	run.Planned = c.Steps
	if c.Epochs > 0 {
		run.Planned = c.Epochs * run.StepsPerEpoch
	}
	run.History = make([]Point, 0, min(run.Planned, 1<<20))
	opt := c.Optimizer.For(m)
	l := &Loop{
		Run:       run,
		Data:      d,
		Model:     m,
		Optimizer: opt,
		Steps:     run.Planned,
		hooks:     inOrder(c.Hooks),
		sampler:   d.Train.Sampler(c.Seed),
		rate:      opt.LR(),
		scope:     &tensor.Scope{Private: nn.Builtin(m), On: c.On},
	}
	l.clock.start()
	l.countMemory()
	return l, nil
}

// countMemory notes what parameters take and what belongs to them.
func (l *Loop) countMemory() {
	run := l.Run
	run.Parameters = 0
	for _, p := range l.Model.Params() {
		run.Parameters += p.Len()
	}
	run.Memory.Parameters, run.Memory.Gradients = 4*int64(run.Parameters), 4*int64(run.Parameters)
	run.Memory.Optimizer = l.Optimizer.Bytes()
}

// train makes the steps that are left of the plan.
func (l *Loop) train(ctx context.Context) error {
	defer nn.SetTraining(l.Model, nn.SetTraining(l.Model, true))
	if err := l.each(func(h Hook) error { return h.Start(l) }); err != nil {
		return err
	}
	run := l.Run
	for run.Steps < run.Planned && l.stop == "" {
		if ctx.Err() != nil {
			return l.interrupted(ctx)
		}
		if err := l.step(); err != nil {
			return err
		}
		l.observe(false)
		if run.Steps%run.StepsPerEpoch == 0 || run.Steps == run.Planned || l.stop != "" {
			if err := l.measure(ctx); err != nil {
				return err
			}
			l.observe(true)
		}
	}
	run.Stopped = l.stop
	return nil
}

// step learns from the next batch.
func (l *Loop) step() error {
	began := time.Now()
	run := l.Run
	if run.Steps%run.StepsPerEpoch == 0 {
		l.epoch = tally{}
	}
	l.Step = run.Steps + 1
	l.LR = l.rate * run.Config.Schedule(run.Steps, run.Planned)
	l.Optimizer.SetLR(l.LR)
	for _, h := range l.hooks {
		if err := h.BeforeStep(l); err != nil {
			return hookError(h, l.Step, err)
		}
	}
	samples, err := l.learn()
	if err != nil {
		return err
	}
	run.Steps++
	l.clock.step(time.Since(began), samples, run.Steps)
	for _, h := range l.hooks {
		if err := h.AfterStep(l); err != nil {
			return hookError(h, l.Step, err)
		}
	}
	return nil
}

// learn takes the step's batch, and from it new weights.
func (l *Loop) learn() (samples int, err error) {
	run := l.Run
	defer l.endBatch()
	n := min(run.Config.Batch, l.sampler.Left())
	l.draw(n)
	l.Logits = l.Model.Forward(l.X)
	loss := run.Config.Loss(l.Logits, l.Y)
	value := float64(loss.Item())
	run.History = append(run.History, Point{Step: l.Step, Loss: value, LR: l.LR})
	for _, h := range l.hooks {
		loss = h.Loss(l, loss)
	}
	if total := float64(loss.Item()); !finite(value) || !finite(total) {
		if finite(value) {
			value = total
		}
		return 0, &Diverged{Step: l.Step, Loss: value, LR: l.LR, Run: run}
	}
	l.epoch.add(value, l.Logits, l.Y)
	run.Train = l.epoch.metrics()
	loss.Backward()
	l.Optimizer.Step()
	return n, nil
}

// endBatch takes the memory of the step back.
func (l *Loop) endBatch() {
	l.X, l.Logits = nil, nil
	l.scope.End()
}

// draw fills the batch with the next n samples.
func (l *Loop) draw(n int) {
	split := l.Data.Train
	if cap(l.indices) < n {
		l.indices = make([]int, n)
		l.Y = make(tensor.Labels, n*split.Labels())
		l.shape = split.BatchShape(n)
	}
	l.shape[0] = n
	l.X, l.Y, l.indices = l.scope.New(l.shape...), l.Y[:n*split.Labels()], l.indices[:n]
	l.sampler.Indices(l.indices)
	split.BatchInto(l.X, l.Y, l.indices)
}

// measure evaluates on the test split and notes the result.
func (l *Loop) measure(ctx context.Context) error {
	began := time.Now()
	run := l.Run
	if l.Data.Test != nil {
		test, err := Evaluate(ctx, l.Model, l.Data.Test, 0)
		if ctx.Err() != nil {
			return l.interrupted(ctx)
		}
		if err != nil {
			return err
		}
		run.Test = test
	}
	last := run.History[len(run.History)-1]
	stat := EpochStat{
		Epoch:   (run.Steps + run.StepsPerEpoch - 1) / run.StepsPerEpoch,
		Step:    run.Steps,
		Train:   run.Train,
		Test:    run.Test,
		LR:      last.LR,
		Seconds: l.clock.elapsed().Seconds(),
	}
	run.Epochs = append(run.Epochs, stat)
	l.clock.measuring = time.Since(began)
	if run.Test.N > 0 && !finite(run.Test.Loss) {
		return &Diverged{Step: run.Steps, Loss: run.Test.Loss, LR: last.LR, Run: run}
	}
	return l.each(func(h Hook) error { return h.Measured(l, stat) })
}

// each calls all hooks in order, until one fails.
func (l *Loop) each(call func(Hook) error) error {
	for _, h := range l.hooks {
		if err := call(h); err != nil {
			return hookError(h, l.Step, err)
		}
	}
	return nil
}

func hookError(h Hook, step int, err error) error {
	return fmt.Errorf("%s at step %d: %w", h.Name(), step, err)
}

func (l *Loop) interrupted(ctx context.Context) error {
	l.Run.Interrupted = true
	return &Interrupted{Step: l.Run.Steps, Steps: l.Run.Planned, Cause: context.Cause(ctx)}
}
