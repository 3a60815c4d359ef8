package progressive

import (
	"encoding/json"
	"errors"
	"fmt"

	"setun/runtime/qat"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/train"
)

// A Phase is what layers compute with for a part of a run: their schemes at the
// start of the run, changed by the options.
type Phase struct {
	Name    string // for people
	Options []nn.Option
}

// A Hook takes a run through phases. A phase ends when Advance says so, and at the
// latest in time for those that follow to have their even share of the steps: the
// last phase of n always has at least one n-th of the run.
type Hook struct {
	train.NoHook
	Phases  []Phase
	Plan    func(m nn.Module) []Phase // makes the Phases, if there are none, of the model
	Advance Advance                   // nil: only the even shares count

	// Moved, if not nil, is called when a phase begins.
	Moved func(l *train.Loop, phase int)

	place place
	base  []qat.Scheme // of the layers, at the start
}

// place is where the hook stands: what a checkpoint keeps.
type place struct {
	Phase int `json:"phase"`
	Since int `json:"since"` // the steps done when the phase began
}

// Name is the hook's name in errors and checkpoints.
func (h *Hook) Name() string { return "progressive quantisation" }

// ChangesSchemes says that the hook does.
func (h *Hook) ChangesSchemes() {}

// Phase is the number of the running phase, from 0.
func (h *Hook) Phase() int { return h.place.Phase }

// Start puts the layers into the phase that the run is in.
func (h *Hook) Start(l *train.Loop) error {
	if len(h.Phases) == 0 && h.Plan != nil {
		h.Phases = h.Plan(l.Model)
	}
	if len(h.Phases) == 0 {
		return errors.New("there are no phases")
	}
	if h.place.Phase >= len(h.Phases) {
		return fmt.Errorf("the checkpoint is in phase %d of %d", h.place.Phase+1, len(h.Phases))
	}
	if h.base == nil {
		h.base = schemes(nn.QuantizedLayers(l.Model))
	}
	// A later phase that makes no sense is to be told now.
	for i := h.place.Phase + 1; i < len(h.Phases); i++ {
		if err := h.try(l.Model, i); err != nil {
			return err
		}
	}
	return h.enter(l)
}

// try validates the schemes of a phase without a change.
func (h *Hook) try(m nn.Module, phase int) error {
	layers := nn.QuantizedLayers(m)
	before := schemes(layers)
	if err := h.set(m, phase); err != nil {
		return err
	}
	for i, q := range layers {
		q.Layer.SetScheme(before[i])
	}
	return nil
}

// set gives the layers of m the schemes of a phase, or changes nothing.
func (h *Hook) set(m nn.Module, phase int) error {
	layers := nn.QuantizedLayers(m)
	restore := nn.ChangeFunc(func(name string, s *qat.Scheme) {
		for i, q := range layers {
			if q.Name == name {
				*s = h.base[i]
			}
		}
	})
	if err := nn.With(m, append([]nn.Option{restore}, h.Phases[phase].Options...)...); err != nil {
		return fmt.Errorf("phase %d (%s): %w", phase+1, h.Phases[phase].Name, err)
	}
	return nil
}

func schemes(layers []nn.QuantizedLayer) []qat.Scheme {
	all := make([]qat.Scheme, len(layers))
	for i, q := range layers {
		all[i] = q.Layer.Scheme()
	}
	return all
}

// enter begins the phase at h.place.
func (h *Hook) enter(l *train.Loop) error {
	if err := h.set(l.Model, h.place.Phase); err != nil {
		return err
	}
	l.ParamsChanged()
	if h.Moved != nil {
		h.Moved(l, h.place.Phase)
	}
	return nil
}

// AfterStep moves on if it is time.
func (h *Hook) AfterStep(l *train.Loop) error {
	late := l.Step*len(h.Phases) >= l.Steps*(h.place.Phase+1)
	if late || h.Advance != nil && h.Advance.Step(l, l.Step-h.place.Since) {
		return h.next(l)
	}
	return nil
}

// Measured moves on if the measurement says so.
func (h *Hook) Measured(l *train.Loop, stat train.EpochStat) error {
	if h.Advance != nil && stat.Step > h.place.Since && h.Advance.Measured(stat) {
		return h.next(l)
	}
	return nil
}

func (h *Hook) next(l *train.Loop) error {
	if h.place.Phase == len(h.Phases)-1 {
		return nil
	}
	h.place = place{h.place.Phase + 1, l.Step}
	l.Run.Events = append(l.Run.Events, train.Event{Step: l.Step, Text: h.Phases[h.place.Phase].Name})
	return h.enter(l)
}

// State is the running phase, for checkpoints.
func (h *Hook) State() ([]byte, error) { return json.Marshal(h.place) }

// SetState takes back what State returned.
func (h *Hook) SetState(state []byte) error {
	var p place
	if err := json.Unmarshal(state, &p); err != nil {
		return err
	}
	if p.Phase < 0 || p.Since < 0 {
		return fmt.Errorf("phase %d since step %d", p.Phase, p.Since)
	}
	h.place = p
	return nil
}
