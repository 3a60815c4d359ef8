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
	t := quantizes.Take()
	*t = quantize{a: a, x: x.Peek()}
	tensor.ShareRows(m, k, t)
	quantizes.Give(t)
	return a
}

// quantize quantises the rows of x, normalised before if rstd is not nil.
type quantize struct {
	a    Activations
	x    []float32
	rstd []float32 // 1/√(mean x² + ε) of each row, written
	eps  float32
}

var quantizes tensor.Recycled[quantize]

func (o *quantize) Piece(lo, hi int) {
	k := len(o.a.Codes) / len(o.a.Scales)
	q, s, x := o.a.Codes[lo*k:hi*k], o.a.Scales[lo:hi], o.x[lo*k:hi*k]
	if o.rstd != nil {
		asm.RMSNormQuantizeRows(q, s, o.rstd[lo:hi], x, hi-lo, k, o.eps)
	} else {
		asm.QuantizeRows(q, s, x, hi-lo, k)
	}
}

// Dequantize writes x̂ = q/s to x, row-major, of length M·K.
func (a Activations) Dequantize(x []float32) {
	m := len(a.Scales)
	k := len(a.Codes) / m
	tensor.ParallelRows(m, k, func(lo, hi int) {
		asm.DequantizeRows(x[lo*k:hi*k], a.Codes[lo*k:hi*k], a.Scales[lo:hi], hi-lo, k)
	})
}

func borrowActivations(s *tensor.Scope, m, k int) Activations {
	return Activations{Codes: s.BorrowInt8(m * k), Scales: s.Borrow(m)}
}

// release gives the buffers back to s. Only for activations that nobody else
// holds.
func (a Activations) release(s *tensor.Scope) {
	s.ReturnInt8(a.Codes)
	s.Return(a.Scales)
}
