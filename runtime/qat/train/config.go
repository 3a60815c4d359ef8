package train

import (
	"cmp"

	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

// Config is how to train. The zero Config is 5 epochs in batches of 128 with
// AdamW at a constant 1e-3.
type Config struct {
	// Epochs is the number of passes over the training split; Steps the number
	// of batches instead. With neither, 5 epochs; both together are an error.
	Epochs, Steps int
	// Batch is the number of samples in a batch, 128 if 0. The last batch of an
	// epoch holds what is left.
	Batch int
	// Accumulate is the number of batches whose gradients make up one step, 1 if
	// 0: the step is that of a batch so many times larger, in the memory of one.
	Accumulate int
	// MeasureEvery is the number of steps from one measurement to the next; 0
	// measures after each epoch.
	MeasureEvery int
	// Validation is the number of samples that are set apart from the training split
	// to measure with on the way; which ones, Seed decides. 0 leaves the data as they
	// are.
	Validation int
	// Optimizer is AdamW with a rate of 1e-3 if nil.
	Optimizer optim.Spec
	// Schedule scales the optimiser's rate over the run; constant if nil.
	// ScheduleName is how it is written in a cell.
	Schedule     optim.Schedule
	ScheduleName string
	// Decay scales the optimiser's weight decay over the run; constant if nil.
	// DecayName is how it is written in a cell.
	Decay     optim.Schedule
	DecayName string
	// Clip is the most that the norm of all gradients together may be: larger ones
	// are shrunk to it. 0 lets them be.
	Clip float64
	// OnDivergence is what to do when the loss is no longer a number.
	OnDivergence Guard
	// Loss is what is to become small, cross-entropy if nil. LossName is how it is
	// written in a cell.
	Loss     Loss
	LossName string
	// Hooks take part in the run.
	Hooks []Hook
	// Memory is the most bytes that the training may take; 0 for any. A batch that
	// does not fit is computed in parts that add up, and language models compute
	// their blocks again for the backward before parts become very small. The sums
	// of parts are rounded differently: Memory is part of what names a run.
	Memory int64
	// Threads is how many processors may work at once; all if 0. The limit is the
	// process's while the run goes on.
	Threads int
	// Share is the share of the time in which the machine is used, above 0 and at
	// most 1: it rests after each step. 0 is all of it.
	Share float64
	// Nice lowers the priority of the process, which nothing can raise again.
	Nice bool
	// Seed names the order of the samples; 0 means the seed of the model, if it
	// has one (a method Seed() uint64), and else 1.
	Seed uint64
	// Resume is a checkpoint to start from, or a folder of them, whose newest is
	// taken; a folder without one starts the run from its beginning. The run must
	// be the one that was saved.
	Resume string
	// Code names the code that makes the run, such as a hash of a notebook's cells;
	// the SHA-256 of the program if "". A checkpoint keeps it: a run that goes on with
	// other code says so.
	Code string
	// On is the device that computes the steps, the processors if nil.
	On *tensor.Device
	// Observe, if not nil, is called after every step and after every
	// measurement, on the goroutine that trains: it should be quick.
	Observe func(Progress)
}

// filled is c with its defaults filled in for model m and d, or all that is wrong
// with it.
func (c Config) filled(m nn.Module, d *data.Dataset) (Config, error) {
	var wrong faults
	if m == nil {
		wrong.add("no model to train")
	} else if len(m.Params()) == 0 {
		wrong.add("the model has no parameters to train")
	}
	if d == nil || d.Train == nil {
		wrong.add("no data to train with")
	}
	c.check(&wrong)
	if err := wrong.err(); err != nil {
		return c, err
	}
	if c.Epochs == 0 && c.Steps == 0 {
		c.Epochs = 5
	}
	c.Batch = cmp.Or(c.Batch, 128)
	c.Accumulate = cmp.Or(c.Accumulate, 1)
	if c.Optimizer == nil {
		c.Optimizer = optim.NewAdamW(1e-3)
	}
	if c.Schedule == nil {
		c.Schedule = optim.Constant
	}
	if c.Loss == nil {
		c.Loss = tensor.CrossEntropy
	}
	if c.Seed == 0 {
		c.Seed = 1
		if seeded, ok := m.(interface{ Seed() uint64 }); ok {
			c.Seed = seeded.Seed()
		}
	}
	return c, nil
}

// check notes what is wrong with c whatever it is to train.
func (c *Config) check(wrong *faults) {
	for _, n := range []struct {
		name  string
		value int
	}{
		{"the number of epochs", c.Epochs},
		{"the number of steps", c.Steps},
		{"the batch", c.Batch},
		{"the number of batches in a step", c.Accumulate},
		{"the number of steps between measurements", c.MeasureEvery},
		{"the number of samples to validate with", c.Validation},
	} {
		wrong.need(n.name, n.value, 0)
		if n.value > maxSteps {
			wrong.add("%s is %d; want at most %d", n.name, n.value, maxSteps)
		}
	}
	wrong.need("the number of threads", c.Threads, 0)
	if c.Memory < 0 {
		wrong.add("the memory is %d bytes; want at least 0", c.Memory)
	}
	if !(c.Share >= 0 && c.Share <= 1) {
		wrong.add("the share of the time is %v; want more than 0 and at most 1", c.Share)
	}
	g := c.OnDivergence
	wrong.need("the number of rollbacks", g.Rollback, 0)
	if g.Rollback > maxHalvings {
		wrong.add("%d rollbacks; want at most %d", g.Rollback, maxHalvings)
	}
	wrong.need("the number of steps between states to go back to", g.Every, 0)
	if !(g.Spike == 0 || g.Spike > 1 && finite(g.Spike)) {
		wrong.add("a spike is %v times the average loss; want more than 1, or 0 for none", g.Spike)
	}
	if !(c.Clip >= 0 && finite(c.Clip)) {
		wrong.add("gradients are clipped at %v; want at least 0", c.Clip)
	}
	if c.Epochs > 0 && c.Steps > 0 {
		wrong.add("both %d epochs and %d steps; say one of them", c.Epochs, c.Steps)
	}
	names := map[string]bool{}
	for i, h := range c.Hooks {
		switch {
		case h == nil:
			wrong.add("hook %d is nil", i)
		case names[h.Name()]:
			wrong.add("two hooks named %s; a checkpoint could not tell them apart", h.Name())
		default:
			names[h.Name()] = true
		}
	}
}
