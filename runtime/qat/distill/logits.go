package distill

import (
	"setun/runtime/qat/loss"
	"setun/runtime/qat/train"
	"setun/runtime/tensor"
)

// soften is α·T²·KL(teacher ‖ student) + (1−α)·labels, both outputs at the
// temperature T (Hinton et al., Distilling the Knowledge in a Neural Network,
// 1503.02531). With T² the teacher's gradient has the same size at every
// temperature.
func (h *Hook) soften(l *train.Loop, labels, teacher *tensor.Tensor) *tensor.Tensor {
	t := h.temperature(l.Step, l.Steps)
	follow := tensor.Scale(loss.KL(l.Logits, teacher, t), float32(h.Alpha*t*t))
	if h.Alpha == 1 {
		return follow
	}
	return tensor.Add(follow, tensor.Scale(labels, float32(1-h.Alpha)))
}

// temperature of a step, which counts from 1.
func (h *Hook) temperature(step, steps int) float64 {
	if h.Final == 0 || steps < 2 {
		return h.Temperature
	}
	return h.Temperature + (h.Final-h.Temperature)*float64(step-1)/float64(steps-1)
}
