package tensor

import "fmt"

// LayerNorm shifts and scales each row of x[…×D] to mean 0 and variance 1, and
// then every column by its gain g[D] and bias b[D] (Ba, Kiros and Hinton,
// 1607.06450, equation 4):
//
//	z = (x − mean x)·r with r = 1/√(var x + ε)    y = z·g + b
//	dG = Σ dY·z    dB = Σ dY    dZ = dY·g    dX = r·(dZ − mean(dZ) − z·mean(dZ·z))
func LayerNorm(x, g, b *Tensor, eps float32) *Tensor {
	needRow("LayerNorm", "the gain", x, g)
	needRow("LayerNorm", "the bias", x, b)
	y := like(x)
	o := layerNormOps.Take()
	o.x, o.g, o.b = x, g, b
	o.mean, o.rstd = x.scope.Borrow(x.Rows()), x.scope.Borrow(x.Rows())
	x.device().LayerNorm(y.data, o.mean, o.rstd, x.Peek(), g.Peek(), b.Peek(), eps)
	Remember(x)
	Hold(g)
	return Record("LayerNorm", y, o, x, g, b)
}

type layerNormOp struct {
	x, g, b    *Tensor
	mean, rstd []float32 // of each row
}

var layerNormOps Recycled[layerNormOp]

func (o *layerNormOp) Backward(dy []float32) {
	d, x := o.x.device(), Recall(o.x)
	z := o.x.scope.Borrow(len(dy))
	d.LayerNormApply(z, x, o.mean, o.rstd, o.x.Dim(-1))
	if o.x.wants {
		dx, part := o.x.gradPart()
		d.LayerNormBackward(dx, dy, z, o.rstd, o.g.data, o.x.Dim(-1))
		o.x.addPart(dx, part)
	}
	if o.g.wants {
		d.Mul(z, z, dy)
		o.g.addRowSum(d, z)
	}
	o.b.addRowSum(d, dy)
	o.x.scope.Return(z)
}

func (o *layerNormOp) Release() {
	o.x.scope.Return(o.mean)
	o.x.scope.Return(o.rstd)
	Forget(o.x)
	Release(o.g)
	layerNormOps.Give(o)
}

// MulRow returns x with every row of x[…×D] multiplied by g[D], element by
// element: the gain of a norm.
//
//	dX = dY·g    dG = Σ over rows of dY·x
func MulRow(x, g *Tensor) *Tensor {
	needRow("MulRow", "the gain", x, g)
	y := like(x)
	x.device().MulRow(y.data, x.Peek(), g.Peek())
	o := mulRowOps.Take()
	o.x, o.g = x, g
	Remember(x)
	Hold(g)
	return Record("MulRow", y, o, x, g)
}

type mulRowOp struct{ x, g *Tensor }

var mulRowOps Recycled[mulRowOp]

func (o *mulRowOp) Backward(dy []float32) {
	d := o.x.device()
	if o.g.wants {
		product := o.x.scope.Borrow(len(dy))
		d.Mul(product, dy, Recall(o.x))
		o.g.addRowSum(d, product)
		o.x.scope.Return(product)
	}
	if o.x.wants {
		dx, part := o.x.gradPart()
		d.MulRow(dx, dy, o.g.data)
		o.x.addPart(dx, part)
	}
}

func (o *mulRowOp) Release() {
	Forget(o.x)
	Release(o.g)
	mulRowOps.Give(o)
}

// needRow panics unless row has one element for each column of x.
func needRow(op, what string, x, row *Tensor) {
	if row.dims != 1 || row.shape[0] != x.Dim(-1) {
		panic(&ShapeError{Op: op, Got: row.Shape(), Want: []int{x.Dim(-1)}, Why: fmt.Sprintf("%s has one element for each column of %s", what, FormatShape(x.Shape()))})
	}
}
