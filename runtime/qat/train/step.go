package train

import (
	"context"
	"fmt"
	"math"
	"time"

	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

// step learns from the next samples.
func (l *Loop) step(ctx context.Context) error {
	began := time.Now()
	run := l.Run
	if run.Steps%run.StepsPerEpoch == 0 {
		l.epoch = tally{}
	}
	l.Step = run.Steps + 1
	l.LR = l.rateAt(run.Steps)
	l.Optimizer.SetLR(l.LR)
	if decay := run.Config.Decay; decay != nil {
		l.Optimizer.SetDecay(l.along(decay, run.Steps))
	}
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
	l.lessAtOnce()
	l.rest(ctx, time.Since(began))
	l.clock.step(time.Since(began), samples, run.Steps)
	for _, h := range l.hooks {
		if err := h.AfterStep(l); err != nil {
			return hookError(h, l.Step, err)
		}
	}
	return nil
}

// rateAt is the learning rate of the step after so many.
func (l *Loop) rateAt(steps int) float64 {
	return math.Ldexp(l.rate*l.along(l.Run.Config.Schedule, steps), -l.watch.halvings)
}

// along is the factor of a schedule for the step after so many: each part of the
// plan has the schedule from its beginning.
func (l *Loop) along(s optim.Schedule, steps int) float64 {
	begin, end := 0, 0
	for _, end = range l.Run.plans {
		if steps < end {
			break
		}
		begin = end
	}
	return s(steps-begin, end-begin)
}

// learn takes the samples of a step, a batch at a time, and from them new
// weights.
func (l *Loop) learn() (samples int, err error) {
	run, c := l.Run, &l.Run.Config
	n := min(c.Batch*c.Accumulate, l.sampler.Left())
	loss := 0.0 // mean over the n samples, without what hooks make of it
	for left := n; left > 0; {
		part := min(l.part, left)
		share := float64(part) / float64(n)
		value, total, where := l.addGradients(part, float32(share))
		loss += value * share
		if where != "" {
			if finite(loss) {
				loss = total
			}
			return 0, l.diverged(loss, 0, where)
		}
		left -= part
	}
	if l.watch.spikes(loss, c.OnDivergence) {
		return 0, l.diverged(loss, 0, fmt.Sprintf("the average before it is %.4g", l.watch.average))
	}
	for _, h := range l.hooks {
		if g, ok := h.(GradientHook); ok {
			if err := g.Gradients(l); err != nil {
				return 0, hookError(h, l.Step, err)
			}
		}
	}
	norm := 0.0
	if c.Clip > 0 {
		if norm = l.Optimizer.ClipNorm(c.Clip); !finite(norm) {
			return 0, l.diverged(loss, norm, l.blameGradients())
		}
	}
	run.History = append(run.History, Point{Step: l.Step, Loss: loss, LR: l.LR, GradNorm: norm})
	run.Train = l.epoch.metrics()
	l.Optimizer.Step()
	return n, nil
}

// diverged notes the bad loss and forgets its gradients.
func (l *Loop) diverged(loss, norm float64, where string) error {
	l.Run.History = append(l.Run.History, Point{Step: l.Step, Loss: loss, LR: l.LR, GradNorm: norm})
	l.Optimizer.ClearGrads()
	return &Diverged{Step: l.Step, Loss: loss, LR: l.LR, Where: where, Run: l.Run}
}

// addGradients adds to the gradients those of share times the loss of the next n
// samples. It returns that loss, and what hooks made of it. If one of them is not
// finite, there are no gradients, and where says where that began.
func (l *Loop) addGradients(n int, share float32) (value, total float64, where string) {
	defer l.endBatch()
	l.draw(n)
	l.Logits = l.Model.Forward(l.X)
	loss := l.Run.Config.Loss(l.Logits, l.Y)
	value = float64(loss.Item())
	for _, h := range l.hooks {
		loss = h.Loss(l, loss)
	}
	total = float64(loss.Item())
	switch {
	case !finite(value):
		return value, total, l.blame()
	case !finite(total):
		return value, total, "the loss is finite without what hooks add to it"
	}
	l.epoch.add(value, l.Logits, l.Y)
	if share != 1 {
		loss = tensor.Scale(loss, share)
	}
	loss.Backward()
	return value, total, ""
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
	l.choose()
	split.BatchInto(l.X, l.Y, l.indices)
	l.shorten()
}
