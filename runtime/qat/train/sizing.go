package train

import (
	"errors"
	"fmt"

	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

// Measure returns the memory of training m on samples of split, n at once: that
// of the parameters and what belongs to them, and what a step computes, which is
// found by making one, whose gradients are thrown away.
func Measure(m nn.Module, split *data.Split, c Config, n int) (need Memory, err error) {
	defer recoverError(&err)
	if m == nil || split == nil || n < 1 {
		return Memory{}, fmt.Errorf("train: the memory of %d samples a step; want a model, samples, and at least 1", n)
	}
	if c.Optimizer == nil {
		c.Optimizer = optim.NewAdamW(1e-3)
	}
	l := &Loop{Run: &Run{}, Model: m, Optimizer: c.Optimizer.For(m)}
	l.countMemory()
	need = l.Run.Memory
	need.Activations, err = trial(m, split, c, n)
	return need, err
}

// trial makes the forward and backward of n samples and returns the most memory
// that was in use for it. The model is as it was before.
func trial(m nn.Module, split *data.Split, c Config, n int) (bytes int64, err error) {
	if c.Loss == nil {
		c.Loss = tensor.CrossEntropy
	}
	states := nn.NamedStates(m)
	before := make([][]byte, len(states))
	for i, s := range states {
		if before[i], err = s.Layer.State(); err != nil {
			return 0, fmt.Errorf("train: layer %s: %w", s.Name, err)
		}
	}
	defer func() {
		for i, s := range states {
			err = errors.Join(err, s.Layer.SetState(before[i]))
		}
		for _, p := range m.Params() {
			p.ClearGrad()
		}
	}()
	defer nn.SetTraining(m, nn.SetTraining(m, true))
	scope := &tensor.Scope{Private: nn.Builtin(m), On: c.On}
	defer scope.End()
	indices := make([]int, n)
	for i := range indices {
		indices[i] = i % split.Len()
	}
	x, y := scope.New(split.BatchShape(n)...), make(tensor.Labels, n*split.Labels())
	split.BatchInto(x, y, indices)
	c.Loss(m.Forward(x), y).Backward()
	return scope.Usage().Peak, nil
}

// maxBatch is more samples than a batch has any use for.
const maxBatch = 1 << 16

// BatchFor returns the largest batch, up to the number of samples, with which
// training m takes no more than limit bytes: a power of two, or 3/2 of one. It is
// an error, which says how much is needed, if a single sample takes more.
func BatchFor(m nn.Module, split *data.Split, c Config, limit int64) (n int, err error) {
	one, err := Measure(m, split, c, 1)
	if err != nil {
		return 0, err
	}
	if one.Total() > limit {
		return 0, &OutOfMemory{Limit: limit, Needs: one}
	}
	fixed := one.Total() - one.Activations
	fits := func(n int) bool {
		if err != nil || n > min(maxBatch, split.Len()) {
			return false
		}
		var bytes int64
		bytes, err = trial(m, split, c, n)
		return err == nil && fixed+bytes <= limit
	}
	// What a step takes grows with its samples, and not quite in proportion. Trials
	// double up to the first that does not fit, so none takes more than about twice
	// the limit.
	n = 1
	for fits(2 * n) {
		n *= 2
	}
	if n > 1 && fits(n+n/2) {
		n += n / 2
	}
	return n, err
}

// OutOfMemory is a training that does not fit in the memory that it may take.
type OutOfMemory struct {
	Limit int64
	Needs Memory // with a single sample at once
}

func (e *OutOfMemory) Error() string {
	return fmt.Sprintf("training takes %s even with one sample at once (%s for parameters, gradients and optimiser, %s for a step), and may take %s; take a smaller model, or an optimiser that remembers less",
		mib(e.Needs.Total()), mib(e.Needs.Total()-e.Needs.Activations), mib(e.Needs.Activations), mib(e.Limit))
}

// mib writes bytes as MiB.
func mib(bytes int64) string { return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20)) }

// fitMemory finds how many samples are computed at once so that the run takes no more
// than its limit: the whole batch, or parts of it that add up, as small as they
// have to be. Where parts would be very small, blocks that can be computed again
// for the backward are, which costs time but leaves the bits as they are.
func (l *Loop) fitMemory() error {
	c := &l.Run.Config
	if c.Memory == 0 {
		return nil
	}
	fixed := l.Run.Memory.Total()
	tooMuch := func(n int) (bool, error) {
		bytes, err := trial(l.Model, l.Data.Train, *c, n)
		return fixed+bytes > c.Memory, err
	}
	for {
		over, err := tooMuch(l.part)
		if err != nil {
			return err
		}
		if !over {
			break
		}
		if l.part <= max(1, c.Batch/8) && l.recompute() {
			l.Run.note("memory: the blocks of the model are computed again for the backward")
			l.part = c.Batch
			continue
		}
		if l.part == 1 {
			need, err := Measure(l.Model, l.Data.Train, *c, 1)
			if err != nil {
				return err
			}
			return &OutOfMemory{Limit: c.Memory, Needs: need}
		}
		l.part = (l.part + 1) / 2
	}
	if l.part < c.Batch {
		l.Run.note("memory: a batch is computed in parts of %d samples, which add up to it", l.part)
	}
	return nil
}

// lessAtOnce makes the parts smaller if the step took more than it may, because of
// what hooks compute in it.
func (l *Loop) lessAtOnce() {
	limit := l.Run.Config.Memory
	if limit == 0 || l.part == 1 || l.Run.Memory.Total()-l.Run.Memory.Activations+l.scope.Usage().Peak <= limit {
		return
	}
	l.part = (l.part + 1) / 2
	l.scope = &tensor.Scope{Private: l.scope.Private, On: l.scope.On} // whose peak is of parts of this size
	l.Run.note("memory: a step took more than %s; a batch is computed in parts of %d samples", mib(limit), l.part)
}

// recompute makes the language models in the model compute their blocks again for
// the backward, and reports whether there is one that did not.
func (l *Loop) recompute() bool {
	changed := false
	nn.Walk(l.Model, func(_ string, m nn.Module) {
		if lm, ok := m.(*nn.BitNetLM); ok && !lm.Recompute {
			lm.SetRecompute(true)
			changed = true
		}
	})
	return changed
}
