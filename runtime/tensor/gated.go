package tensor

import "setun/runtime/asm"

// A Gate is the function of a gated feed-forward layer.
type Gate struct {
	Name     string
	forward  func(y, x []float32)
	backward func(dx, dy, x []float32)
}

// The gates. GateReLUSquared is that of BitNet b1.58 2B4T, GateSiLU that of
// Llama (Shazeer, GLU Variants Improve Transformer, 2002.05202).
var (
	GateReLUSquared = Gate{"relu²", asm.ReLUSquared, asm.ReLUSquaredBackward}
	GateSiLU        = Gate{"SiLU", asm.SiLU, asm.SiLUBackward}
	GateGELU        = Gate{"GELU", asm.GELU, asm.GELUBackward}
)

// Gated returns f(g)·u […×H], where the rows of x[…×2H] are a gate g and a value
// u side by side.
//
//	dU = dY·f(g)    dG = dY·u·f′(g)
func Gated(x *Tensor, f Gate) *Tensor {
	if x.Dim(-1)%2 != 0 {
		panic(&ShapeError{Op: "Gated", Got: x.Shape(), Why: "a row is a gate and a value of the same width"})
	}
	o := gatedOps.Take()
	y := WithWidth(x, x.Dim(-1)/2)
	*o = gatedOp{x: x, f: f}
	o.forward(y.data, x.Peek())
	Remember(x)
	return Record("Gated", y, o, x)
}

type gatedOp struct {
	x *Tensor
	f Gate

	xv, y  []float32
	dx, dy []float32
}

// The two directions of Gated, as tasks.
type (
	gatedForward  gatedOp
	gatedBackward gatedOp
)

var gatedOps Recycled[gatedOp]

func (o *gatedOp) forward(y, x []float32) {
	o.xv, o.y = x, y
	ShareRows(o.x.Rows(), o.x.Dim(-1), (*gatedForward)(o))
	o.xv, o.y = nil, nil
}

func (o *gatedForward) Piece(lo, hi int) {
	h := o.x.Dim(-1) / 2
	for i := lo; i < hi; i++ {
		g, u, y := o.xv[i*2*h:][:h], o.xv[i*2*h+h:][:h], o.y[i*h:][:h]
		o.f.forward(y, g)
		asm.Mul(y, y, u)
	}
}

// Piece may write dx onto x.
func (o *gatedBackward) Piece(lo, hi int) {
	h := o.x.Dim(-1) / 2
	df := o.x.scope.Borrow(h)
	for i := lo; i < hi; i++ {
		g, u, dy := o.xv[i*2*h:][:h], o.xv[i*2*h+h:][:h], o.dy[i*h:][:h]
		dg, du := o.dx[i*2*h:][:h], o.dx[i*2*h+h:][:h]
		asm.Mul(df, dy, u)
		o.f.forward(du, g)
		asm.Mul(du, du, dy)
		o.f.backward(dg, df, g)
	}
	o.x.scope.Return(df)
}

func (o *gatedOp) Backward(dy []float32) {
	o.xv, o.dy = Recall(o.x), dy
	if o.x.dataAsGrad() {
		o.dx = o.xv
		ShareRows(o.x.Rows(), o.x.Dim(-1), (*gatedBackward)(o))
		return
	}
	dx, part := o.x.gradPart()
	o.dx = dx
	ShareRows(o.x.Rows(), o.x.Dim(-1), (*gatedBackward)(o))
	o.x.addPart(dx, part)
}

func (o *gatedOp) CanRedo() bool    { return true }
func (o *gatedOp) Redo(y []float32) { o.forward(y, Recall(o.x)) }

func (o *gatedOp) Release() {
	Forget(o.x)
	gatedOps.Give(o)
}
