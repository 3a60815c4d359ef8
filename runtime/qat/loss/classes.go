package loss

import (
	"fmt"

	"setun/runtime/tensor"
)

// Smoothed returns the cross-entropy against smoothed labels: the right class
// counts 1−ε+ε/C, every other ε/C (Szegedy et al., 1512.00567, section 7; the
// arithmetic of torch.nn.functional.cross_entropy with label_smoothing):
//
//	(1−ε)·mean(−log p(label)) − ε·mean(log p)
//
// epsilon is at least 0 and below 1.
func Smoothed(epsilon float64) func(logits *tensor.Tensor, y tensor.Labels) *tensor.Tensor {
	if !(epsilon >= 0 && epsilon < 1) {
		panic(fmt.Errorf("loss: label smoothing of %g; want at least 0 and below 1", epsilon))
	}
	return func(logits *tensor.Tensor, y tensor.Labels) *tensor.Tensor {
		right := tensor.Scale(tensor.CrossEntropy(logits, y), float32(1-epsilon))
		return tensor.Add(right, tensor.Scale(tensor.Mean(tensor.LogSoftmax(logits)), float32(-epsilon)))
	}
}

// OneHot makes a loss of classes of a loss of two tensors: the target has 1 at the
// label and 0 elsewhere. Classifiers learn by [MSE] too, if more slowly.
func OneHot(pair func(y, target *tensor.Tensor) *tensor.Tensor) func(logits *tensor.Tensor, y tensor.Labels) *tensor.Tensor {
	return func(logits *tensor.Tensor, y tensor.Labels) *tensor.Tensor {
		classes := logits.Dim(-1)
		if len(y) != logits.Rows() {
			panic(&tensor.ShapeError{Op: "OneHot", Got: []int{len(y)}, Want: []int{logits.Rows()}, Why: "one label for each row of logits " + tensor.FormatShape(logits.Shape())})
		}
		target := tensor.New(logits.Shape()...)
		for i, label := range y {
			if label < 0 || int(label) >= classes {
				panic(&tensor.OpError{Op: "OneHot", Why: fmt.Sprintf("label %d of row %d is none of the %d classes (0 to %d)", label, i, classes, classes-1)})
			}
			target.Data()[i*classes+int(label)] = 1
		}
		return pair(logits, target)
	}
}
