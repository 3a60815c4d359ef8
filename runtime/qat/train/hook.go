package train

import (
	"cmp"
	"slices"

	"setun/runtime/tensor"
)

// A Loss gives the mean loss of a batch as a scalar, from the network's output
// [B·…, C] and the labels of its rows. A nil Loss is [tensor.CrossEntropy].
type Loss func(logits *tensor.Tensor, y tensor.Labels) *tensor.Tensor

// A Hook takes part in a run: it adds to the loss, changes the model between
// steps, measures, writes. Embed a [NoHook] and write the methods that you need.
//
// All methods are called on the goroutine that trains, those of several hooks in
// the order of [Ordered] and then of [Config].Hooks. An error ends the run.
type Hook interface {
	// Name tells hooks apart, in errors and in checkpoints.
	Name() string
	// Start is called before the first step, and again whenever the run goes on:
	// after an interrupt, and in a new process with what State said in the old one;
	// there the weights are still to come. It may change schemes and parameters.
	Start(l *Loop) error
	// BeforeStep is called when number and learning rate of the step are known,
	// and before its batch is drawn.
	BeforeStep(l *Loop) error
	// Loss may return another loss in place of the one given, such as it plus a
	// term of its own. The batch is in l.X, l.Y and l.Logits; Backward is to come.
	Loss(l *Loop, loss *tensor.Tensor) *tensor.Tensor
	// AfterStep is called when the weights are new.
	AfterStep(l *Loop) error
	// Measured is called after a measurement.
	Measured(l *Loop, stat EpochStat) error
	// Finish is called when the run ends or is interrupted. An error of the run
	// is in l.Err.
	Finish(l *Loop) error
}

// Ordered is a hook with a place among others: lower priorities come first.
// Hooks that are not Ordered have 0.
type Ordered interface{ Priority() int }

// StatefulHook is a hook that remembers something from step to step, which a
// checkpoint must hold for a resumed run to be the same. SetState is called
// before Start.
type StatefulHook interface {
	State() ([]byte, error)
	SetState(state []byte) error
}

// GradientHook is a hook that looks at the gradients of a step when they are all
// there, before they are clipped and the weights change.
type GradientHook interface{ Gradients(l *Loop) error }

// SchemeHook is a hook that changes what layers compute with during a run: a run
// that goes on from a checkpoint may find them changed already.
type SchemeHook interface{ ChangesSchemes() }

// WrittenHook is a hook that a file can hold: by the words of a cell that make it,
// numbers and all, such as GridPenalty(1). "" is none of those.
type WrittenHook interface{ Recipe() string }

// NoHook is a Hook that does nothing, to be embedded.
type NoHook struct{}

// Start does nothing.
func (NoHook) Start(*Loop) error { return nil }

// BeforeStep does nothing.
func (NoHook) BeforeStep(*Loop) error { return nil }

// Loss returns the loss.
func (NoHook) Loss(_ *Loop, loss *tensor.Tensor) *tensor.Tensor { return loss }

// AfterStep does nothing.
func (NoHook) AfterStep(*Loop) error { return nil }

// Measured does nothing.
func (NoHook) Measured(*Loop, EpochStat) error { return nil }

// Finish does nothing.
func (NoHook) Finish(*Loop) error { return nil }

// inOrder returns the hooks by priority, equals as they were.
func inOrder(hooks []Hook) []Hook {
	priority := func(h Hook) int {
		if o, ok := h.(Ordered); ok {
			return o.Priority()
		}
		return 0
	}
	sorted := slices.Clone(hooks)
	slices.SortStableFunc(sorted, func(a, b Hook) int { return cmp.Compare(priority(a), priority(b)) })
	return sorted
}
