package optim

import (
	"fmt"

	"setun/runtime/tensor"
)

// State is all that an optimiser remembers, but for its rate, which the schedule
// gives it at every step.
type State struct {
	// Steps is how often each parameter was updated, in the order of the model's
	// parameters, each once.
	Steps []int
	// Moments are the running means of the rule, in that order too.
	Moments []Moment
}

// A Moment is a number that the rule keeps for each element of a parameter.
type Moment struct {
	Name   string         // m and v of AdamW, b of SGD
	Param  *tensor.Tensor // whose
	Values []float32
}

// State returns the state. The values of its moments are the optimiser's own,
// which the next Step changes: copy what is to stay.
func (o *Optimizer) State() State {
	var s State
	for _, p := range o.params {
		s.Steps = append(s.Steps, p.steps)
		p.rule.moments(func(name string, values []float32) {
			s.Moments = append(s.Moments, Moment{Name: name, Param: p.tensor, Values: values})
		})
	}
	return s
}

// SetState makes o remember what the optimiser of the same recipe did that gave
// s, for the same parameters in the same order. It copies the values.
func (o *Optimizer) SetState(s State) error {
	own := o.State()
	if len(s.Steps) != len(own.Steps) || len(s.Moments) != len(own.Moments) {
		return fmt.Errorf("optim: a state of %d parameters and %d moments for %v, which has %d and %d",
			len(s.Steps), len(s.Moments), o, len(own.Steps), len(own.Moments))
	}
	for i, m := range s.Moments {
		if want := own.Moments[i]; m.Name != want.Name || len(m.Values) != len(want.Values) {
			return fmt.Errorf("optim: %d numbers %s for parameter %s; %v wants %d numbers %s",
				len(m.Values), m.Name, want.Param.Name(), o, len(want.Values), want.Name)
		}
	}
	for i, m := range s.Moments {
		copy(own.Moments[i].Values, m.Values)
	}
	for i, p := range o.params {
		p.steps = s.Steps[i]
	}
	return nil
}
