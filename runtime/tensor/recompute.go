package tensor

// Recompute returns forward(x) and remembers nothing of it but x: the backward
// computes it again (Chen et al., Training Deep Nets with Sublinear Memory Cost,
// 1604.06174). The numbers are the same bits as without. params are the
// parameters that forward uses, rngs the generators that it draws from; but for
// them forward must do the same each time.
func Recompute(x *Tensor, params []*Tensor, forward func(x *Tensor) *Tensor, rngs ...*RNG) *Tensor {
	o := recomputeOps.Take()
	o.rngs = append(o.rngs, rngs...)
	for _, r := range rngs {
		o.states = append(o.states, r.state)
	}
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
	rngs    []*RNG
	states  []RNGState // of rngs before the forward
	inner   Scope      // of what is computed on the way, with the memory of x's
}

var recomputeOps = NewRecycled(func(o *recomputeOp) {
	clear(o.inputs)
	clear(o.rngs)
	o.x, o.forward, o.inputs, o.rngs, o.states = nil, nil, o.inputs[:0], o.rngs[:0], o.states[:0]
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
	o.swapStates() // to draw the same numbers again
	y := o.forward(x)
	o.swapStates()
	y.backward(dy)
	if x.hasGrad {
		o.x.addGrad(x.grad)
	}
}

// swapStates exchanges the states of the generators for the noted ones. The second
// call puts them back, where the numbers drawn in between do not matter.
func (o *recomputeOp) swapStates() {
	for i, r := range o.rngs {
		was := r.state
		*r = RNG{state: o.states[i]}
		o.states[i] = was
	}
}

func (o *recomputeOp) Release() {
	Release(o.x)
	recomputeOps.Give(o)
}
