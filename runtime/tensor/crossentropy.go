package tensor

import (
	"fmt"

	"setun/runtime/asm"
)

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
	scope := logits.scope
	o := crossEntropyOps.Take()
	o.logits = logits
	o.x = logits.Peek()
	o.probs, o.losses = scope.Borrow(rows*cols), scope.Borrow(rows)
	// A copy: the caller may fill labels with the next batch before Backward.
	o.labels = append(o.labels[:0], labels...)
	ShareRows(rows, cols, (*crossEntropyForward)(o))
	y := scalar(logits, asm.Sum(o.losses)/float32(rows))
	return Record("CrossEntropy", y, o, logits)
}

type crossEntropyOp struct {
	logits   *Tensor
	labels   Labels
	x        []float32 // the values of logits, while it goes forward
	probs    []float32
	losses   []float32 // of each row
	dx       []float32 // while it goes backward
	gradient float32   // of each row's loss
}

// The two directions of CrossEntropy, as tasks.
type (
	crossEntropyForward  crossEntropyOp
	crossEntropyBackward crossEntropyOp
)

var crossEntropyOps = NewRecycled(func(o *crossEntropyOp) { *o = crossEntropyOp{labels: o.labels[:0]} })

func (o *crossEntropyForward) Piece(lo, hi int) {
	cols := o.logits.Dim(-1)
	asm.SoftmaxCrossEntropyRows(o.losses[lo:hi], o.probs[lo*cols:hi*cols], o.x[lo*cols:hi*cols], o.labels[lo:hi], hi-lo, cols)
}

func (o *crossEntropyBackward) Piece(lo, hi int) {
	cols := o.logits.Dim(-1)
	asm.SoftmaxCrossEntropyRowsBackward(o.dx[lo*cols:hi*cols], o.probs[lo*cols:hi*cols], o.labels[lo:hi], hi-lo, cols, o.gradient)
}

func (o *crossEntropyOp) Backward(dy []float32) {
	rows, cols := o.logits.Rows(), o.logits.Dim(-1)
	dx, part := o.logits.gradPart()
	o.dx, o.gradient = dx, dy[0]/float32(rows)
	ShareRows(rows, cols, (*crossEntropyBackward)(o))
	o.logits.addPart(dx, part)
}

func (o *crossEntropyOp) Release() {
	o.logits.scope.Return(o.probs)
	o.logits.scope.Return(o.losses)
	crossEntropyOps.Give(o)
}
