package train

import (
	"context"
	"math"
	"runtime"

	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
)

// Fit trains m on d.Train, and measures it on d.Test (if there is one) after
// every epoch and at the end. It changes the parameters of m and nothing else:
// d.Train.Next goes on from where it stood. The batch and what is computed from
// it belong to the [tensor.Scope] of the step: a layer or a hook that wants to
// have a tensor beyond it says Keep.
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
	l, err := newLoop(m, d, c)
	if err != nil {
		return nil, err
	}
	run = l.Run
	return run, l.run(ctx)
}

// run trains, and lets every hook finish however that ended.
func (l *Loop) run(ctx context.Context) (err error) {
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
	return l.train(ctx)
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
	measurements, each := 0, 0
	if l.Data.Test != nil {
		measurements, each = p.Epochs-len(run.Epochs), l.Data.Test.Len()
	}
	p.ETA = l.clock.left(perStep*float64(run.Planned-run.Steps), measurements, each)
	run.Config.Observe(p)
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
