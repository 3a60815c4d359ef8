package curriculum

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/train"
	"setun/runtime/tensor"
)

// Difficulty lets a run learn from the easiest samples first, and from more and
// more of them until it has all.
type Difficulty struct {
	train.NoHook
	// Order is the samples of the training split, easiest first; see [ByLoss].
	Order []int
	First float64 // the share of the samples to begin with, above 0; 0.2 if 0
	Steps int     // until all take part; half of the run if 0
}

// Name is the hook's name in errors.
func (*Difficulty) Name() string { return "curriculum" }

// Start checks the order.
func (d *Difficulty) Start(l *train.Loop) error {
	n := l.Data.Train.Len()
	if len(d.Order) != n {
		return fmt.Errorf("an order of %d samples for a split of %d", len(d.Order), n)
	}
	seen := make([]bool, n)
	for _, i := range d.Order {
		if i < 0 || i >= n || seen[i] {
			return fmt.Errorf("sample %d stands in the order twice, or is none of the %d", i, n)
		}
		seen[i] = true
	}
	if d.First < 0 || d.First > 1 || d.Steps < 0 {
		return fmt.Errorf("a first share of %g over %d steps; want a share of 0 to 1 and no negative steps", d.First, d.Steps)
	}
	return nil
}

// Pool is how many of the easiest of n samples take part in a step.
func (d *Difficulty) Pool(step, steps, n int) int {
	first := d.First
	if first == 0 {
		first = 0.2
	}
	over := d.Steps
	if over == 0 {
		over = max(1, steps/2)
	}
	share := first + (1-first)*min(1, float64(step-1)/float64(over))
	return min(n, max(1, int(share*float64(n))))
}

// Choose puts, in place of sample i of n, the one at i·pool/n in the order: a pass
// over all samples is n/pool passes over the pool.
func (d *Difficulty) Choose(l *train.Loop, indices []int) {
	n := l.Data.Train.Len()
	pool := d.Pool(l.Step, l.Steps, n)
	if pool == n {
		return
	}
	for k, i := range indices {
		indices[k] = d.Order[int(int64(i)*int64(pool)/int64(n))]
	}
}

// ByLoss orders the samples of a split by how much a model errs on each, the least
// first: the mean cross-entropy of its labels. The model is one that has learned
// something, such as a small one, or the same after an epoch.
func ByLoss(ctx context.Context, m nn.Module, split *data.Split) (order []int, err error) {
	if m == nil || split == nil {
		return nil, errors.New("curriculum: want a model to judge by, and a split")
	}
	defer nn.SetTraining(m, nn.SetTraining(m, false))
	scope := &tensor.Scope{Private: nn.Builtin(m), Inference: true}
	losses := make([]float64, split.Len())
	const batch = 256
	indices := make([]int, 0, batch)
	for lo := 0; lo < len(losses); lo += batch {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		indices = indices[:0]
		for i := lo; i < min(lo+batch, len(losses)); i++ {
			indices = append(indices, i)
		}
		x, y := split.Batch(indices)
		logP := tensor.LogSoftmax(m.Forward(scope.Enter(x)))
		p, classes := logP.Peek(), logP.Dim(-1)
		if len(p) != len(y)*classes {
			return nil, fmt.Errorf("curriculum: the model gives %s for %d labels", tensor.FormatShape(logP.Shape()), len(y))
		}
		for row, label := range y {
			if int(label) >= classes {
				return nil, fmt.Errorf("curriculum: label %d is none of the model's %d classes", label, classes)
			}
			losses[lo+row/split.Labels()] -= float64(p[row*classes+int(label)])
		}
		scope.End()
	}
	order = make([]int, len(losses))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(losses[a], losses[b]) })
	return order, nil
}
