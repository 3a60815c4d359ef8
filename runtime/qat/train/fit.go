package train

import (
	"context"
	"math"
	"runtime"

	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
)

// Fit trains m on d.Train, and measures it after every epoch, or as often as c
// says, and at the end: on d.Validation and at the end on d.Test, or where there
// is no validation split always on d.Test. It changes the parameters of m and nothing else:
// d.Train.Next goes on from where it stood. The batch and what is computed from
// it belong to the [tensor.Scope] of the step: a layer or a hook that wants to
// have a tensor beyond it says Keep. Sequences of text that are longer than m
// takes are cut.
//
// If ctx ends, Fit stops after the current step with an *Interrupted error and
// the run so far; if the loss stops being a number, with a *Diverged error and
// the run so far. Errors of the model, such as a *tensor.ShapeError, are
// returned as they are. The run is nil only if nothing could be started.
func Fit(ctx context.Context, m nn.Module, d *data.Dataset, c Config) (run *Run, err error) {
	defer recoverError(&err)
	c, err = c.filled(m, d)
	if err != nil {
		return nil, err
	}
	if c.Validation > 0 {
		if d, err = d.WithValidation(c.Validation, c.Seed); err != nil {
			return nil, err
		}
	}
	l := newLoop(m, d.UpTo(nn.LongestInput(m)), c)
	if c.Resume != "" {
		if err := l.resume(c.Resume); err != nil {
			return nil, err
		}
	}
	return l.Run, l.run(ctx)
}

// observe tells the observer how far the run is.
func (l *Loop) observe(measured bool) {
	run := l.Run
	l.keepTime()
	if run.Config.Observe == nil {
		return
	}
	last := run.History[len(run.History)-1]
	p := Progress{
		Run:              run,
		Epoch:            (run.Steps + run.StepsPerEpoch - 1) / run.StepsPerEpoch,
		Epochs:           (run.Planned + run.StepsPerEpoch - 1) / run.StepsPerEpoch,
		Step:             run.Steps,
		Steps:            run.Planned,
		Loss:             last.Loss,
		LR:               last.LR,
		SamplesPerSecond: l.clock.throughput(),
		Elapsed:          l.clock.elapsed(),
		Measured:         measured,
	}
	perStep := float64(l.Data.Train.Len()) / float64(run.StepsPerEpoch)
	measurements, each := l.measurementsLeft()
	p.ETA = l.clock.left(perStep*float64(run.Planned-run.Steps), measurements, each)
	run.Config.Observe(p)
}

// measurementsLeft is how many measurements are to come, and of how many samples
// each.
func (l *Loop) measurementsLeft() (n, samples int) {
	split, every := l.Data.Validation, l.measureEvery()
	if split == nil {
		split = l.Data.Test
	}
	if split == nil {
		return 0, 0
	}
	return (l.Run.Planned+every-1)/every - l.Run.Steps/every, split.Len()
}

// keepTime brings the run's times and memory up to date.
func (l *Loop) keepTime() {
	l.Run.Memory.Activations = l.scope.Usage().Peak
	l.Run.Seconds = l.clock.elapsed().Seconds()
	l.Run.SamplesPerSecond = l.clock.average()
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// recoverError turns the typed panics of the rooms below into an error. What is
// not meant for people, a bug, goes on as a panic.
func recoverError(err *error) {
	switch v := recover().(type) {
	case nil:
	case runtime.Error:
		panic(v)
	case error:
		*err = v
	default:
		panic(v)
	}
}
