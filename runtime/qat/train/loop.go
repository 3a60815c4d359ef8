package train

import (
	"context"
	"fmt"

	"setun/runtime/qat/checkpoint"
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

	// What is being computed, until the step ends: its batch, or a part of it
	// where a step takes several.
	X      *tensor.Tensor // [B, Shape…]
	Y      tensor.Labels  // of the rows of Logits
	Logits *tensor.Tensor // what the model made of X

	Err error // in Finish: why the run ended before its plan did, nil if it did not

	hooks   []Hook
	sampler *data.Sampler
	rate    float64 // the base of the schedule
	scope   *tensor.Scope
	part    int    // samples computed at once, of a batch
	fitted  bool   // part was found for the memory that there is
	indices []int  // of the batch; used again for the next step, as Y is
	shape   []int  // of X
	stop    string // why to stop after this step
	epoch   tally  // of the running epoch
	clock   clock
	watch   watch

	resumed  *checkpoint.File // what the run starts from, until it has started
	updates  []int            // of each parameter, in resumed
	program  string           // SHA-256 of the program and of the data, once named
	dataHash string
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

func newLoop(m nn.Module, d *data.Dataset, c Config) *Loop {
	run := &Run{Model: m, Dataset: d.Name, Config: c, schemes: layerSettings(m)}
	// B·A samples a step, and what is left in the last one of an epoch.
	perStep := c.Batch * c.Accumulate
	run.StepsPerEpoch = (d.Train.Len() + perStep - 1) / perStep
	run.Planned = c.Steps
	if c.Epochs > 0 {
		run.Planned = c.Epochs * run.StepsPerEpoch
	}
	run.plans = []int{run.Planned}
	run.History = make([]Point, 0, min(run.Planned, 1<<20))
	opt := c.Optimizer.For(m)
	opt.On = c.On
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
	if c.On != nil && c.On.Name != tensor.CPU().Name {
		run.Notes = append(run.Notes, "computed on "+c.On.Name)
	}
	l.part, l.watch.kept = c.Batch, -1
	run.loop = l
	l.countMemory()
	return l
}

// countMemory notes what parameters take and what belongs to them.
func (l *Loop) countMemory() {
	run := l.Run
	run.Parameters = 0
	for _, p := range tensor.Distinct(l.Model.Params()) {
		run.Parameters += p.Len()
	}
	run.Memory.Parameters, run.Memory.Gradients = 4*int64(run.Parameters), 4*int64(run.Parameters)
	run.Memory.Optimizer = l.Optimizer.Bytes()
}

// run trains, and lets every hook finish however that ended.
func (l *Loop) run(ctx context.Context) (err error) {
	l.stop, l.Err = "", nil
	if l.resumed != nil {
		l.stop = l.Run.Stopped // there is nothing left of a run that was stopped
	}
	l.Run.Interrupted, l.Run.Stopped = false, ""
	l.clock.start()
	c := &l.Run.Config
	if c.Threads > 0 {
		defer tensor.LimitWorkers(tensor.LimitWorkers(c.Threads))
	}
	if c.Nice {
		if err := lowerPriority(); err != nil {
			l.Run.note("%v", err)
		}
	}
	defer nn.SetTraining(l.Model, nn.SetTraining(l.Model, true))
	defer func() {
		l.keepTime()
		l.clock.pause()
		l.Err = err
		for _, h := range l.hooks {
			if failed := h.Finish(l); failed != nil && err == nil {
				err = hookError(h, l.Step, failed)
			}
		}
	}()
	defer recoverError(&err)
	if err := l.begin(); err != nil {
		return err
	}
	return l.train(ctx)
}

// begin starts the hooks, and from a checkpoint if there is one.
func (l *Loop) begin() error {
	f := l.resumed
	if f != nil {
		if err := l.restoreHooks(f); err != nil {
			return err
		}
	}
	if err := l.each(func(h Hook) error { return h.Start(l) }); err != nil {
		return err
	}
	if f != nil {
		// Only now does the model have the parameters that it had: a hook may have
		// given it some.
		if err := l.restoreArrays(f); err != nil {
			return err
		}
		l.resumed, l.updates = nil, nil
	}
	if l.fitted {
		return nil
	}
	l.fitted = true
	return l.fitMemory()
}

// train makes the steps that are left of the plan.
func (l *Loop) train(ctx context.Context) error {
	run := l.Run
	for {
		if l.toMeasure() {
			if err := l.measure(ctx); err != nil {
				return err
			}
			l.observe(true)
		}
		if run.Steps == run.Planned || l.stop != "" {
			run.Stopped = l.stop
			return l.test(ctx)
		}
		if ctx.Err() != nil {
			return l.interrupted(ctx)
		}
		if err := l.keepGood(); err != nil {
			return err
		}
		if err := l.step(ctx); err != nil {
			bad, diverged := err.(*Diverged)
			if !diverged {
				return err
			}
			if err := l.rollBack(bad); err != nil {
				return err
			}
			continue
		}
		l.observe(false)
	}
}

// each calls all hooks in order, until one fails.
func (l *Loop) each(call func(Hook) error) error {
	for _, h := range l.hooks {
		if err := call(h); err != nil {
			return hookError(h, l.Run.Steps, err)
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
