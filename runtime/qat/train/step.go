package train

import (
	"time"

	"setun/runtime/tensor"
)

// step learns from the next samples.
func (l *Loop) step() error {
	began := time.Now()
	run := l.Run
	if run.Steps%run.StepsPerEpoch == 0 {
		l.epoch = tally{}
	}
	l.Step = run.Steps + 1
	l.LR = l.rate * l.factor(run.Steps)
	l.Optimizer.SetLR(l.LR)
	for _, h := range l.hooks {
		if err := h.BeforeStep(l); err != nil {
			return hookError(h, l.Step, err)
		}
	}
	samples, err := l.learn()
	if err != nil {
		return err
	}
	run.Steps++
	l.clock.step(time.Since(began), samples, run.Steps)
	for _, h := range l.hooks {
		if err := h.AfterStep(l); err != nil {
			return hookError(h, l.Step, err)
		}
	}
	return nil
}

// factor is that of the schedule on the base rate, for the step after so many:
// each part of the plan has a schedule of its own.
func (l *Loop) factor(steps int) float64 {
	begin, end := 0, 0
	for _, end = range l.Run.plans {
		if steps < end {
			break
		}
		begin = end
	}
	return l.Run.Config.Schedule(steps-begin, end-begin)
}

// learn takes the samples of a step, a batch at a time, and from them new
// weights.
func (l *Loop) learn() (samples int, err error) {
	run := l.Run
	n := min(run.Config.Batch*run.Config.Accumulate, l.sampler.Left())
	loss := 0.0 // mean over the n samples, without what hooks make of it
	for left := n; left > 0; {
		part := min(run.Config.Batch, left)
		share := float64(part) / float64(n)
		value, total := l.addGradients(part, float32(share))
		loss += value * share
		if !finite(total) {
			if finite(loss) {
				loss = total
			}
			run.History = append(run.History, Point{Step: l.Step, Loss: loss, LR: l.LR})
			l.Optimizer.ClearGrads()
			return 0, &Diverged{Step: l.Step, Loss: loss, LR: l.LR, Run: run}
		}
		left -= part
	}
	run.History = append(run.History, Point{Step: l.Step, Loss: loss, LR: l.LR})
	run.Train = l.epoch.metrics()
	l.Optimizer.Step()
	return n, nil
}

// addGradients adds to the gradients those of share times the loss of the next n
// samples. It returns that loss, and what hooks made of it; if that is not
// finite, there are no gradients.
func (l *Loop) addGradients(n int, share float32) (value, total float64) {
	defer l.endBatch()
	l.draw(n)
	l.Logits = l.Model.Forward(l.X)
	loss := l.Run.Config.Loss(l.Logits, l.Y)
	value = float64(loss.Item())
	for _, h := range l.hooks {
		loss = h.Loss(l, loss)
	}
	// A loss that is not finite may have become so again in a hook.
	if total = float64(loss.Item()); !finite(value) {
		total = value
	}
	if !finite(total) {
		return value, total
	}
	l.epoch.add(value, l.Logits, l.Y)
	if share != 1 {
		loss = tensor.Scale(loss, share)
	}
	loss.Backward()
	return value, total
}

// endBatch takes the memory of the batch back.
func (l *Loop) endBatch() {
	l.X, l.Logits = nil, nil
	l.scope.End()
}

// draw fills the batch with the next n samples.
func (l *Loop) draw(n int) {
	split := l.Data.Train
	if cap(l.indices) < n {
		l.indices = make([]int, n)
		l.Y = make(tensor.Labels, n*split.Labels())
		l.shape = split.BatchShape(n)
	}
	l.shape[0] = n
	l.X, l.Y, l.indices = l.scope.New(l.shape...), l.Y[:n*split.Labels()], l.indices[:n]
	l.sampler.Indices(l.indices)
	split.BatchInto(l.X, l.Y, l.indices)
}
