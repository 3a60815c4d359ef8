package tensor

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
	o.x, o.y, o.r = x, y, x.scope.Borrow(x.Rows())
	x.device().RMSNorm(y.data, o.r, x.Peek(), x.Rows(), x.Dim(-1), eps)
	Hold(y)
	return Record("RMSNorm", y, o, x)
}

type normOp struct {
	x, y *Tensor
	r    []float32 // 1/√(mean x² + ε) of each row
}

var normOps Recycled[normOp]

func (o *normOp) Backward(dy []float32) {
	dx, part := o.x.gradPart()
	o.x.device().RMSNormBackward(dx, dy, o.y.data, o.r, o.x.Rows(), o.x.Dim(-1))
	o.x.addPart(dx, part)
}

func (o *normOp) Release() {
	o.x.scope.Return(o.r)
	Release(o.y)
	normOps.Give(o)
}
