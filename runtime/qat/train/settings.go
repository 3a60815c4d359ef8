package train

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
)

// Settings is a [Config] as data: everything that names a run, and nothing that
// lives in a process. Recipes are written as in a cell, and so are hooks that can be,
// see [WrittenHook]; of others there are the names.
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
	Memory       int64    `json:"memory,omitempty"`
	Validation   int      `json:"validation,omitempty"`
	Seed         uint64   `json:"seed,omitempty"`
	Hooks        []string `json:"hooks,omitempty"`

	// Schemes is what the layers of the model compute with at the start. A Config
	// has none: they are the model's, see SetSchemes.
	Schemes []LayerSettings `json:"schemes,omitempty"`
}

// Settings returns c as data.
func (c Config) Settings() Settings {
	s := Settings{
		Epochs: c.Epochs, Steps: c.Steps, Batch: c.Batch, Accumulate: c.Accumulate, MeasureEvery: c.MeasureEvery,
		Schedule: c.ScheduleName, Decay: c.DecayName, Clip: c.Clip, OnDivergence: c.OnDivergence, Loss: c.LossName, Memory: c.Memory, Validation: c.Validation, Seed: c.Seed,
	}
	if c.Optimizer != nil {
		s.Optimizer = c.Optimizer.String()
	}
	for _, h := range inOrder(c.Hooks) {
		written := h.Name()
		if w, ok := h.(WrittenHook); ok && w.Recipe() != "" {
			written = w.Recipe()
		}
		s.Hooks = append(s.Hooks, written)
	}
	return s
}

// Settings returns the settings of the run, and what the layers of its model computed
// with when it began.
func (r *Run) Settings() Settings {
	s := r.Config.Settings()
	s.Schemes = r.schemes
	return s
}

// differences notes what of a run's settings is not as it was saved. Hooks are
// compared by what they remember, not here, and schemes layer by layer.
func (s Settings) differences(was Settings, wrong *faults) {
	now, then := reflect.ValueOf(s), reflect.ValueOf(was)
	for i := range now.NumField() {
		f := now.Type().Field(i)
		if f.Type.Kind() == reflect.Slice {
			continue
		}
		if a, b := then.Field(i).Interface(), now.Field(i).Interface(); a != b {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			wrong.add("%s was %v, and is now %v", name, a, b)
		}
	}
}

// ParseSettings reads settings that were saved as JSON. It is an error, which
// names every fault, if there is anything in text that is not a setting, or that
// makes no sense.
func ParseSettings(text []byte) (Settings, error) {
	var wrong faults
	var s Settings
	readStrictly(text, "", reflect.ValueOf(&s), &wrong)
	c := Config{
		Epochs: s.Epochs, Steps: s.Steps, Batch: s.Batch, Accumulate: s.Accumulate,
		MeasureEvery: s.MeasureEvery, Clip: s.Clip, OnDivergence: s.OnDivergence, Memory: s.Memory,
		Validation: s.Validation,
	}
	c.check(&wrong)
	checkSchemes(s.Schemes, &wrong)
	return s, wrong.err()
}

// ReadSettings is ParseSettings of a file.
func ReadSettings(path string) (Settings, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Settings{}, fmt.Errorf("train: %w", err)
	}
	s, err := ParseSettings(text)
	if err != nil {
		return Settings{}, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// Write saves s under path, all of it or nothing.
func (s Settings) Write(path string) error {
	text, err := json.MarshalIndent(s, "", "\t")
	if err != nil {
		return fmt.Errorf("train: %w", err)
	}
	fresh := path + ".part"
	if err := os.WriteFile(fresh, append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	if err := os.Rename(fresh, path); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	return nil
}
