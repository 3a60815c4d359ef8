package progressive

import (
	"fmt"
	"math"

	"setun/runtime/qat"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/train"
)

// A Gradual hook changes schemes a little before every step: by Option of the share
// of its Steps that have been done, 0 to 1. It depends on the number of the step
// alone, so that a run continues anywhere.
type Gradual struct {
	train.NoHook
	Title  string // for people
	Steps  int    // of the change; half of the run if 0
	Cell   string // the hook as a cell writes it; "" if none can
	Option func(share float64) nn.Option
}

// Name is the hook's name in errors.
func (g *Gradual) Name() string { return g.Title }

// Recipe is the hook as a cell writes it.
func (g *Gradual) Recipe() string { return g.Cell }

// ChangesSchemes says that the hook does.
func (g *Gradual) ChangesSchemes() {}

// Start sets the schemes that a run which goes on has come to.
func (g *Gradual) Start(l *train.Loop) error {
	if g.Steps < 0 {
		return fmt.Errorf("%d steps; want at least 0", g.Steps)
	}
	return g.set(l, min(l.Run.Steps, g.steps(l)))
}

// BeforeStep sets the schemes for the step.
func (g *Gradual) BeforeStep(l *train.Loop) error {
	if done := l.Step - 1; done <= g.steps(l) {
		return g.set(l, done)
	}
	return nil
}

func (g *Gradual) steps(l *train.Loop) int {
	if g.Steps > 0 {
		return g.Steps
	}
	return max(1, l.Steps/2)
}

func (g *Gradual) set(l *train.Loop, done int) error {
	return nn.With(l.Model, g.Option(float64(done)/float64(g.steps(l))))
}

// LambdaWarmup mixes rounded and latent numbers, w + λ·(q − w), λ rising from 0 to 1
// in a straight line over so many steps (half of the run if 0), for weights and
// activations: how a float model is made into a ternary one without a jump.
func LambdaWarmup(steps int) *Gradual {
	return &Gradual{Title: "λ-warm-up", Steps: steps, Cell: recipe(steps, "LambdaWarmup(%d)", steps), Option: func(share float64) nn.Option {
		return nn.ChangeFunc(func(_ string, s *qat.Scheme) { s.Blend = float32(1 - share) })
	}}
}

// SoftToHard rounds softly, by [qat.Soft], at a temperature that falls from first
// to last in a geometric row over so many steps (half of the run if 0), and hard
// from then on, by the scheme's own estimator.
func SoftToHard(first, last float64, steps int) *Gradual {
	var hard map[string]qat.Estimator
	return &Gradual{Title: "soft to hard", Steps: steps, Cell: recipe(steps, "SoftToHard(%g, %g, %d)", first, last, steps), Option: func(share float64) nn.Option {
		if hard == nil {
			hard = map[string]qat.Estimator{}
		}
		return nn.ChangeFunc(func(name string, s *qat.Scheme) {
			if _, known := hard[name]; !known {
				hard[name] = s.Estimator
			}
			if share >= 1 {
				s.Estimator = hard[name]
				return
			}
			s.Estimator = qat.Soft{T: float32(first * geometric(last/first, share))}
		})
	}}
}

// recipe is how a cell writes a change over so many steps, of which it wants some.
func recipe(steps int, format string, a ...any) string {
	if steps < 1 {
		return ""
	}
	return fmt.Sprintf(format, a...)
}

// geometric is r to the power of share, 0 to 1, rounded to a whole number of
// 1/4096ths of the exponent: by roots and products, which are the same bits on
// every machine, as math.Pow is not.
func geometric(r, share float64) float64 {
	v, root := 1.0, r
	n := int(math.Round(share * 4096))
	if n == 4096 {
		return r
	}
	for bit := 2048; bit > 0; bit >>= 1 {
		root = math.Sqrt(root)
		if n&bit != 0 {
			v *= root
		}
	}
	return v
}
