package dsl

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/train"
)

// BatchFor is the largest batch with which training model on d takes no more than
// a memory such as "512MB" or "2GiB", found by making steps that are thrown away.
// Of the options it minds the [Optimizer] and the [Loss].
//
//	Fit(model, mnist, Batch(BatchFor(model, mnist, "512MB")))
func BatchFor(model nn.Module, d *data.Dataset, memory string, opts ...FitOption) int {
	limit, err := bytesOf(memory)
	if err != nil {
		panic(fmt.Errorf("BatchFor: %w", err))
	}
	if model == nil || d == nil || d.Train == nil {
		panic(errors.New("BatchFor: want a model and data to train with, got nil"))
	}
	var f fitting
	for _, o := range opts {
		o.applyFit(&f)
	}
	n, err := train.BatchFor(model, d.Train, f.resolve(), limit)
	if err != nil {
		panic(err)
	}
	return n
}

// Memory is the most that a [Fit] may take, such as "512MB": parameters,
// gradients, the optimiser's state and what a step computes. A batch that does not
// fit is computed in parts whose gradients add up; a language model computes its
// blocks again for the backward before the parts become very small; and only a
// single sample that does not fit is an error.
//
//	Fit(lm, text, Batch(64), Memory("1GB"))
func Memory(limit string) FitOption {
	bytes, err := bytesOf(limit)
	if err != nil {
		panic(fmt.Errorf("Memory: %w", err))
	}
	return fitOption(func(f *fitting) { f.config.Memory = bytes })
}

// units are those of memory.
var units = []struct {
	name  string
	bytes float64
}{
	{"KiB", 1 << 10},
	{"MiB", 1 << 20},
	{"GiB", 1 << 30},
	{"kB", 1e3},
	{"KB", 1e3},
	{"MB", 1e6},
	{"GB", 1e9},
	{"B", 1},
}

// bytesOf reads a memory.
func bytesOf(text string) (int64, error) {
	for _, u := range units {
		if digits, ok := strings.CutSuffix(text, u.name); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
			if bytes := n * u.bytes; err == nil && bytes >= 1 && bytes < 1<<60 {
				return int64(bytes), nil
			}
			break
		}
	}
	return 0, fmt.Errorf("%q is no memory; want one such as 512MB or 2GiB", text)
}

// Threads is how many processors [Fit] may use at once. The numbers are the same
// with any.
//
//	Fit(model, mnist, Threads(1))
func Threads(n int) FitOption {
	positive("Threads", n)
	return fitOption(func(f *fitting) { f.config.Threads = n })
}

// Nice makes the kernel, or the program, give way to whatever else wants the
// processors, from this [Fit] on: nothing can make it less nice again.
//
//	Fit(model, mnist, Nice())
func Nice() FitOption { return fitOption(func(f *fitting) { f.config.Nice = true }) }

// Frugal makes [Fit] use one processor and no more than that share of the time: it
// rests after each step, so that the machine stays cool and free for others. The
// numbers are the same, later.
//
//	Fit(model, mnist, Frugal(0.3))
func Frugal(share float64) FitOption {
	if !(share > 0 && share <= 1) {
		panic(fmt.Errorf("Frugal(%v): want more than 0 and at most 1", share))
	}
	return fitOption(func(f *fitting) { f.config.Share, f.config.Threads = share, 1 })
}
