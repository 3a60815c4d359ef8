package dsl

import (
	"fmt"
	"strings"

	"setun/runtime/qat/nn"
	"setun/runtime/qat/progressive"
	"setun/runtime/qat/train"
)

// Progressive makes [Fit] quantise in phases: each option is how the layers compute
// for its time, beside what they had before. Without [Progression.When] the phases
// have even shares of the run, and they never have less than that for those that
// follow.
//
//	Fit(model, mnist, Progressive(Bits(8), Bits(4), Ternary()).When(LossFlat(0.01)))
//	Fit(model, mnist, Progressive(Phase(Bits(4), PerChannel()), Ternary()))
func Progressive(phases ...nn.Option) Progression {
	p := Progression{}
	for _, o := range phases {
		phase := progressive.Phase{Name: optionText(o), Options: []nn.Option{o}}
		p.phases = append(p.phases, phase)
	}
	if len(phases) == 0 {
		panic(fmt.Errorf("Progressive(): want at least one phase, such as Bits(8)"))
	}
	return p
}

// Phase is several options as one phase of [Progressive].
//
//	Progressive(Phase(Bits(4), PerChannel()), Ternary())
func Phase(options ...nn.Option) SchemeOption {
	var texts []string
	for _, o := range options {
		texts = append(texts, optionText(o))
	}
	return SchemeOption{nn.Layer("*", options...), "Phase(" + strings.Join(texts, ", ") + ")"}
}

func optionText(o nn.Option) string {
	if s, ok := o.(fmt.Stringer); ok {
		return s.String()
	}
	return fmt.Sprintf("%T", o)
}

// LayerWise makes [Fit] quantise one layer after the other, in the order in which
// they run, while those that follow are still floats.
//
//	Fit(model, mnist, LayerWise().When(AfterSteps(500)))
func LayerWise() Progression { return Progression{plan: progressive.LayerWise} }

// BlockWise is [LayerWise] by blocks of a language model.
//
//	Fit(lm, Text("opticks"), BlockWise())
func BlockWise() Progression { return Progression{plan: progressive.BlockWise} }

// ChannelWise makes [Fit] quantise a share of the outputs of every layer more in
// each of n phases.
//
//	Fit(model, mnist, ChannelWise(4))
func ChannelWise(n int) Progression {
	positive("ChannelWise", n)
	return Progression{phases: progressive.ChannelWise(n)}
}

// A Progression is the phases of a run, an option of [Fit]: [Progressive],
// [LayerWise], [BlockWise], [ChannelWise].
type Progression struct {
	phases []progressive.Phase
	plan   func(m nn.Module) []progressive.Phase
	when   progressive.Advance
}

// When says when a phase is over: [AfterSteps], [LossFlat], [ErrorBelow],
// [AccuracyAtLeast].
//
//	Progressive(Bits(8), Ternary()).When(AfterSteps(500))
func (p Progression) When(a progressive.Advance) Progression {
	p.when = a
	return p
}

func (p Progression) applyFit(f *fitting) {
	f.config.Hooks = append(f.config.Hooks, &progressive.Hook{Phases: p.phases, Plan: p.plan, Advance: p.when})
}

// AfterSteps ends a phase of a [Progression] after so many steps.
//
//	Progressive(Bits(8), Ternary()).When(AfterSteps(500))
func AfterSteps(n int) progressive.Advance {
	positive("AfterSteps", n)
	return progressive.After(n)
}

// LossFlat ends a phase of a [Progression] when the mean loss of 100 steps is less
// than that share below the mean of the 100 before.
//
//	Progressive(Bits(8), Ternary()).When(LossFlat(0.01))
func LossFlat(tolerance float64) progressive.Advance {
	return progressive.LossFlat{Tolerance: tolerance}
}

// ErrorBelow ends a phase of a [Progression] when rounding changes the weights by
// less than that share of their squares.
//
//	Progressive(Bits(8), Bits(4), Ternary()).When(ErrorBelow(0.01))
func ErrorBelow(share float64) progressive.Advance { return progressive.ErrorBelow(share) }

// AccuracyAtLeast ends a phase of a [Progression] when a measurement reaches that
// accuracy, 0 to 1.
//
//	Progressive(Bits(8), Ternary()).When(AccuracyAtLeast(0.97))
func AccuracyAtLeast(a float64) progressive.Advance { return progressive.AccuracyAtLeast(a) }

// LambdaWarmup makes [Fit] mix rounded and latent numbers, w + λ·(q − w), with λ
// from 0 to 1 over the first so many steps.
//
//	Fit(model, mnist, LambdaWarmup(1000))
func LambdaWarmup(steps int) FitOption {
	positive("LambdaWarmup", steps)
	return hook(func() train.Hook { return progressive.LambdaWarmup(steps) })
}

// SoftToHard makes [Fit] round softly at first, at a temperature that falls from
// first to last over so many steps, and hard from then on.
//
//	Fit(model, mnist, SoftToHard(1, 0.05, 1000))
func SoftToHard(first, last float64, steps int) FitOption {
	positive("SoftToHard", steps)
	if !(first > last && last > 0) {
		panic(fmt.Errorf("SoftToHard(%g, %g, %d): want temperatures that fall and stay above 0", first, last, steps))
	}
	return hook(func() train.Hook { return progressive.SoftToHard(first, last, steps) })
}
