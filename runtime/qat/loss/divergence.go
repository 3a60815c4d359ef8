package loss

import (
	"fmt"

	"setun/runtime/asm"
	"setun/runtime/tensor"
)

// KL is the divergence of two classifiers at a temperature, the mean over the rows
// of
//
//	KL(p ‖ q) = Σ p·(log p − log q),   p = softmax(target/T), q = softmax(logits/T)
//
// in nats (Hinton et al., 1503.02531). It is 0 where they agree. Its gradient is
// (q − p)/T for each row, divided by the number of rows: distillation multiplies
// by T², so that the temperature does not change how strongly the teacher pulls.
func KL(logits, target *tensor.Tensor, temperature float64) *tensor.Tensor {
	if !(temperature > 0) {
		panic(fmt.Errorf("loss: KL at a temperature of %g; want above 0", temperature))
	}
	if logits.Len() != target.Len() || logits.Dim(-1) != target.Dim(-1) {
		panic(&tensor.ShapeError{Op: "KL", Got: target.Shape(), Want: logits.Shape(), Why: "a target for each logit"})
	}
	rows, cols := logits.Rows(), logits.Dim(-1)
	inverse := float32(1 / temperature)
	logQ := tensor.LogSoftmax(tensor.Scale(logits, inverse))
	// The target is a constant: a copy, cut off from what it was computed from.
	cold := make([]float32, target.Len())
	asm.Scale(cold, inverse, target.Peek())
	logP := tensor.LogSoftmax(tensor.From(cold, rows, cols)).Data()
	p := make([]float32, len(logP))
	asm.Exp(p, logP)
	negentropy := asm.Dot(p, logP) / float32(rows)
	cross := tensor.Scale(tensor.Sum(tensor.Mul(logQ, tensor.From(p, logQ.Shape()...))), -1/float32(rows))
	return tensor.Add(cross, tensor.From([]float32{negentropy}, 1))
}
