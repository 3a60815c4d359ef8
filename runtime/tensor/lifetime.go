package tensor

import "sync/atomic"

// How long the values of a tensor live. Outside of a scope: as long as somebody
// has the tensor. In a scope: until its End, unless they were lent. And in a
// private scope only as long as they are needed, which is until whoever made the
// tensor is [Done] with it and no operation holds it for its backward.

// Peek returns the elements for the time of a computation, not to be kept: for
// kernels. Unlike Data it leaves a tensor in its scope.
func (t *Tensor) Peek() []float32 {
	t.needAlive()
	if t.first != nil {
		t.first.draw(t)
	}
	return t.data
}

// Keep takes t out of its scope, if it is in one, so that it can be held and used
// after the scope's End, and returns t. Its gradient no longer matters then.
func (t *Tensor) Keep() *Tensor {
	t.needAlive()
	if t.scope != nil {
		t.lent = true
	}
	return t
}

// Scope returns the scope that t belongs to, nil if it is in none.
func (t *Tensor) Scope() *Scope { return t.scope }

// Done says that the caller, who had x made, does not look at its values any
// more. Only in a private scope is this of consequence.
func Done(x *Tensor) {
	if x.scope == nil || !x.scope.Private {
		return
	}
	x.done = true
	x.freeIfUnused()
}

// Hold keeps the values of x alive until [Release], for an operation that reads
// them in its backward.
func Hold(x *Tensor) {
	if x.scope != nil {
		atomic.AddInt32(&x.holds, 1)
	}
}

// Release undoes a Hold.
func Release(x *Tensor) {
	if x.scope != nil {
		atomic.AddInt32(&x.holds, -1)
		x.freeIfUnused()
	}
}

func (t *Tensor) freeIfUnused() {
	if t.done && t.owned && !t.lent && atomic.LoadInt32(&t.holds) == 0 {
		t.scope.Return(t.data)
		t.data, t.owned = nil, false
	}
}

// recycle makes t as good as new, but for the memory of its graph.
func (t *Tensor) recycle() {
	inputs, versions := t.op.inputs[:0], t.op.versions[:0]
	*t = Tensor{op: op{inputs: inputs, versions: versions}}
}

func (t *Tensor) needAlive() {
	if t.ended {
		panic(&OpError{Op: "tensor " + FormatShape(t.shape[:t.dims]), Why: "its scope has ended, and its memory is used again; call Keep, Data or Item before the scope's End"})
	}
}
