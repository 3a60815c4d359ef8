package tensor

// Recompute returns forward(x) and remembers nothing of it but x: the backward
// computes it again (Chen et al., Training Deep Nets with Sublinear Memory Cost,
// 1604.06174). The numbers are the same bits as without. params are the
// parameters that forward uses; forward must do the same each time.
func Recompute(x *Tensor, params []*Tensor, forward func(x *Tensor) *Tensor) *Tensor {
	o := recomputeOps.Take()
	o.x, o.forward = x, forward
	o.inputs = append(append(o.inputs, x), params...)
	o.inner.Private = x.scope != nil && x.scope.Private
	o.inner.Inference = true
	if x.scope != nil {
		o.inner.On = x.scope.On
		o.inner.memory.Store(x.scope.store())
	}
	y := o.run(x.scope)
	Hold(x)
	return Record("Recompute", y, o, o.inputs...)
}

type recomputeOp struct {
	x       *Tensor
	forward func(x *Tensor) *Tensor
	inputs  []*Tensor // x and the parameters
	inner   Scope     // of what is computed on the way, with the memory of x's
}

var recomputeOps = NewRecycled(func(o *recomputeOp) {
	clear(o.inputs)
	o.x, o.forward, o.inputs = nil, nil, o.inputs[:0]
	o.inner.On = nil
	o.inner.memory.Store(nil)
})

// run is the forward: its result goes to scope, all else is taken back.
func (o *recomputeOp) run(scope *Scope) *Tensor {
	defer o.inner.End()
	y := o.forward(o.inner.Enter(o.x))
	if scope == nil || !y.owned || y.lent {
		out := scope.make(y.Len(), y.shape, y.dims)
		copy(out.data, y.Peek())
		return out
	}
	out := scope.tensor(y.shape, y.dims)
	out.data, out.owned = y.data, true
	y.owned = false
	return out
}

func (o *recomputeOp) Backward(dy []float32) {
	defer o.inner.End()
	o.inner.Inference = false
	x := o.inner.Enter(o.x)
	x.wants = o.x.wants
	o.forward(x).backward(dy)
	if x.hasGrad {
		o.x.addGrad(x.grad)
	}
}

func (o *recomputeOp) Release() {
	Release(o.x)
	recomputeOps.Give(o)
}
