package qat

import (
	"setun/runtime/asm"
	"setun/runtime/tensor"
)

// Activations are quantised activations x̂ = q/s, with one scale for each row
// (per token, absmax).
type Activations struct {
	Codes  []int8    // q[M×K], row-major
	Scales []float32 // s[M]
}

// QuantizeActivations quantises the rows of x[…×K] to int8 so that the largest
// magnitude of each becomes 127.
func QuantizeActivations(x *tensor.Tensor) Activations {
	m, k := x.Rows(), x.Dim(-1)
	a := borrowActivations(x.Scope(), m, k)
	x.Scope().Device().QuantizeRows(a.Codes, a.Scales, x.Peek(), m, k)
	return a
}

// Dequantize writes x̂ = q/s to x, row-major, of length M·K.
func (a Activations) Dequantize(x []float32) {
	t := activationTasks.Take()
	t.a, t.x, t.cols = a, x, len(a.Codes)/len(a.Scales)
	tensor.ShareRows(len(a.Scales), t.cols, t)
	activationTasks.Give(t)
}

// activationTask dequantises rows.
type activationTask struct {
	a    Activations
	x    []float32
	cols int
}

var activationTasks tensor.Recycled[activationTask]

func (t *activationTask) Piece(lo, hi int) {
	k := t.cols
	asm.DequantizeRows(t.x[lo*k:hi*k], t.a.Codes[lo*k:hi*k], t.a.Scales[lo:hi], hi-lo, k)
}

func borrowActivations(s *tensor.Scope, m, k int) Activations {
	return Activations{Codes: s.BorrowInt8(m * k), Scales: s.Borrow(m)}
}

// release gives the buffers back to s, once. Only for activations that nobody else
// holds.
func (a *Activations) release(s *tensor.Scope) {
	if a.Codes != nil {
		s.ReturnInt8(a.Codes)
		s.Return(a.Scales)
		*a = Activations{}
	}
}
