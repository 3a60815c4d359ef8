package tensor

// op is how a tensor was computed: its inputs and the way of its gradient back
// to them.
type op struct {
	name     string
	run      Operation // nil for a leaf, and after Backward
	inputs   []*Tensor
	versions []int // of the inputs, when they were read
	visited  bool  // by the walk of a Backward
}

// An Operation is what the result of a differentiable operation remembers for
// its way back.
type Operation interface {
	// Backward adds to the gradient of each input, by [Tensor.AddGrad] or
	// [Tensor.GradBuffer], given the complete gradient dy of the result, which it
	// must not keep. It is called at most once.
	Backward(dy []float32)
	// Release gives back what was remembered. It is called once: after Backward,
	// or when there will be none.
	Release()
}

// Record makes out the result of a differentiable operation that was computed
// from inputs, and returns it. Where no input wants a gradient, see [Records],
// there is nothing to record: run is released at once.
func Record(name string, out *Tensor, run Operation, inputs ...*Tensor) *Tensor {
	if !Records(inputs...) {
		run.Release()
		return out
	}
	o := &out.op
	o.name, o.run = name, run
	o.inputs = append(o.inputs[:0], inputs...)
	o.versions = o.versions[:0]
	for _, in := range inputs {
		o.versions = append(o.versions, in.version)
	}
	out.wants = true
	return out
}

// Records reports whether what is computed from the inputs must remember its
// way back: one of them wants a gradient, and none is of a scope for inference.
func Records(inputs ...*Tensor) bool {
	wants := false
	for _, in := range inputs {
		if in.scope != nil && in.scope.Inference {
			return false
		}
		wants = wants || in.wants
	}
	return wants
}

// NewOp is [Record] with a function for the way back.
func NewOp(name string, out *Tensor, inputs []*Tensor, backward func(dy []float32)) *Tensor {
	return Record(name, out, closure(backward), inputs...)
}

type closure func(dy []float32)

func (c closure) Backward(dy []float32) { c(dy) }
func (c closure) Release()              {}

// release gives back what the operation remembers; its name stays, for errors.
func (o *op) release() {
	if o.run == nil {
		return
	}
	o.run.Release()
	clear(o.inputs)
	o.run, o.inputs, o.visited = nil, o.inputs[:0], false
}

// computed reports whether t is the result of a recorded operation, also of one
// that is spent.
func (t *Tensor) computed() bool { return t.op.name != "" }

// WantsGrad reports whether a gradient of t would be of use: whether t is a
// parameter or was computed from one.
func (t *Tensor) WantsGrad() bool { return t.wants }

// Grad returns the gradient of a parameter that Backward left, nil if there is
// none. The slice is the parameter's own buffer, used again by the next
// Backward. Intermediate results have no gradient to look at.
func (t *Tensor) Grad() []float32 {
	if !t.hasGrad || t.computed() {
		return nil
	}
	return t.grad
}

// GradBuffer returns the buffer for the gradient of t and whether it already
// holds a part, to which the caller must add; else the caller must overwrite
// every element. It is for kernels that can do either by themselves. Call it
// only if t wants a gradient.
func (t *Tensor) GradBuffer() (dx []float32, accumulate bool) {
	if t.hasGrad {
		return t.grad, true
	}
	if t.grad == nil {
		if t.computed() || t.scope != nil {
			t.grad = t.scope.Borrow(t.Len())
		} else {
			t.grad = keep(t.Len())
		}
	}
	t.hasGrad = true
	return t.grad, false
}

// AddGrad adds a part to the gradient of t, if t wants one: write must set every
// element of dx to that part.
func (t *Tensor) AddGrad(write func(dx []float32)) {
	if !t.wants {
		return
	}
	dx, part := t.gradPart()
	write(dx)
	t.addPart(dx, part)
}

// gradPart returns where to write a part of the gradient of t: its buffer, or if
// that holds a part already, a borrowed one, to be given to addPart afterwards.
func (t *Tensor) gradPart() (dx []float32, part bool) {
	dx, part = t.GradBuffer()
	if part {
		dx = t.scope.Borrow(len(dx))
	}
	return dx, part
}

func (t *Tensor) addPart(dx []float32, part bool) {
	if part {
		t.device().Add(t.grad, t.grad, dx)
		t.scope.Return(dx)
	}
}

// addGrad adds dy to the gradient of t, if t wants one.
func (t *Tensor) addGrad(dy []float32) {
	if !t.wants {
		return
	}
	dx, accumulate := t.GradBuffer()
	if accumulate {
		t.device().Add(dx, dx, dy)
	} else {
		copy(dx, dy)
	}
}

// inheritGrad makes the gradient of y that of t as well, which y was computed from
// element by element, if t has none yet: in place of a second buffer. The caller,
// the operation of y in its Backward, then has dy in the gradient of t, to be
// overwritten.
func (t *Tensor) inheritGrad(y *Tensor) bool {
	if !t.wants || !t.computed() || t.grad != nil || t.scope != y.scope {
		return false
	}
	t.grad, t.hasGrad = y.grad, true
	y.grad, y.hasGrad = nil, false
	return true
}

// Backward computes the gradient of t, a single number, with respect to every
// parameter that it was computed from, and adds it to their gradients.
//
// The graph is used up by it: what the operations had saved is freed, and a
// second Backward through any of them is an error.
func (t *Tensor) Backward() {
	if t.Len() != 1 {
		panic(&ShapeError{Op: "Backward", Got: t.Shape(), Want: []int{1}, Why: "gradients start from a single number; take the Mean or the Sum first"})
	}
	t.needAlive()
	if !t.wants {
		panic(&OpError{Op: "Backward", Why: "it was not computed from any parameter"})
	}
	one := t.scope.Borrow(1)
	one[0] = 1
	t.backward(one)
	t.scope.Return(one)
}

// backward sends the gradient dt of t back through the graph.
func (t *Tensor) backward(dt []float32) {
	w := walks.Take()
	defer walks.Give(w)
	w.from(t)
	order := w.order
	t.addGrad(dt)
	for i := len(order) - 1; i >= 0; i-- {
		r := order[i]
		if r.hasGrad {
			r.op.run.Backward(r.grad)
		}
		if r.hasGrad { // nobody inherited it
			r.scope.Return(r.grad)
			r.grad, r.hasGrad = nil, false
		}
		r.op.release()
	}
}

// walk is the tensors of a Backward, each after those it was computed from.
type walk struct{ order []*Tensor }

var walks = NewRecycled(func(w *walk) {
	clear(w.order)
	w.order = w.order[:0]
})

// from orders what t depends on. A graph that inOrder refuses is left as it was:
// the parts of it that are not at fault can still be sent a gradient.
func (w *walk) from(t *Tensor) {
	refused := true
	defer func() {
		if refused {
			unvisit(t)
		}
	}()
	w.order = inOrder(w.order, t)
	refused = false
}

// unvisit takes back the marks of an inOrder that did not come to its end.
func unvisit(t *Tensor) {
	if o := &t.op; t.computed() && o.visited {
		o.visited = false
		for _, in := range o.inputs {
			unvisit(in)
		}
	}
}

// inOrder appends the computed tensors that t depends on, and t, to order: each
// once, and after its inputs.
func inOrder(order []*Tensor, t *Tensor) []*Tensor {
	o := &t.op
	if !t.computed() || o.visited {
		return order
	}
	if o.run == nil {
		panic(&OpError{Op: "Backward", Why: "the result of " + o.name + " has been through a Backward already; compute the loss again, or add the losses and call Backward once"})
	}
	for i, in := range o.inputs {
		if in.version != o.versions[i] {
			panic(&OpError{Op: "Backward", Why: "the parameter " + in.name + " was changed after " + o.name + " had read it; call Backward before Step"})
		}
	}
	o.visited = true
	for _, in := range o.inputs {
		order = inOrder(order, in)
	}
	return append(order, t)
}
