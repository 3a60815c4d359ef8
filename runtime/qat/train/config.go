package train

import (
	"errors"
	"fmt"

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
	// Optimizer is AdamW with a rate of 1e-3 if nil.
	Optimizer optim.Spec
	// Schedule scales the optimiser's rate over the run; constant if nil.
	Schedule optim.Schedule
	// Loss is what is to become small, cross-entropy if nil.
	Loss Loss
	// Hooks take part in the run.
	Hooks []Hook
	// Seed names the order of the samples; 0 means the seed of the model, if it
	// has one (a method Seed() uint64), and else 1.
	Seed uint64
	// On is the device that computes the steps, the processors if nil.
	On *tensor.Device
	// Observe, if not nil, is called after every step and after every
	// measurement, on the goroutine that trains: it should be quick.
	Observe func(Progress)
}

// filled is c with its defaults filled in for model m and d, or what is wrong.
func (c Config) filled(m nn.Module, d *data.Dataset) (Config, error) {
	switch {
	case m == nil:
		return c, errors.New("train: no model to train")
	case d == nil || d.Train == nil:
		return c, errors.New("train: no data to train with")
	case c.Epochs < 0 || c.Steps < 0 || c.Batch < 0:
		return c, fmt.Errorf("train: %d epochs, %d steps, batches of %d; want none of them negative", c.Epochs, c.Steps, c.Batch)
	case c.Epochs > 0 && c.Steps > 0:
		return c, fmt.Errorf("train: both %d epochs and %d steps; say one of them", c.Epochs, c.Steps)
	}
	if c.Epochs == 0 && c.Steps == 0 {
		c.Epochs = 5
	}
	if c.Batch == 0 {
		c.Batch = 128
	}
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
