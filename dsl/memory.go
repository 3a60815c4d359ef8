package dsl

import (
	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// StepScope is a scope for the steps of your own loop, in which memory is used again
// from step to step, as [Fit] does: what is computed from a tensor that Enter gave
// belongs to the step, until End.
//
//	step := StepScope()
//	opt := AdamW(1e-3).For(model)
//	for range 200 {
//		x, y := mnist.Train.Next(128)
//		loss := CrossEntropy(model.Forward(step.Enter(x)), y)
//		fmt.Println(loss.Item())
//		loss.Backward()
//		opt.Step()
//		step.End()
//	}
//	step.Usage()
//
// What you hold beyond End does not change: a tensor that you asked for its Data, or
// to Keep, is yours and stays as it is; any other says, when it is used, that its
// step has ended. Without a scope nothing is used again and nothing ends. Usage is
// the memory in use now, the most at once, and what is held.
func StepScope() *tensor.Scope { return tensor.NewScope() }

// LayerMemory is what each layer of model takes in a training step on the batch x,
// between its forward and its backward: what it remembers, and its result as far as
// the layers after it need that.
//
//	x, _ := mnist.Train.Next(128)
//	LayerMemory(model, x)
func LayerMemory(model nn.Module, x *tensor.Tensor) []nn.LayerMemory {
	return nn.MeasureMemory(model, x)
}
