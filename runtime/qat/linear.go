package qat

import "setun/runtime/tensor"

// linear is what a linear layer of any scheme but b1.58's remembers. It computes
// what is in bitlinear.go, for that one.
type linear struct{ pass }

var linears = tensor.NewRecycled(func(o *linear) { o.pass = o.cleared() })

// linear returns x[…×K] times the weights ws, side by side, by the scheme of q.
func (q *Quantization) linear(x *tensor.Tensor, ws ...*tensor.Tensor) *tensor.Tensor {
	const name = "quantised Linear"
	n := 0
	for _, w := range ws {
		tensor.NeedLinear(name, x, w)
		n += w.Dim(0)
	}
	needExact(name, x, x.Dim(-1))
	o := linears.Take()
	o.begin(q, x, x.Rows(), x.Dim(-1), ws...)
	y := tensor.WithWidth(x, n)
	o.Redo(y.Peek())
	return tensor.Record(name, y, o, o.inputs...)
}

// needExact panics where sums of k products of codes could leave int32.
func needExact(op string, x *tensor.Tensor, k int) {
	if k > mostColumns {
		panic(&tensor.ShapeError{Op: op, Got: x.Shape(), Why: "sums over so many features leave 32 bits"})
	}
}

// input is X̂.
func (o *linear) input() rows {
	if o.activations.Codes != nil {
		return rows{Activations: o.activations}
	}
	return rows{floats: o.inputFloats()}
}

// Redo multiplies.
func (o *linear) Redo(y []float32) {
	m, in := o.x.Rows(), o.input()
	at := 0 // the first column of y for w
	for i := range o.weights {
		w := &o.weights[i]
		if o.asIntegers(w) {
			o.forward(w, in, nil, m, y[at:], len(y)/m)
		} else {
			what := o.weightFloats(w)
			o.forward(w, in, what, m, y[at:], len(y)/m)
			o.returnWeightFloats(what)
		}
		at += w.latent.Dim(0)
	}
}

func (o *linear) CanRedo() bool { return o.x.Rows() >= redoRows && o.asIntegers(&o.weights[0]) }

func (o *linear) Backward(dy []float32) {
	m, in := o.x.Rows(), o.input()
	n, at := len(dy)/m, 0
	for i := range o.weights {
		w := &o.weights[i]
		if w.wantsWeightGrad() {
			grad, accumulate := o.gradRoom(w)
			o.weightGrad(w, in, m, dy[at:], n, grad, accumulate)
			o.takeGrad(w, grad)
		}
		at += w.latent.Dim(0)
	}
	if !o.x.WantsGrad() {
		return
	}
	dx, accumulate := o.x.GradBuffer()
	if o.calibrated == 0 || !accumulate {
		o.inputGrads(dy, m, n, dx, accumulate)
		o.mask(dx)
		return
	}
	part := o.scope.Borrow(len(dx))
	o.inputGrads(dy, m, n, part, false)
	o.mask(part)
	o.scope.Device().Add(dx, dx, part)
	o.scope.Return(part)
}

// inputGrads sets dx to dX̂, or adds that.
func (o *linear) inputGrads(dy []float32, m, n int, dx []float32, accumulate bool) {
	at := 0
	for i := range o.weights {
		w := &o.weights[i]
		what := o.backwardFloats(w)
		o.inputGrad(w, what, m, dy[at:], n, dx, at > 0 || accumulate)
		if what != nil {
			o.returnWeightFloats(what)
		}
		at += w.latent.Dim(0)
	}
}

func (o *linear) Release() {
	o.end()
	linears.Give(o)
}
