package train

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"

	"setun/runtime/qat/checkpoint"
	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// A record is the description of a checkpoint: all of a run that is not an array
// of numbers.
type record struct {
	Code     string        `json:"code"`    // Config.Code, or the program
	Program  string        `json:"program"` // its SHA-256
	Model    string        `json:"model"`
	Dataset  datasetRecord `json:"dataset"`
	Config   Settings      `json:"config"`
	Steps    int           `json:"steps"`
	Plans    []int         `json:"plans"`
	Position data.Position `json:"position"`
	Epoch    tally         `json:"epoch"`
	Updates  []int         `json:"updates"` // of each parameter, by the optimiser
	Hooks    []string      `json:"hooks"`   // those with a state
	Layers   []string      `json:"layers"`  // those with a state
	Measured []EpochStat   `json:"measured"`
	Health   []Health      `json:"health,omitempty"`
	Averaged []EpochStat   `json:"averaged,omitempty"`
	Events   []Event       `json:"events,omitempty"`
	Stopped  string        `json:"stopped,omitempty"`
	Part     int           `json:"part"` // samples computed at once
	Watch    watchRecord   `json:"watch"`
	Clock    clockRecord   `json:"clock"`
}

type datasetRecord struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

type watchRecord struct {
	Average   float64 `json:"average"`
	Seen      int     `json:"seen"`
	Rollbacks int     `json:"rollbacks"`
	Halvings  int     `json:"halvings"`
	Since     int     `json:"since"`
}

type clockRecord struct {
	Elapsed  float64 `json:"elapsed"`  // seconds
	Training float64 `json:"training"` // seconds in steps
	Samples  int     `json:"samples"`
}

// The arrays of a checkpoint are the weights under their names in the network,
// and under these prefixes the moments of the optimiser, the history, and what
// hooks and layers remember.
const (
	optimizerSection = "optimizer/" // and the name of the weights, and the moment
	runSection       = "run/"       // loss, lr and gradnorm
	hookSection      = "hook/"      // and the name of the hook
	layerSection     = "layer/"     // and its place in the network
)

// capture copies the state of the run between two steps to f, whose memory is
// used again.
func (l *Loop) capture(f *checkpoint.File) error {
	run := l.Run
	r := record{
		Code:     l.code(),
		Program:  l.program,
		Model:    modelText(l.Model),
		Dataset:  datasetRecord{l.Data.Name, l.dataHash},
		Steps:    run.Steps,
		Plans:    run.plans,
		Position: l.sampler.Position(),
		Epoch:    l.epoch,
		Measured: run.Epochs,
		Health:   run.Health,
		Averaged: run.Averaged,
		Events:   run.Events,
		Stopped:  run.Stopped,
		Part:     l.part,
		Watch:    l.watch.record(),
		Clock:    l.clock.record(),
		Config:   run.Settings(),
	}
	w := sections{old: f.Sections}
	names := map[*tensor.Tensor]string{}
	for _, p := range nn.NamedParams(l.Model) {
		if names[p.Param] == "" {
			names[p.Param] = p.Name
			w.floats(p.Name, p.Param.Shape(), p.Param.Data())
		}
	}
	state := l.Optimizer.State()
	r.Updates = state.Steps
	for _, m := range state.Moments {
		w.floats(momentName(names, m.Param, m.Name), m.Param.Shape(), m.Values)
	}
	loss, lr, norm := w.doubles(runSection+"loss", run.Steps), w.doubles(runSection+"lr", run.Steps), w.doubles(runSection+"gradnorm", run.Steps)
	for i, p := range run.History[:run.Steps] {
		loss[i], lr[i], norm[i] = p.Loss, p.LR, p.GradNorm
	}
	for _, h := range l.hooks {
		if s, ok := h.(StatefulHook); ok {
			state, err := s.State()
			if err != nil {
				return hookError(h, run.Steps, err)
			}
			r.Hooks = append(r.Hooks, h.Name())
			w.bytes(hookSection+h.Name(), state)
		}
	}
	for _, s := range nn.NamedStates(l.Model) {
		state, err := s.Layer.State()
		if err != nil {
			return fmt.Errorf("train: layer %s: %w", s.Name, err)
		}
		r.Layers = append(r.Layers, s.Name)
		w.bytes(layerSection+s.Name, state)
	}
	f.Sections = w.all
	var err error
	if f.Description, err = json.Marshal(r); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	return nil
}

func momentName(names map[*tensor.Tensor]string, p *tensor.Tensor, moment string) string {
	return optimizerSection + names[p] + "/" + moment
}

// modelText says what the model is: its layers.
func modelText(m nn.Module) string {
	if s, ok := m.(fmt.Stringer); ok {
		return s.String()
	}
	return fmt.Sprintf("%T", m)
}

// sections are those of a checkpoint while it is filled.
type sections struct {
	old, all []checkpoint.Section
}

// next is a new section, with the memory of the one that had its place.
func (s *sections) next(name string, shape []int) *checkpoint.Section {
	n := len(s.all)
	s.all = append(s.all, checkpoint.Section{Name: name, Shape: shape})
	section := &s.all[n]
	if n < len(s.old) && s.old[n].Name == name {
		section.Float32, section.Float64 = s.old[n].Float32, s.old[n].Float64
	}
	return section
}

func (s *sections) floats(name string, shape []int, values []float32) {
	section := s.next(name, shape)
	if len(section.Float32) != len(values) {
		section.Float32 = make([]float32, len(values))
	}
	copy(section.Float32, values)
}

// doubles is a section of n numbers that are still to be written.
func (s *sections) doubles(name string, n int) []float64 {
	section := s.next(name, nil)
	if cap(section.Float64) < n || n == 0 {
		section.Float64 = make([]float64, n, n+n/4)
	}
	section.Float64 = section.Float64[:n]
	return section.Float64
}

func (s *sections) bytes(name string, state []byte) {
	s.next(name, nil).Bytes = slices.Clone(state)
}

// nameRun computes what a checkpoint names the program and the data by.
func (l *Loop) nameRun() error {
	if l.dataHash != "" {
		return nil
	}
	sum := l.Data.Hash()
	program, err := programHash()
	if err != nil {
		return fmt.Errorf("train: %w", err)
	}
	l.program, l.dataHash = program, hex.EncodeToString(sum[:])
	return nil
}

// code names what makes the run.
func (l *Loop) code() string { return cmp.Or(l.Run.Config.Code, l.program) }

// programHash is the SHA-256 of the running program.
func programHash() (string, error) {
	name, err := os.Executable()
	if err != nil {
		return "", err
	}
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
