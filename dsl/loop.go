package dsl

import (
	"fmt"

	"setun/runtime/qat/runlog"
	"setun/runtime/qat/train"
)

// Validation sets n samples of the training data apart for [Fit] to measure with
// on the way; the test data are then for the end alone. Which ones is decided by
// [Seed].
//
//	Fit(model, mnist, Validation(5000), EarlyStop(5))
func Validation(n int) FitOption {
	positive("Validation", n)
	return fitOption(func(f *fitting) { f.config.Validation = n })
}

// MeasureEvery makes [Fit] measure after every so many steps in place of after
// every epoch.
//
//	Fit(model, mnist, Validation(1000), MeasureEvery(200))
func MeasureEvery(steps int) FitOption {
	positive("MeasureEvery", steps)
	return fitOption(func(f *fitting) { f.config.MeasureEvery = steps })
}

// Accumulate makes one step of n batches: their gradients add up to those of a
// batch n times as large, in the memory of one.
//
//	Fit(model, mnist, Batch(32), Accumulate(4))
func Accumulate(n int) FitOption {
	positive("Accumulate", n)
	return fitOption(func(f *fitting) { f.config.Accumulate = n })
}

// Clip shrinks the gradients of a step to that norm, of all of them together,
// where it is larger (Pascanu et al., 1211.5063). The norms are in the run's
// History.
//
//	Fit(lm, text, Clip(1))
func Clip(norm float64) FitOption {
	if !(norm > 0) {
		panic(fmt.Errorf("Clip(%v): want more than 0", norm))
	}
	return fitOption(func(f *fitting) { f.config.Clip = norm })
}

// Hooks are parts of a run of your own: types with the methods of train.Hook, of
// which train.NoHook has all but the name.
//
//	type Printer struct{ train.NoHook }
//	func (Printer) Name() string { return "Printer" }
//	func (Printer) AfterStep(l *train.Loop) error {
//		fmt.Println(l.Step, l.Run.Train.Loss)
//		return nil
//	}
//
//	Fit(model, mnist, Hooks(Printer{}))
func Hooks(hooks ...train.Hook) FitOption {
	return fitOption(func(f *fitting) { f.config.Hooks = append(f.config.Hooks, hooks...) })
}

// Checkpoints keeps the state of a run in a folder: after [Every] so many steps,
// or without that at every measurement, and when the run ends or is interrupted.
// Files are written while the run goes on. [KeepLast] of them stay, 2 if not
// given, and [KeepBest] of those with the smallest loss.
//
//	Fit(model, mnist, Checkpoints("runs/a", Every(500), KeepBest(3)), Resume("runs/a"))
//
// A file is in the safetensors format, which other programs can read the weights
// from.
func Checkpoints(folder string, opts ...CheckpointOption) FitOption {
	c := train.Checkpoints{Folder: folder}
	for _, o := range opts {
		o.applyCheckpoints(&c)
	}
	return fitOption(func(f *fitting) {
		hook := c // of this run
		f.config.Hooks = append(f.config.Hooks, &hook)
	})
}

// A CheckpointOption is an option of [Checkpoints]: [Every], [KeepLast],
// [KeepBest].
type CheckpointOption interface{ applyCheckpoints(*train.Checkpoints) }

type checkpointOption func(*train.Checkpoints)

func (o checkpointOption) applyCheckpoints(c *train.Checkpoints) { o(c) }

// Every is the number of steps from one of [Checkpoints] to the next, from one look
// of [Monitor] to the next, or from one line of [Log] to the next.
//
//	Fit(model, mnist, Checkpoints("runs/a", Every(500)), Monitor(Every(50)))
func Every(steps int) Interval {
	positive("Every", steps)
	return Interval(steps)
}

// An Interval is a number of steps; see [Every].
type Interval int

func (i Interval) applyCheckpoints(c *train.Checkpoints) { c.Every = int(i) }
func (i Interval) applyMonitor(m *train.Monitor)         { m.Every = int(i) }
func (i Interval) applyLog(l *runlog.Log)                { l.Every = int(i) }

// KeepLast is how many of the newest [Checkpoints] stay.
//
//	Fit(model, mnist, Checkpoints("runs/a", KeepLast(5)))
func KeepLast(n int) CheckpointOption {
	positive("KeepLast", n)
	return checkpointOption(func(c *train.Checkpoints) { c.KeepLast = n })
}

// KeepBest is how many of the [Checkpoints] with the smallest loss stay, beside
// the newest.
//
//	Fit(model, mnist, Validation(5000), Checkpoints("runs/a", KeepBest(3)))
func KeepBest(n int) CheckpointOption {
	positive("KeepBest", n)
	return checkpointOption(func(c *train.Checkpoints) { c.KeepBest = n })
}

// Resume makes [Fit] go on from the newest of [Checkpoints] in a folder, or from
// one file. A folder without one begins the run, so that the same call begins it
// and goes on with it, however it was stopped; the numbers are the same to the bit.
// Model, data and options must be those of the run that was saved.
//
//	Fit(model, mnist, Epochs(5), Checkpoints("runs/a"), Resume("runs/a"))
func Resume(path string) FitOption {
	if path == "" {
		panic(fmt.Errorf("Resume: want the folder of the checkpoints, or one of them"))
	}
	return fitOption(func(f *fitting) { f.config.Resume = path })
}

// OnDivergence is what [Fit] does when the loss is no longer a number or, with
// [Spike], jumps: it goes back as [Rollback] says, or without that ends.
//
//	Fit(model, mnist, OnDivergence(Rollback(2), Spike(10)))
func OnDivergence(opts ...DivergenceOption) FitOption {
	var g train.Guard
	for _, o := range opts {
		o.applyGuard(&g)
	}
	return fitOption(func(f *fitting) { f.config.OnDivergence = g })
}

// A DivergenceOption is an option of [OnDivergence]: [Rollback], [Spike].
type DivergenceOption interface{ applyGuard(*train.Guard) }

type divergenceOption func(*train.Guard)

func (o divergenceOption) applyGuard(g *train.Guard) { o(g) }

// Rollback lets a run that diverges go back up to n times to a state that was
// good, up to a hundred steps ago, and on from there at half the learning rate.
//
//	Fit(model, mnist, OnDivergence(Rollback(2)))
func Rollback(n int) DivergenceOption {
	positive("Rollback", n)
	return divergenceOption(func(g *train.Guard) { g.Rollback = n })
}

// Spike takes a loss for diverged when it is more than so many times the average
// of the last steps.
//
//	Fit(model, mnist, OnDivergence(Spike(5)))
func Spike(times float64) DivergenceOption {
	if !(times > 1) {
		panic(fmt.Errorf("Spike(%v): want more than 1", times))
	}
	return divergenceOption(func(g *train.Guard) { g.Spike = times })
}
