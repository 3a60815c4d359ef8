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
	a := Activations{Codes: tensor.BorrowInt8(m * k), Scales: tensor.Borrow(m)}
	xv := x.Data()
	tensor.ParallelRows(m, k, func(lo, hi int) {
		asm.QuantizeRows(a.Codes[lo*k:hi*k], a.Scales[lo:hi], xv[lo*k:hi*k], hi-lo, k)
	})
	return a
}

// Dequantize writes x̂ = q/s to x, row-major, of length M·K.
func (a Activations) Dequantize(x []float32) {
	m := len(a.Scales)
	k := len(a.Codes) / m
	tensor.ParallelRows(m, k, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			s := a.Scales[i]
			out := x[i*k : (i+1)*k]
			for j, c := range a.Codes[i*k : (i+1)*k] {
				out[j] = float32(c) / s
			}
		}
	})
}

// release gives the buffers back. Only for activations that nobody else holds.
func (a Activations) release() {
	tensor.ReturnInt8(a.Codes)
	tensor.Return(a.Scales)
}
