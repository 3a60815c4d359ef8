package distill

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"setun/runtime/qat/loss"
	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// A Feature makes a layer of the student give what a layer of the teacher gives
// (Romero et al., FitNets, 1412.6550, without a regressor between: both have the
// same shape), by the mean squared difference.
type Feature struct {
	Student, Teacher string // names as nn.Watch has them, such as 1 or blocks.3; Teacher may be "" for the same
	Weight           float64
}

func (f Feature) teacher() string { return cmp.Or(f.Teacher, f.Student) }

func (f Feature) loss(student, teacher *tensor.Tensor) *tensor.Tensor {
	need(f, student, teacher)
	if student.Len() != teacher.Len() || student.Dim(-1) != teacher.Dim(-1) {
		panic(&tensor.ShapeError{
			Op: "distillation", Got: teacher.Shape(), Want: student.Shape(),
			Why: fmt.Sprintf("layer %s of the teacher gives another shape than layer %s of the student", f.teacher(), f.Student),
		})
	}
	return tensor.Scale(loss.MSE(student, teacher), float32(f.Weight))
}

// need panics unless both layers were computed: one that is there may not run.
func need(f Feature, student, teacher *tensor.Tensor) {
	for _, side := range []struct {
		who, name string
		y         *tensor.Tensor
	}{{"student", f.Student, student}, {"teacher", f.teacher(), teacher}} {
		if side.y == nil {
			panic(&tensor.OpError{Op: "distillation", Why: fmt.Sprintf("layer %s of the %s computed nothing for this batch", side.name, side.who)})
		}
	}
}

// pairs are all pairs of layers whose results are compared.
func (h *Hook) pairs() []Feature {
	all := slices.Clone(h.Features)
	for _, r := range h.Relations {
		all = append(all, r.pair())
	}
	return all
}

// needLayer is an error unless m has a layer of that name which can be watched.
func needLayer(who, name string, m nn.Module) error {
	var names []string
	nn.Walk(m, func(at string, layer nn.Module) {
		switch layer := layer.(type) {
		case *nn.Sequential:
			for _, c := range layer.Children() {
				names = append(names, joined(at, c.Name))
			}
		case *nn.BitNetLM:
			for _, c := range layer.Children() {
				names = append(names, joined(at, c.Name))
			}
		case *nn.Block:
			for _, c := range layer.Children() {
				names = append(names, joined(at, c.Name))
			}
		}
	})
	if slices.Contains(names, name) {
		return nil
	}
	return fmt.Errorf("%s has no layer %q; it has %s", who, name, strings.Join(names, ", "))
}

func joined(at, name string) string { return strings.Trim(at+"."+name, ".") }
