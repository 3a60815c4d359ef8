package tensor

// A Gate is the function of a gated feed-forward layer.
type Gate int

// The gates (Shazeer, GLU Variants Improve Transformer, 2002.05202).
const (
	GateReLUSquared Gate = iota // of BitNet b1.58 2B4T
	GateSiLU                    // of Llama
	GateGELU
)

// Gated returns f(g)·u […×H], where the rows of x[…×2H] are a gate g and a value
// u side by side.
//
//	dU = dY·f(g)    dG = dY·u·f′(g)
func Gated(x *Tensor, f Gate) *Tensor {
	if x.Dim(-1)%2 != 0 {
		panic(&ShapeError{Op: "Gated", Got: x.Shape(), Why: "a row is a gate and a value of the same width"})
	}
	if f < 0 || f > GateGELU {
		panic(&OpError{Op: "Gated", Why: "there is no such gate"})
	}
	o := gatedOps.Take()
	o.x, o.f = x, f
	y := WithWidth(x, x.Dim(-1)/2)
	x.device().Gate(y.data, x.Peek(), f, x.Rows(), y.Dim(-1))
	Remember(x)
	return Record("Gated", y, o, x)
}

type gatedOp struct {
	x *Tensor
	f Gate
}

var gatedOps Recycled[gatedOp]

func (o *gatedOp) Backward(dy []float32) {
	x := Recall(o.x)
	dx, part := x, false
	if !o.x.dataAsGrad() {
		dx, part = o.x.gradPart()
	}
	o.x.device().GateBackward(dx, dy, x, o.f, o.x.Rows(), o.x.Dim(-1)/2)
	o.x.addPart(dx, part)
}

func (o *gatedOp) CanRedo() bool { return true }

func (o *gatedOp) Redo(y []float32) {
	o.x.device().Gate(y, Recall(o.x), o.f, o.x.Rows(), o.x.Dim(-1)/2)
}

func (o *gatedOp) Release() {
	Forget(o.x)
	gatedOps.Give(o)
}
