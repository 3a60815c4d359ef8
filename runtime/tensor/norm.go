package tensor

import "setun/runtime/asm"

// rowsAlone is how many elements of a row-wise operation one worker takes at a
// time, at least one row.
const rowsAlone = 1 << 13

// ParallelRows is Parallel over the rows of a rows×cols matrix.
func ParallelRows(rows, cols int, body func(lo, hi int)) {
	Parallel(rows, max(1, rowsAlone/cols), body)
}

// NormEps is the ε of RMSNorm that BitNet uses.
const NormEps = 1e-5

// RMSNorm divides each row of x[…×D] by its root mean square (Zhang and
// Sennrich, 1910.07467, equation 4, without the gain):
//
//	y = x·r with r = 1/√(mean x² + ε)
//	dX = r·(dY − y·mean(dY·y))
func RMSNorm(x *Tensor, eps float32) *Tensor {
	rows, cols := x.Rows(), x.Dim(-1)
	y := like(x)
	r := Borrow(rows)
	xv := x.Data()
	ParallelRows(rows, cols, func(lo, hi int) {
		asm.RMSNormRows(y.data[lo*cols:hi*cols], r[lo:hi], xv[lo*cols:hi*cols], hi-lo, cols, eps)
	})
	return NewOp("RMSNorm", y, []*Tensor{x}, func(dy []float32) {
		x.AddGrad(func(dx []float32) {
			ParallelRows(rows, cols, func(lo, hi int) {
				asm.RMSNormRowsBackward(dx[lo*cols:hi*cols], dy[lo*cols:hi*cols], y.data[lo*cols:hi*cols], r[lo:hi], hi-lo, cols)
			})
		})
		Return(r)
	})
}
