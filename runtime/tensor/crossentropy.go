package tensor

import "fmt"

// Labels are the classes of the rows of a batch, from 0 on.
type Labels []int32

// CrossEntropy returns the mean over the batch of −log p(label), p = softmax of
// the rows of logits[…×C], as a tensor of length 1. B is the number of rows.
//
//	dLogits = (p − onehot(label))·dY/B
func CrossEntropy(logits *Tensor, labels Labels) *Tensor {
	rows, cols := logits.Rows(), logits.Dim(-1)
	if len(labels) != rows {
		panic(&ShapeError{Op: "CrossEntropy", Got: []int{len(labels)}, Want: []int{rows}, Why: "one label for each row of logits " + FormatShape(logits.Shape())})
	}
	for i, l := range labels {
		if l < 0 || int(l) >= cols {
			panic(&OpError{Op: "CrossEntropy", Why: fmt.Sprintf("label %d of row %d is none of the %d classes (0 to %d)", l, i, cols, cols-1)})
		}
	}
	scope, device := logits.scope, logits.device()
	o := crossEntropyOps.Take()
	o.logits, o.probs = logits, scope.Borrow(rows*cols)
	// A copy: the caller may fill labels with the next batch before Backward.
	o.labels = append(o.labels, labels...)
	losses := scope.Borrow(rows)
	device.CrossEntropy(losses, o.probs, logits.Peek(), o.labels, rows, cols)
	y := scalar(logits, device.Sum(losses)/float32(rows))
	scope.Return(losses)
	return Record("CrossEntropy", y, o, logits)
}

type crossEntropyOp struct {
	logits *Tensor
	labels Labels
	probs  []float32
}

var crossEntropyOps = NewRecycled(func(o *crossEntropyOp) { *o = crossEntropyOp{labels: o.labels[:0]} })

func (o *crossEntropyOp) Backward(dy []float32) {
	rows, cols := o.logits.Rows(), o.logits.Dim(-1)
	dx, part := o.logits.gradPart()
	o.logits.device().CrossEntropyBackward(dx, o.probs, o.labels, rows, cols, dy[0]/float32(rows))
	o.logits.addPart(dx, part)
}

func (o *crossEntropyOp) Release() {
	o.logits.scope.Return(o.probs)
	crossEntropyOps.Give(o)
}
