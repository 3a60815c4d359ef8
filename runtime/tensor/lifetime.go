package tensor

import "sync/atomic"

// How long the values of a tensor live. Outside of a scope: as long as somebody
// has the tensor. In a scope: until its End, unless they were lent. And in a
// private scope only as long as they are needed, which is until whoever made the
// tensor is [Done] with it and no operation holds it for its backward. Values
// that are remembered only, and that are cheap to compute again, are dropped too.

// Peek returns the elements for the time of a computation, not to be kept: for
// kernels. Unlike Data it leaves a tensor in its scope.
func (t *Tensor) Peek() []float32 {
	t.needAlive()
	if t.first != nil {
		t.first.draw(t)
	}
	if t.data == nil {
		panic(&OpError{Op: "tensor " + FormatShape(t.shape[:t.dims]), Why: "its maker was done with it, and its scope is private: its memory is used again"})
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

// Hold keeps the values of x until [Release], for an operation that reads them in
// its backward.
func Hold(x *Tensor) { x.need(&x.holds, 1) }

// Release undoes a Hold.
func Release(x *Tensor) { x.need(&x.holds, -1) }

// Remember is Hold for an operation that reads the values by [Recall], until
// [Forget]: they may be dropped and computed again.
func Remember(x *Tensor) { x.need(&x.recalls, 1) }

// Forget undoes a Remember.
func Forget(x *Tensor) { x.need(&x.recalls, -1) }

func (t *Tensor) need(count *int32, change int32) {
	if t.scope == nil {
		return
	}
	atomic.AddInt32(count, change)
	if change < 0 {
		t.freeIfUnused()
	}
}

// A Redoer is an operation whose result is cheap to compute again from what the
// operation remembers.
type Redoer interface {
	// CanRedo reports whether this one can: it is asked when the result is there,
	// and stays true until the operation is released.
	CanRedo() bool
	// Redo computes the values of the result, the same bits as before.
	Redo(y []float32)
}

func (t *Tensor) redoer() Redoer {
	if r, ok := t.op.run.(Redoer); ok && r.CanRedo() {
		return r
	}
	return nil
}

// Recall returns the values of a remembered x.
func Recall(x *Tensor) []float32 {
	if x.data == nil {
		x.data, x.owned = x.scope.Borrow(x.Len()), true
		x.redoer().Redo(x.data)
	}
	return x.data
}

// redo computes the values of x into y, which has its length.
func redo(y []float32, x *Tensor) {
	if x.data != nil {
		copy(y, x.data)
		return
	}
	x.redoer().Redo(y)
}

func (t *Tensor) freeIfUnused() {
	if !t.done || !t.owned || t.lent || atomic.LoadInt32(&t.holds) > 0 {
		return
	}
	if atomic.LoadInt32(&t.recalls) > 0 && t.redoer() == nil {
		return
	}
	t.scope.Return(t.data)
	t.data, t.owned = nil, false
}

// dataAsGrad makes the memory of the values of x, which only the caller
// remembers, that of its gradient, if nobody can tell the difference. The caller
// then has the values in the gradient's buffer, to be overwritten.
func (t *Tensor) dataAsGrad() bool {
	if !t.done || !t.owned || t.lent || t.grad != nil || t.holds > 0 || t.recalls > 1 {
		return false
	}
	t.grad, t.hasGrad = t.data, true
	t.data, t.owned = nil, false
	return true
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
