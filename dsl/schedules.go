package dsl

import (
	"fmt"

	"setun/runtime/qat/optim"
)

// A Schedule is how the learning rate moves during a run: a factor on the
// optimiser's base rate. It is an option of [Fit]; At is for your own loop.
//
//	opt.SetLR(1e-3 * Cosine().At(step, 200))
type Schedule struct {
	Name   string // as a cell writes it
	factor optim.Schedule
	decay  optim.Schedule // of the weight decay too; nil: it stays
}

func (s Schedule) applyFit(f *fitting) {
	f.config.Schedule, f.config.ScheduleName = s.factor, s.Name
	f.config.Decay, f.config.DecayName = s.decay, ""
	if s.decay != nil {
		f.config.DecayName = s.Name
	}
}

// At is the factor for the step that comes after step others of total planned.
func (s Schedule) At(step, total int) float64 {
	if s.factor == nil {
		return 1
	}
	return s.factor(step, total)
}

func (s Schedule) String() string { return s.Name }

// Constant keeps the learning rate: what [Fit] does without a [Schedule].
//
//	Fit(model, mnist, AdamW(1e-3), Constant())
func Constant() Schedule { return Schedule{Name: "Constant()", factor: optim.Constant} }

// Cosine lowers the learning rate to 0 along half a cosine (Loshchilov and
// Hutter, 1608.03983).
//
//	Fit(model, mnist, Epochs(5), AdamW(1e-3), Cosine(), Warmup(100))
func Cosine() Schedule { return Schedule{Name: "Cosine()", factor: optim.Cosine} }

// LinearDecay lowers the learning rate to 0 in a straight line.
//
//	Fit(model, mnist, AdamW(1e-3), LinearDecay())
func LinearDecay() Schedule { return Schedule{Name: "LinearDecay()", factor: optim.Linear} }

// Exponential multiplies the learning rate by gamma at every step.
//
//	Fit(model, mnist, SGD(0.1), Exponential(0.999))
func Exponential(gamma float64) Schedule {
	return Schedule{Name: fmt.Sprintf("Exponential(%g)", gamma), factor: optim.Exponential(gamma)}
}

// StepDecay multiplies the learning rate by gamma after every so many steps.
//
//	Fit(model, mnist, SGD(0.1), StepDecay(1000, 0.1))
func StepDecay(every int, gamma float64) Schedule {
	return Schedule{Name: fmt.Sprintf("StepDecay(%d, %g)", every, gamma), factor: optim.Steps(every, gamma)}
}

// WSD is warm-up, stable, decay (Hu et al., MiniCPM, 2404.06395): up over the first
// steps, down to 0 over the last.
//
//	Fit(lm, text, Steps(2000), AdamW(1e-3), WSD(100, 400))
func WSD(warmup, decay int) Schedule {
	return Schedule{Name: fmt.Sprintf("WSD(%d, %d)", warmup, decay), factor: optim.WSD(warmup, decay)}
}

// TwoStage is BitNet's schedule (The Era of 1-bit LLMs: Training Tips, Code and
// FAQ): the learning rate falls in a straight line and drops to two thirds of it
// half way; the weight decay ends there. A [Warmup] stands before it.
//
//	Fit(lm, text, AdamW(1.5e-3, Decay(0.1)), TwoStage(), Warmup(375))
func TwoStage() Schedule {
	return Schedule{Name: "TwoStage()", factor: optim.TwoStage(2.0 / 3), decay: optim.TwoStageDecay}
}
