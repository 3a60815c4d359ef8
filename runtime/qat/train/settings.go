package train

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
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
	Memory       int64    `json:"memory,omitempty"`
	Seed         uint64   `json:"seed,omitempty"`
	Hooks        []string `json:"hooks,omitempty"`
}

// Settings returns c as data.
func (c Config) Settings() Settings {
	s := Settings{
		Epochs: c.Epochs, Steps: c.Steps, Batch: c.Batch, Accumulate: c.Accumulate, MeasureEvery: c.MeasureEvery,
		Schedule: c.ScheduleName, Decay: c.DecayName, Clip: c.Clip, OnDivergence: c.OnDivergence, Loss: c.LossName, Memory: c.Memory, Seed: c.Seed,
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

// ParseSettings reads settings that were saved as JSON. It is an error, which
// names every fault, if there is anything in text that is not a setting, or that
// makes no sense.
func ParseSettings(text []byte) (Settings, error) {
	var wrong faults
	var all map[string]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		return Settings{}, fmt.Errorf("train: settings: %w", err)
	}
	var s Settings
	fields := reflect.ValueOf(&s).Elem()
	for i := range fields.NumField() {
		name, _, _ := strings.Cut(fields.Type().Field(i).Tag.Get("json"), ",")
		value, there := all[name]
		delete(all, name)
		if !there {
			continue
		}
		in := json.NewDecoder(bytes.NewReader(value))
		in.DisallowUnknownFields()
		if err := in.Decode(fields.Field(i).Addr().Interface()); err != nil {
			wrong.add("%s: %s", name, strings.TrimPrefix(err.Error(), "json: "))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		wrong.add("there is no setting %q", name)
	}
	c := Config{
		Epochs: s.Epochs, Steps: s.Steps, Batch: s.Batch, Accumulate: s.Accumulate,
		MeasureEvery: s.MeasureEvery, Clip: s.Clip, OnDivergence: s.OnDivergence, Memory: s.Memory,
	}
	c.check(&wrong)
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
