package dsl

import (
	"fmt"
	"strings"

	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/qat/train"
)

// A FitOption is an option of [Fit]: [Epochs], [Steps], [Batch], [Seed], an
// [Optimizer] ([AdamW], [SGD]), a [Schedule] ([Cosine], [LinearDecay],
// [Constant]), [Warmup], and what takes part in the loop ([Checkpoints],
// [Validation], [Hooks] and others).
type FitOption interface{ applyFit(*fitting) }

// fitting is what the options of one Fit add up to.
type fitting struct {
	cell    Cell
	config  train.Config
	warmup  int
	schemes []nn.Option

	settings     *train.Settings // for what is not said otherwise; nil: none
	settingsPath string
}

func (c Cell) applyFit(f *fitting) { f.cell = c }

// fitOption is an option that is no more than its effect.
type fitOption func(*fitting)

func (o fitOption) applyFit(f *fitting) { o(f) }

// Epochs is the number of passes over the training data, 5 if not given.
//
//	Fit(model, mnist, Epochs(5))
//	run.Continue(Epochs(5))
func Epochs(n int) Length {
	positive("Epochs", n)
	return Length{epochs: n}
}

// Steps is the number of batches to train for, in place of [Epochs].
//
//	Fit(model, mnist, Steps(200))
//	run.Continue(Steps(200))
func Steps(n int) Length {
	positive("Steps", n)
	return Length{steps: n}
}

// A Length is how long to train: [Epochs] or [Steps].
type Length struct{ epochs, steps int }

func (l Length) applyFit(f *fitting) {
	if l.epochs > 0 {
		f.config.Epochs = l.epochs
	} else {
		f.config.Steps = l.steps
	}
}

func (l Length) applyContinue(c *continuing) {
	c.epochs += l.epochs
	c.steps += l.steps
}

// String is the option as a cell writes it.
func (l Length) String() string {
	if l.epochs > 0 {
		return fmt.Sprintf("Epochs(%d)", l.epochs)
	}
	return fmt.Sprintf("Steps(%d)", l.steps)
}

// Batch is the number of samples in a batch, 128 if not given. The last batch of
// an epoch holds what is left.
//
//	Fit(model, mnist, Batch(64))
func Batch(n int) FitOption {
	positive("Batch", n)
	return fitOption(func(f *fitting) { f.config.Batch = n })
}

// Seed names the order in which [Fit] deals out the samples. Without it the
// order is that of the model's own seed, so that model.Init(7) names the whole
// experiment.
//
//	Fit(model, mnist, Seed(7))
func Seed(seed uint64) FitOption {
	if seed == 0 {
		panic(fmt.Errorf("Seed(0): want at least 1"))
	}
	return fitOption(func(f *fitting) { f.config.Seed = seed })
}

func positive(name string, n int) {
	if n < 1 {
		panic(fmt.Errorf("%s(%d): want at least 1", name, n))
	}
}

// Warmup raises the learning rate from 0 over the first steps of [Fit]; the
// [Schedule] then takes the steps that are left.
//
//	Fit(model, mnist, AdamW(1e-3), Warmup(100), Cosine())
func Warmup(steps int) FitOption {
	positive("Warmup", steps)
	return fitOption(func(f *fitting) { f.warmup = steps })
}

// resolve is the configuration that the options add up to.
func (f *fitting) resolve() train.Config {
	c := f.config
	if f.warmup > 0 {
		if c.Schedule == nil {
			c.Schedule, c.ScheduleName = optim.Constant, "Constant()"
		}
		c.Schedule = optim.Warmup(f.warmup, c.Schedule)
		c.ScheduleName = fmt.Sprintf("Warmup(%d, %s)", f.warmup, c.ScheduleName)
	}
	if f.settings != nil {
		if err := settle(&c, f.settings); err != nil {
			panic(fmt.Errorf("%s: %s", f.settingsPath, strings.ReplaceAll(err.Error(), "\n", "; ")))
		}
	}
	return c
}
