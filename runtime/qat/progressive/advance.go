package progressive

import (
	"fmt"

	"setun/runtime/qat/nn"
	"setun/runtime/qat/train"
)

// An Advance says when a phase is over. It looks at the run only, and so has
// nothing to keep for a checkpoint.
type Advance interface {
	// Step is asked after each step; since counts the steps of the phase.
	Step(l *train.Loop, since int) bool
	// Measured is asked after each measurement in the phase.
	Measured(stat train.EpochStat) bool
}

// After ends a phase after so many steps.
type After int

// Step reports whether there were enough.
func (a After) Step(_ *train.Loop, since int) bool { return since >= int(a) }

// Measured reports nothing new.
func (After) Measured(train.EpochStat) bool { return false }

// String is the rule as a cell writes it.
func (a After) String() string { return fmt.Sprintf("AfterSteps(%d)", int(a)) }

// LossFlat ends a phase when the training loss no longer falls: when its mean over
// the last Window steps is less than the share Tolerance below that over the
// Window before. A phase lasts two windows at least.
type LossFlat struct {
	Tolerance float64
	Window    int // 100 if 0
}

// Step reports whether the loss is flat.
func (f LossFlat) Step(l *train.Loop, since int) bool {
	n := f.Window
	if n == 0 {
		n = 100
	}
	h := l.Run.History
	if since < 2*n || len(h) < 2*n {
		return false
	}
	mean := func(points []train.Point) float64 {
		sum := 0.0
		for _, p := range points {
			sum += p.Loss
		}
		return sum / float64(len(points))
	}
	before, now := mean(h[len(h)-2*n:len(h)-n]), mean(h[len(h)-n:])
	return now > before*(1-f.Tolerance)
}

// Measured reports nothing new.
func (LossFlat) Measured(train.EpochStat) bool { return false }

// String is the rule as a cell writes it.
func (f LossFlat) String() string { return fmt.Sprintf("LossFlat(%g)", f.Tolerance) }

// ErrorBelow ends a phase when rounding changes the weights of the quantised
// layers little enough: when ΣΣ(W−Ŵ)²/ΣΣW² over all of them, which is 0.19 for
// Gaussian ternary weights and 0.0001 for 8 bits, is below it. It looks every
// tenth step.
type ErrorBelow float64

// Step reports whether the error is below.
func (e ErrorBelow) Step(l *train.Loop, since int) bool {
	return since%10 == 0 && WeightError(l.Model) < float64(e)
}

// Measured reports nothing new.
func (ErrorBelow) Measured(train.EpochStat) bool { return false }

// String is the rule as a cell writes it.
func (e ErrorBelow) String() string { return fmt.Sprintf("ErrorBelow(%g)", float64(e)) }

// WeightError is the squared error that rounding makes in the weights of all
// quantised layers of m, as a share of their squares; 0 without any.
func WeightError(m nn.Module) float64 {
	var away, size float64
	for _, r := range nn.RoundedWeights(m) {
		for i, w := range r.Latent.Data() {
			d := float64(w - r.Values[i])
			away += float64(d * d)
			size += float64(float64(w) * float64(w))
		}
	}
	if size == 0 {
		return 0
	}
	return away / size
}

// AccuracyAtLeast ends a phase when a measurement on the validation split (the test
// split, where there is none) reaches it, 0 to 1.
type AccuracyAtLeast float64

// Step reports nothing new.
func (AccuracyAtLeast) Step(*train.Loop, int) bool { return false }

// Measured reports whether the accuracy is reached.
func (a AccuracyAtLeast) Measured(stat train.EpochStat) bool {
	m := stat.Measured()
	return m.N > 0 && m.Accuracy >= float64(a)
}

// String is the rule as a cell writes it.
func (a AccuracyAtLeast) String() string { return fmt.Sprintf("AccuracyAtLeast(%g)", float64(a)) }
