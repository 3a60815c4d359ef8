package tensor

// ReLU returns max(x, 0). dX = dY where y > 0, else 0.
func ReLU(x *Tensor) *Tensor {
	return activate("ReLU", x, &x.device().ReLU, true)
}

// ReLUSquared returns max(x, 0)², the activation of BitNet b1.58 2B4T.
// dX = dY·2·max(x, 0).
func ReLUSquared(x *Tensor) *Tensor {
	return activate("ReLUSquared", x, &x.device().ReLUSquared, false)
}

// SiLU returns x·σ(x) (Elfwing, Uchibe and Doya, 1702.03118).
// dX = dY·σ·(1 + x·(1−σ)).
func SiLU(x *Tensor) *Tensor {
	return activate("SiLU", x, &x.device().SiLU, false)
}

// GELU returns x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))), the tanh form of
// Hendrycks and Gimpel, 1606.08415.
func GELU(x *Tensor) *Tensor {
	return activate("GELU", x, &x.device().GELU, false)
}

// activationOp is an elementwise function whose slope follows from one tensor
// v: its result or its input.
type activationOp struct {
	x, y   *Tensor
	v      *Tensor // x or y
	f      *Activation
	redoes bool // x is cheap to compute again
}

var activationOps Recycled[activationOp]

// activate returns f(x); its slope is that of its result if fromResult is set,
// else of its input.
func activate(name string, x *Tensor, f *Activation, fromResult bool) *Tensor {
	y := like(x)
	f.Forward(y.data, x.Peek())
	o := activationOps.Take()
	*o = activationOp{x: x, y: y, v: x, f: f, redoes: x.redoer() != nil}
	if fromResult {
		o.v = y
	}
	Remember(o.v)
	return Record(name, y, o, x)
}

func (o *activationOp) Backward(dy []float32) {
	v := Recall(o.v)
	if o.x.inheritGrad(o.y) {
		o.f.Backward(dy, dy, v)
		return
	}
	o.x.addGradBy(o.f.Backward, dy, v)
}

// CanRedo is true if x is there for the slope, or can be computed again.
func (o *activationOp) CanRedo() bool { return o.v == o.x || o.redoes }

func (o *activationOp) Redo(y []float32) {
	if o.v == o.x {
		o.f.Forward(y, Recall(o.x))
		return
	}
	redo(y, o.x)
	o.f.Forward(y, y)
}

func (o *activationOp) Release() {
	Forget(o.v)
	activationOps.Give(o)
}
