package tensor

// Softmax returns p = eˣ/Σeˣ along each row of x[…×C].
//
//	dX = p·(dP − Σ dP·p)
func Softmax(x *Tensor) *Tensor {
	p := like(x)
	x.device().Softmax(p.data, x.Peek(), x.Rows(), x.Dim(-1))
	return recordRows("Softmax", x, p, x.device().SoftmaxBackward)
}

// LogSoftmax returns log(eˣ/Σeˣ) along each row of x[…×C], without the overflow
// and the loss of digits of log after Softmax.
//
//	dX = dY − eʸ·Σ dY
func LogSoftmax(x *Tensor) *Tensor {
	y := like(x)
	x.device().LogSoftmax(y.data, x.Peek(), x.Rows(), x.Dim(-1))
	return recordRows("LogSoftmax", x, y, x.device().LogSoftmaxBackward)
}

// rowsOp is a function of rows whose gradient follows from its result y.
type rowsOp struct {
	x, y   *Tensor
	kernel func(dx, dy, y []float32, rows, cols int)
}

var rowsOps Recycled[rowsOp]

func recordRows(name string, x, y *Tensor, kernel func(dx, dy, y []float32, rows, cols int)) *Tensor {
	o := rowsOps.Take()
	*o = rowsOp{x, y, kernel}
	Hold(y)
	return Record(name, y, o, x)
}

func (o *rowsOp) Backward(dy []float32) {
	dx, part := o.x.gradPart()
	o.kernel(dx, dy, o.y.data, o.x.Rows(), o.x.Dim(-1))
	o.x.addPart(dx, part)
}

func (o *rowsOp) Release() {
	Release(o.y)
	rowsOps.Give(o)
}
