package train

import (
	"reflect"
	"strings"
)

// Settings is a [Config] as data: everything that names a run, and nothing that
// lives in a process. Recipes are written as in a cell, hooks by their names.
type Settings struct {
	Epochs       int      `json:"epochs,omitempty"`
	Steps        int      `json:"steps,omitempty"`
	Batch        int      `json:"batch,omitempty"`
	Accumulate   int      `json:"accumulate,omitempty"`
	MeasureEvery int      `json:"measure_every,omitempty"`
	Optimizer    string   `json:"optimizer,omitempty"`
	Schedule     string   `json:"schedule,omitempty"`
	Decay        string   `json:"decay,omitempty"`
	Clip         float64  `json:"clip,omitempty"`
	OnDivergence Guard    `json:"on_divergence,omitzero"`
	Loss         string   `json:"loss,omitempty"`
	Seed         uint64   `json:"seed,omitempty"`
	Hooks        []string `json:"hooks,omitempty"`
}

// Settings returns c as data.
func (c Config) Settings() Settings {
	s := Settings{
		Epochs: c.Epochs, Steps: c.Steps, Batch: c.Batch, Accumulate: c.Accumulate, MeasureEvery: c.MeasureEvery,
		Schedule: c.ScheduleName, Decay: c.DecayName, Clip: c.Clip, OnDivergence: c.OnDivergence, Loss: c.LossName, Seed: c.Seed,
	}
	if c.Optimizer != nil {
		s.Optimizer = c.Optimizer.String()
	}
	for _, h := range inOrder(c.Hooks) {
		s.Hooks = append(s.Hooks, h.Name())
	}
	return s
}

// differences notes what of a run's settings is not as it was saved. Hooks are
// compared by what they remember, not here.
func (s Settings) differences(was Settings, wrong *faults) {
	now, then := reflect.ValueOf(s), reflect.ValueOf(was)
	for i := range now.NumField() {
		f := now.Type().Field(i)
		if a, b := then.Field(i).Interface(), now.Field(i).Interface(); f.Name != "Hooks" && a != b {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			wrong.add("%s was %v, and is now %v", name, a, b)
		}
	}
}
