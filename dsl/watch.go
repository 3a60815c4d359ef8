package dsl

import (
	"fmt"

	"setun/runtime/qat/runlog"
	"setun/runtime/qat/train"
)

// Monitor shows, beside the losses of a [Fit], how its weights do: the share of
// quantised weights that change their code in a step, the share that is zero, and
// the norms of the gradients, layer by layer. It looks [Every] 20 steps, if not
// told otherwise; the numbers are in the run's Health.
//
//	run := Fit(model, mnist, Monitor())
//	run.Health
func Monitor(opts ...MonitorOption) FitOption {
	var m train.Monitor
	for _, o := range opts {
		o.applyMonitor(&m)
	}
	return fitOption(func(f *fitting) {
		hook := m // of this run
		f.config.Hooks = append(f.config.Hooks, &hook)
	})
}

// A MonitorOption is an option of [Monitor]: [Every].
type MonitorOption interface{ applyMonitor(*train.Monitor) }

// Log writes the numbers of a run to a folder: metrics.jsonl, a line of JSON for
// each step and each measurement, and event files that TensorBoard shows.
//
//	Fit(model, mnist, Log("runs/a"))
//	// then, in a shell: tensorboard --logdir runs
func Log(folder string, opts ...LogOption) FitOption {
	l := runlog.Log{Folder: folder}
	for _, o := range opts {
		o.applyLog(&l)
	}
	return fitOption(func(f *fitting) {
		f.config.Hooks = append(f.config.Hooks, &runlog.Log{Folder: l.Folder, Every: l.Every})
	})
}

// A LogOption is an option of [Log]: [Every].
type LogOption interface{ applyLog(*runlog.Log) }

// EarlyStop ends a [Fit] when the loss has not become smaller for so many
// measurements: that of the validation samples (see [Validation]), or where there
// are none of the test samples, which then are no test of anything unseen. With
// [Settled] it also ends when the codes of the weights hardly change any more.
//
//	Fit(model, mnist, Epochs(100), Validation(5000), EarlyStop(5))
func EarlyStop(patience int, opts ...EarlyStopOption) FitOption {
	positive("EarlyStop", patience)
	e := train.EarlyStop{Patience: patience}
	for _, o := range opts {
		o.applyEarlyStop(&e)
	}
	return fitOption(func(f *fitting) {
		f.config.Hooks = append(f.config.Hooks, &train.EarlyStop{Patience: e.Patience, Delta: e.Delta, Flips: e.Flips})
	})
}

// An EarlyStopOption is an option of [EarlyStop]: [By], [Settled].
type EarlyStopOption interface{ applyEarlyStop(*train.EarlyStop) }

type earlyStopOption func(*train.EarlyStop)

func (o earlyStopOption) applyEarlyStop(e *train.EarlyStop) { o(e) }

// By is how much smaller a loss has to be for [EarlyStop] to count.
//
//	Fit(model, mnist, EarlyStop(5, By(1e-3)))
func By(delta float64) EarlyStopOption {
	if !(delta > 0) {
		panic(fmt.Errorf("By(%v): want more than 0", delta))
	}
	return earlyStopOption(func(e *train.EarlyStop) { e.Delta = delta })
}

// Settled lets [EarlyStop] end a run also when less than this share of the
// quantised weights has changed its code from one measurement to the next.
//
//	Fit(model, mnist, EarlyStop(5, Settled(1e-3)))
func Settled(share float64) EarlyStopOption {
	if !(share > 0 && share < 1) {
		panic(fmt.Errorf("Settled(%v): want more than 0 and less than 1", share))
	}
	return earlyStopOption(func(e *train.EarlyStop) { e.Flips = share })
}

// Average keeps the exponential running average of the weights in a [Fit] and
// measures it beside the weights themselves: the run's Averaged has what it would
// do. Mind ternary layers: their average is rounded anew, which need not be better.
//
//	run := Fit(model, mnist, Average(0.999))
//	run.Averaged[len(run.Averaged)-1].Test.Accuracy
func Average(decay float64) FitOption {
	if !(decay > 0 && decay < 1) {
		panic(fmt.Errorf("Average(%v): want more than 0 and less than 1", decay))
	}
	return fitOption(func(f *fitting) { f.config.Hooks = append(f.config.Hooks, &train.Average{Decay: decay}) })
}
