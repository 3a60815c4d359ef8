package train

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"setun/runtime/qat/checkpoint"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

// resume makes the run begin from the checkpoint under path, or the newest one in
// the folder path.
func (l *Loop) resume(path string) error {
	f, name, err := loadCheckpoint(path)
	if err != nil || f == nil {
		return err
	}
	if err := l.nameRun(); err != nil {
		return err
	}
	if err := l.restoreRun(f); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	l.resumed, l.Run.Resumed = f, name
	return nil
}

// loadCheckpoint reads the file path, or the newest file in the folder path, if
// there is one.
func loadCheckpoint(path string) (*checkpoint.File, string, error) {
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		f, err := checkpoint.Read(path)
		return f, path, err
	}
	return checkpoint.Folder(path).Load()
}

// restoreRun makes the run that of f, up to where it was saved. Nothing is changed
// if it is another run.
func (l *Loop) restoreRun(f *checkpoint.File) error {
	var r record
	if err := json.Unmarshal(f.Description, &r); err != nil {
		return fmt.Errorf("the description of the run: %w", err)
	}
	var wrong faults
	l.compare(&r, &wrong)
	sections := sectionsOf(f)
	loss, lr, norm := sections[runSection+"loss"].Float64, sections[runSection+"lr"].Float64, sections[runSection+"gradnorm"].Float64
	switch {
	case len(r.Plans) == 0 || r.Steps < 0 || r.Steps > r.Plans[len(r.Plans)-1] || len(loss) != r.Steps || len(lr) != r.Steps || len(norm) != r.Steps:
		wrong.add("%d steps of the plan %v with a history of %d losses, %d rates and %d norms", r.Steps, r.Plans, len(loss), len(lr), len(norm))
	case r.Part < 1 || r.Part > l.Run.Config.Batch:
		wrong.add("%d samples computed at once of batches of %d", r.Part, l.Run.Config.Batch)
	case r.Watch.Halvings < 0 || r.Watch.Halvings > maxHalvings || r.Watch.Rollbacks < r.Watch.Halvings:
		wrong.add("%d rollbacks with %d halvings of the learning rate", r.Watch.Rollbacks, r.Watch.Halvings)
	case r.Position.Drawn < 0:
		wrong.add("position %d in the data", r.Position.Drawn)
	}
	if err := wrong.err(); err != nil {
		return fmt.Errorf("this is not the run that was saved: %w", err)
	}
	run := l.Run
	run.Steps, run.plans = r.Steps, r.Plans
	run.Planned = r.Plans[len(r.Plans)-1]
	l.Steps = run.Planned
	run.History = run.History[:0]
	for i := range loss {
		run.History = append(run.History, Point{Step: i + 1, Loss: loss[i], LR: lr[i], GradNorm: norm[i]})
	}
	run.Stopped = r.Stopped
	l.part, l.fitted = r.Part, true
	run.Epochs, run.Health, run.Averaged, run.Events = r.Measured, r.Health, r.Averaged, r.Events
	for _, e := range r.Measured {
		run.Validation = e.Validation
		if e.Test.N > 0 {
			run.Test = e.Test
		}
	}
	l.watch.restore(r.Watch)
	// A schedule of somebody's own has no name to be compared by.
	if n := run.Steps; n > r.Watch.Since && lr[n-1] != l.rateAt(n-1) {
		return fmt.Errorf("this is not the run that was saved: the learning rate of step %d was %v, and this schedule has %v", n, lr[n-1], l.rateAt(n-1))
	}
	l.epoch = r.Epoch
	run.Train = l.epoch.metrics()
	l.sampler.Seek(r.Position)
	l.updates = r.Updates
	l.clock.restore(r.Clock)
	if cmp.Or(r.Program, r.Code) != l.program {
		run.note("the checkpoint was written by another build of this program: the numbers may differ from those that it would have had")
	}
	if run.Config.Code != "" && r.Code != run.Config.Code {
		run.note("the checkpoint was written by other cells than have run now: the run may not be the one that was saved")
	}
	return nil
}

// compare notes what is different in the run that was saved.
func (l *Loop) compare(r *record, wrong *faults) {
	differ := func(what string, was, is any) {
		if was != is {
			wrong.add("%s was %v, and is now %v", what, was, is)
		}
	}
	differ("the model", r.Model, modelText(l.Model))
	if r.Dataset.SHA256 != l.dataHash {
		wrong.add("the data are others than those of %q that it was trained on", r.Dataset.Name)
	}
	l.Run.Settings().differences(r.Config, wrong)
	if !l.changesSchemes() {
		schemeDifferences(r.Config.Schemes, l.Run.schemes, wrong)
	} else if r.Config.Schemes != nil {
		l.Run.schemes = r.Config.Schemes // the model may be of a part of the run that is over
	}
	had := map[string]bool{}
	for _, name := range r.Hooks {
		had[name] = true
	}
	for _, h := range l.hooks {
		if _, ok := h.(StatefulHook); ok && !had[h.Name()] {
			wrong.add("it had no %s", h.Name())
		}
		delete(had, h.Name())
	}
	for _, name := range r.Hooks {
		if had[name] {
			wrong.add("it had %s", name)
		}
	}
}

// changesSchemes reports whether a hook does.
func (l *Loop) changesSchemes() bool {
	return slices.ContainsFunc(l.hooks, func(h Hook) bool {
		_, changes := h.(SchemeHook)
		return changes
	})
}

// restoreHooks gives the hooks what they remembered.
func (l *Loop) restoreHooks(f *checkpoint.File) error {
	sections := sectionsOf(f)
	for _, h := range l.hooks {
		if s, ok := h.(StatefulHook); ok {
			if err := s.SetState(sections[hookSection+h.Name()].Bytes); err != nil {
				return hookError(h, l.Run.Steps, err)
			}
		}
	}
	return nil
}

// restoreArrays gives the model its weights, the layers what they remembered, and
// the optimiser its moments.
func (l *Loop) restoreArrays(f *checkpoint.File) error {
	sections := sectionsOf(f)
	var wrong faults
	take := func(name string, p *tensor.Tensor) []float32 {
		s, ok := sections[name]
		switch {
		case !ok:
			wrong.add("it has no %s", name)
		case len(s.Float32) != p.Len():
			wrong.add("%s has %d numbers; want %v", name, len(s.Float32), tensor.FormatShape(p.Shape()))
		default:
			return s.Float32
		}
		return nil
	}
	names := map[*tensor.Tensor]string{}
	values := map[*tensor.Tensor][]float32{}
	for _, p := range nn.NamedParams(l.Model) {
		if names[p.Param] == "" {
			names[p.Param] = p.Name
			values[p.Param] = take(p.Name, p.Param)
		}
	}
	state := optim.State{Steps: l.updates}
	for _, m := range l.Optimizer.State().Moments {
		m.Values = take(momentName(names, m.Param, m.Name), m.Param)
		state.Moments = append(state.Moments, m)
	}
	if err := wrong.err(); err != nil {
		return fmt.Errorf("%s: %w", l.Run.Resumed, err)
	}
	if err := l.Optimizer.SetState(state); err != nil {
		return fmt.Errorf("%s: %w", l.Run.Resumed, err)
	}
	for p, v := range values {
		copy(p.Data(), v)
	}
	for _, s := range nn.NamedStates(l.Model) {
		if err := s.Layer.SetState(sections[layerSection+s.Name].Bytes); err != nil {
			return fmt.Errorf("%s: layer %s: %w", l.Run.Resumed, s.Name, err)
		}
	}
	return nil
}

func sectionsOf(f *checkpoint.File) map[string]checkpoint.Section {
	all := map[string]checkpoint.Section{}
	for _, s := range f.Sections {
		all[s.Name] = s
	}
	return all
}
