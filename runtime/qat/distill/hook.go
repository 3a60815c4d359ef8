package distill

import (
	"errors"
	"fmt"

	"setun/runtime/qat/nn"
	"setun/runtime/qat/train"
	"setun/runtime/tensor"
)

// A Hook adds a teacher to a run. Of the three ways to follow it, those with a
// weight above 0 count:
//
//	α·T²·KL(teacher ‖ student) + (1−α)·loss + Σ features + Σ relations
type Hook struct {
	train.NoHook

	Teacher nn.Module
	// Alpha is how much the teacher's output counts beside the labels, 0 to 1.
	Alpha float64
	// Temperature is T, which softens the output of both. It moves in a straight
	// line to Final over the run, or stays if that is 0.
	Temperature, Final float64
	Features           []Feature
	Relations          []Relation

	scope   *tensor.Scope // of the teacher's results, for a step
	student results
	teacher results
	stop    []func() // undoes what Start did to the networks
}

// results are those of layers that are compared, by name. They are held until the
// loss has been computed from them.
type results map[string]*tensor.Tensor

// Name is the hook's name in errors.
func (h *Hook) Name() string { return "distillation" }

// Start finds the layers that are compared.
func (h *Hook) Start(l *train.Loop) error {
	if err := h.check(l.Model); err != nil {
		return err
	}
	h.scope = &tensor.Scope{Inference: true}
	h.student, h.teacher = results{}, results{}
	for _, p := range h.pairs() {
		h.student[p.Student], h.teacher[p.teacher()] = nil, nil
	}
	was := nn.SetTraining(h.Teacher, false)
	h.stop = []func(){func() { nn.SetTraining(h.Teacher, was) }}
	if len(h.student) > 0 {
		h.stop = append(h.stop, nn.Watch(l.Model, h.student.see), nn.Watch(h.Teacher, h.teacher.see))
	}
	return nil
}

// Finish leaves both networks as they were.
func (h *Hook) Finish(*train.Loop) error {
	for _, stop := range h.stop {
		stop()
	}
	h.stop = nil
	return nil
}

func (h *Hook) check(student nn.Module) error {
	switch {
	case h.Teacher == nil:
		return errors.New("there is no teacher")
	case h.Teacher == student:
		return errors.New("the teacher is the student: it would follow itself")
	case !(h.Alpha >= 0 && h.Alpha <= 1):
		return fmt.Errorf("α is %g; want 0 to 1", h.Alpha)
	case h.Alpha > 0 && !(h.Temperature > 0 && h.Final >= 0):
		return fmt.Errorf("temperatures are %g and %g; want above 0", h.Temperature, h.Final)
	}
	for _, r := range h.Relations {
		if err := r.check(student, h.Teacher); err != nil {
			return err
		}
	}
	for _, p := range h.pairs() {
		if !(p.Weight > 0) {
			return fmt.Errorf("%s has the weight %g; want above 0", p.Student, p.Weight)
		}
		for _, side := range []struct {
			who, name string
			model     nn.Module
		}{{"the student", p.Student, student}, {"the teacher", p.teacher(), h.Teacher}} {
			if err := needLayer(side.who, side.name, side.model); err != nil {
				return err
			}
		}
	}
	return nil
}

// Loss is what the student is to make small now.
func (h *Hook) Loss(l *train.Loop, loss *tensor.Tensor) *tensor.Tensor {
	logits := h.Teacher.Forward(h.scope.Enter(l.X))
	if h.Alpha > 0 {
		if logits.Len() != l.Logits.Len() || logits.Dim(-1) != l.Logits.Dim(-1) {
			panic(&tensor.ShapeError{Op: "distillation", Got: logits.Shape(), Want: l.Logits.Shape(), Why: "the teacher's output has another shape than the student's"})
		}
		loss = h.soften(l, loss, logits)
	}
	for _, f := range h.Features {
		loss = tensor.Add(loss, f.loss(h.student[f.Student], h.teacher[f.teacher()]))
	}
	for _, r := range h.Relations {
		loss = tensor.Add(loss, r.loss(l.Model, h.Teacher, h.student, h.teacher))
	}
	h.student.release()
	h.teacher.release()
	h.scope.End()
	return loss
}

// see keeps y if it is one of those that are compared.
func (r results) see(name string, y *tensor.Tensor) {
	old, wanted := r[name]
	if !wanted {
		return
	}
	if old != nil {
		tensor.Release(old)
	}
	tensor.Hold(y)
	r[name] = y
}

func (r results) release() {
	for name, y := range r {
		if y != nil {
			tensor.Release(y)
		}
		r[name] = nil
	}
}
