package tensor

// op is how a tensor was computed: its inputs and the way of its gradient back
// to them.
type op struct {
	name     string
	inputs   []*Tensor
	versions []int // of the inputs, when they were read
	backward func(dy []float32)
	visited  bool // by the walk of a Backward
	spent    bool // its Backward has been: inputs and backward are gone
}

// NewOp makes out the result of a differentiable operation and returns it.
//
// After a gradient dy of out (with out's shape) is complete, backward is called
// once to add to the gradient of each input, by [Tensor.AddGrad] or
// [Tensor.GradBuffer]; it must not keep dy. Where no input wants a gradient
// backward is dropped and out is a plain tensor.
func NewOp(name string, out *Tensor, inputs []*Tensor, backward func(dy []float32)) *Tensor {
	for _, in := range inputs {
		if in.wants {
			out.wants = true
		}
	}
	if !out.wants {
		return out
	}
	versions := make([]int, len(inputs))
	for i, in := range inputs {
		versions[i] = in.version
	}
	out.op = &op{name: name, inputs: inputs, versions: versions, backward: backward}
	return out
}

// WantsGrad reports whether a gradient of t would be of use: whether t is a
// parameter or was computed from one.
func (t *Tensor) WantsGrad() bool { return t.wants }

// Grad returns the gradient of a parameter that Backward left, nil if there is
// none. The slice is the parameter's own buffer, used again by the next
// Backward. Intermediate results have no gradient to look at.
func (t *Tensor) Grad() []float32 {
	if !t.hasGrad || t.op != nil {
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
		t.grad = Borrow(t.Len())
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
	dx, accumulate := t.GradBuffer()
	if !accumulate {
		write(dx)
		return
	}
	part := Borrow(len(dx))
	write(part)
	add(dx, dx, part)
	Return(part)
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
	if !t.wants {
		panic(&OpError{Op: "Backward", Why: "it was not computed from any parameter"})
	}
	order := inOrder(nil, t)
	dx, accumulate := t.GradBuffer()
	if accumulate {
		dx[0]++
	} else {
		dx[0] = 1
	}
	for i := len(order) - 1; i >= 0; i-- {
		r := order[i]
		if r.hasGrad {
			r.op.backward(r.grad)
			Return(r.grad)
			r.grad, r.hasGrad = nil, false
		}
		*r.op = op{name: r.op.name, spent: true}
	}
}

// inOrder appends the computed tensors that t depends on, and t, to order: each
// once, and after its inputs.
func inOrder(order []*Tensor, t *Tensor) []*Tensor {
	o := t.op
	if o == nil || o.visited {
		return order
	}
	if o.spent {
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
