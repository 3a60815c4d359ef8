package tensor

import (
	"fmt"

	"setun/runtime/asm"
)

// Labels are the classes of the rows of a batch, from 0 on.
type Labels []int32

// Softmax returns p = eˣ/Σeˣ along each row of x[…×C].
//
//	dX = p·(dP − Σ dP·p)
func Softmax(x *Tensor) *Tensor {
	rows, cols := x.Rows(), x.Dim(-1)
	p := like(x)
	xv := x.Data()
	ParallelRows(rows, cols, func(lo, hi int) {
		asm.SoftmaxRows(p.data[lo*cols:hi*cols], xv[lo*cols:hi*cols], hi-lo, cols)
	})
	return NewOp("Softmax", p, []*Tensor{x}, func(dp []float32) {
		x.AddGrad(func(dx []float32) {
			ParallelRows(rows, cols, func(lo, hi int) {
				for i := lo; i < hi; i++ {
					d, q, out := dp[i*cols:(i+1)*cols], p.data[i*cols:(i+1)*cols], dx[i*cols:(i+1)*cols]
					dot := asm.Dot(d, q)
					for c := range out {
						out[c] = float32(q[c] * (d[c] - dot))
					}
				}
			})
		})
	})
}

// LogSoftmax returns log(eˣ/Σeˣ) along each row of x[…×C], without the overflow
// and the loss of digits of log after Softmax.
//
//	dX = dY − eʸ·Σ dY
func LogSoftmax(x *Tensor) *Tensor {
	rows, cols := x.Rows(), x.Dim(-1)
	y := like(x)
	xv := x.Data()
	ParallelRows(rows, cols, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			logSoftmaxRow(y.data[i*cols:(i+1)*cols], xv[i*cols:(i+1)*cols])
		}
	})
	return NewOp("LogSoftmax", y, []*Tensor{x}, func(dy []float32) {
		x.AddGrad(func(dx []float32) {
			asm.Exp(dx, y.data)
			for i := range rows {
				d, out := dy[i*cols:(i+1)*cols], dx[i*cols:(i+1)*cols]
				sum := asm.Sum(d)
				for c := range out {
					out[c] = d[c] - float32(out[c]*sum)
				}
			}
		})
	})
}

// logSoftmaxRow sets y = (x - m) - log Σ eˣ⁻ᵐ with m = max x.
func logSoftmaxRow(y, x []float32) {
	m := x[0]
	for _, v := range x[1:] {
		m = max(m, v)
	}
	for c, v := range x {
		y[c] = v - m
	}
	asm.Exp(y, y)
	log := [1]float32{asm.Sum(y)}
	asm.Log(log[:], log[:])
	for c, v := range x {
		y[c] = float32(v-m) - log[0]
	}
}

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
	probs := Borrow(rows * cols)
	losses := Borrow(rows)
	lv := logits.Data()
	ParallelRows(rows, cols, func(lo, hi int) {
		asm.SoftmaxCrossEntropyRows(losses[lo:hi], probs[lo*cols:hi*cols], lv[lo*cols:hi*cols], labels[lo:hi], hi-lo, cols)
	})
	y := New(1)
	y.data[0] = asm.Sum(losses) / float32(rows)
	Return(losses)
	// The caller may fill labels with the next batch before Backward.
	own := append(Labels(nil), labels...)
	return NewOp("CrossEntropy", y, []*Tensor{logits}, func(dy []float32) {
		logits.AddGrad(func(dx []float32) {
			factor := dy[0] / float32(rows)
			ParallelRows(rows, cols, func(lo, hi int) {
				asm.SoftmaxCrossEntropyRowsBackward(dx[lo*cols:hi*cols], probs[lo*cols:hi*cols], own[lo:hi], hi-lo, cols, factor)
			})
		})
		Return(probs)
	})
}
