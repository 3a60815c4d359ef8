package dsl

import (
	"slices"

	"setun/runtime/qat/distill"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/train"
)

// Distill makes [Fit] follow a teacher too, which has been trained before (Hinton
// et al., 1503.02531). Without options the teacher's output counts 0.7 beside the
// labels, at a temperature of 4.
//
//	teacher := MLP(784, 256, 256, 10).With(Bits(32))
//	Fit(teacher, mnist)
//	Fit(model, mnist, Distill(teacher, Temperature(4), Alpha(0.7)))
func Distill(teacher nn.Module, opts ...DistillOption) FitOption {
	h := distill.Hook{Teacher: teacher, Alpha: 0.7, Temperature: 4}
	for _, o := range opts {
		o.applyDistill(&h)
	}
	return hook(func() train.Hook {
		one := h
		one.Features, one.Relations = slices.Clone(h.Features), slices.Clone(h.Relations)
		return &one
	})
}

// A DistillOption is an option of [Distill]: [Temperature], [Alpha], [Feature],
// [Relation].
type DistillOption interface{ applyDistill(*distill.Hook) }

type distillOption func(*distill.Hook)

func (o distillOption) applyDistill(h *distill.Hook) { o(h) }

// Temperature softens the output of teacher and student. A second one is where it
// goes in a straight line until the end of the run.
//
//	Distill(teacher, Temperature(4))
//	Distill(teacher, Temperature(4, 1))
func Temperature(t float64, final ...float64) DistillOption {
	return distillOption(func(h *distill.Hook) {
		h.Temperature, h.Final = t, 0
		if len(final) > 0 {
			h.Final = final[len(final)-1]
		}
	})
}

// Alpha is how much the teacher's output counts beside the labels, 0 to 1.
//
//	Distill(teacher, Alpha(0.9))
func Alpha(a float64) DistillOption {
	return distillOption(func(h *distill.Hook) { h.Alpha = a })
}

// Feature makes a layer of the student give what that layer of the teacher gives,
// or another of it; weight says how much it counts.
//
//	Distill(teacher, Feature("1", 0.5))
//	Distill(teacher, Feature("1", 0.5, "3"))
func Feature(layer string, weight float64, ofTeacher ...string) DistillOption {
	f := distill.Feature{Student: layer, Weight: weight}
	if len(ofTeacher) > 0 {
		f.Teacher = ofTeacher[0]
	}
	return distillOption(func(h *distill.Hook) { h.Features = append(h.Features, f) })
}

// Relation makes the tokens of a block of a language model see each other as in
// that block of the teacher, or another of it (Wang et al., MiniLMv2, 2012.15828),
// in so many heads.
//
//	Distill(teacher, Relation("blocks.3", 1, 8))
func Relation(block string, weight float64, heads int, ofTeacher ...string) DistillOption {
	r := distill.Relation{Student: block, Weight: weight, Heads: heads}
	if len(ofTeacher) > 0 {
		r.Teacher = ofTeacher[0]
	}
	return distillOption(func(h *distill.Hook) { h.Relations = append(h.Relations, r) })
}
