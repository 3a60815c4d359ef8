package dsl

import (
	"fmt"
	"slices"

	"setun/runtime/qat/curriculum"
	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/train"
)

// EasyFirst makes [Fit] learn from the easiest fifth of the samples first, and from
// all from the middle of the run on. A judge says which are easy: a model that has
// learned something of the same data. The order can be used for many runs.
//
//	judge := MLP(784, 32, 10)
//	Fit(judge, mnist, Epochs(1))
//	Fit(model, mnist, EasyFirst(judge, mnist.Train))
func EasyFirst(judge nn.Module, split *data.Split, opts ...CellOption) FitOption {
	order, err := curriculum.ByLoss(cellOf(opts).context(), judge, split)
	if err != nil {
		panic(err)
	}
	return hook(func() train.Hook { return &curriculum.Difficulty{Order: slices.Clone(order)} })
}

// ShortFirst makes [Fit] learn a language model from the first so many tokens of
// each sequence, and from more and more over the first so many steps.
//
//	Fit(lm, Text("opticks"), Steps(2000), ShortFirst(32, 1000))
func ShortFirst(tokens, steps int) FitOption {
	if tokens < 1 || steps < 1 {
		panic(fmt.Errorf("ShortFirst(%d, %d): want at least 1 token and 1 step", tokens, steps))
	}
	return hook(func() train.Hook { return &curriculum.Length{First: tokens, Steps: steps} })
}
