package tensor

import "setun/runtime/asm"

// NormEps is the ε of RMSNorm that BitNet uses.
const NormEps = 1e-5

// RMSNorm divides each row of x[…×D] by its root mean square (Zhang and
// Sennrich, 1910.07467, equation 4, without the gain):
//
//	y = x·r with r = 1/√(mean x² + ε)
//	dX = r·(dY − y·mean(dY·y))
func RMSNorm(x *Tensor, eps float32) *Tensor {
	y := like(x)
	o := normOps.Take()
	*o = normOp{x: x, y: y, xv: x.Peek(), r: x.scope.Borrow(x.Rows()), eps: eps}
	ShareRows(x.Rows(), x.Dim(-1), (*normForward)(o))
	Hold(y)
	return Record("RMSNorm", y, o, x)
}

type normOp struct {
	x, y   *Tensor
	xv     []float32
	r      []float32 // 1/√(mean x² + ε) of each row
	eps    float32
	dx, dy []float32 // while it goes backward
}

// The two directions of RMSNorm, as tasks.
type (
	normForward  normOp
	normBackward normOp
)

var normOps Recycled[normOp]

func (o *normForward) Piece(lo, hi int) {
	cols := o.x.Dim(-1)
	asm.RMSNormRows(o.y.data[lo*cols:hi*cols], o.r[lo:hi], o.xv[lo*cols:hi*cols], hi-lo, cols, o.eps)
}

func (o *normBackward) Piece(lo, hi int) {
	cols := o.x.Dim(-1)
	asm.RMSNormRowsBackward(o.dx[lo*cols:hi*cols], o.dy[lo*cols:hi*cols], o.y.data[lo*cols:hi*cols], o.r[lo:hi], hi-lo, cols)
}

func (o *normOp) Backward(dy []float32) {
	dx, part := o.x.gradPart()
	o.dx, o.dy = dx, dy
	ShareRows(o.x.Rows(), o.x.Dim(-1), (*normBackward)(o))
	o.x.addPart(dx, part)
}

func (o *normOp) Release() {
	o.x.scope.Return(o.r)
	Release(o.y)
	normOps.Give(o)
}
