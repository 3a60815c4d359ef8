package tensor

import "slices"

// A Tensor is a contiguous, row-major block of float32 with 1 to 4 dimensions.
//
// No operation changes its arguments. The one kind of tensor whose values
// change is a parameter (see [Param]), when an optimiser steps. Operations on
// the same tensors may run in several goroutines at once; Backward and steps
// that reach the same parameters may not.
type Tensor struct {
	shape [MaxDims]int
	dims  int
	data  []float32

	// Gradients, see graph.go.
	wants   bool      // some parameter's gradient passes through here
	grad    []float32 // a buffer, kept by parameters from step to step
	hasGrad bool      // grad holds a gradient
	op      op        // how it was computed

	// Memory, see scope.go and lifetime.go.
	scope   *Scope
	owned   bool  // data is the scope's, to be returned
	lent    bool  // somebody has the data: it stays
	done    bool  // whoever made it needs it no more
	ended   bool  // its scope has ended
	holds   int32 // operations that need its values to stay
	recalls int32 // operations that need them again

	// Parameters, see param.go.
	name    string
	first   *firstValues
	version int
}

// New returns a tensor of zeros.
func New(shape ...int) *Tensor {
	n := checkedLen("New", shape)
	return newTensor(keep(n), shape)
}

// From returns a tensor over data, which it takes over without a copy. The
// length of data must be the product of the shape.
func From(data []float32, shape ...int) *Tensor {
	if n := checkedLen("From", shape); n != len(data) {
		panic(&ShapeError{Op: "From", Got: []int{len(data)}, Want: slices.Clone(shape), Why: "the number of values is not the product of the shape"})
	}
	return newTensor(data, shape)
}

// Full returns a tensor whose elements are all v.
func Full(v float32, shape ...int) *Tensor {
	t := New(shape...)
	for i := range t.data {
		t.data[i] = v
	}
	return t
}

// newTensor wraps data whose length fits the shape.
func newTensor(data []float32, shape []int) *Tensor {
	t := &Tensor{data: data, dims: len(shape)}
	copy(t.shape[:], shape)
	return t
}

// like returns a fresh tensor with the shape of t, in its scope, whose values are
// still to be written.
func like(t *Tensor) *Tensor {
	return t.scope.make(t.Len(), t.shape, t.dims)
}

// WithWidth returns a fresh tensor with the shape of x but rows of n elements, in
// the scope of x, whose values are still to be written.
func WithWidth(x *Tensor, n int) *Tensor {
	shape := x.shape
	shape[x.dims-1] = n
	return x.scope.make(x.Rows()*n, shape, x.dims)
}

// scalar returns a fresh tensor of length 1 with the value v in the scope of x.
func scalar(x *Tensor, v float32) *Tensor {
	y := x.scope.make(1, [MaxDims]int{1}, 1)
	y.data[0] = v
	return y
}

// Shape returns the sizes of the dimensions, outermost first.
func (t *Tensor) Shape() []int {
	return append([]int(nil), t.shape[:t.dims]...)
}

// Dims returns the number of dimensions, 1 to 4.
func (t *Tensor) Dims() int { return t.dims }

// Dim returns the size of dimension i; negative i count from the last, so
// Dim(-1) is the width of a row.
func (t *Tensor) Dim(i int) int {
	j := i
	if j < 0 {
		j += t.dims
	}
	if j < 0 || j >= t.dims {
		panic(&ShapeError{Op: "Dim", Got: t.Shape(), Why: "it has no such dimension"})
	}
	return t.shape[j]
}

// Len returns the number of elements.
func (t *Tensor) Len() int {
	n := 1
	for _, d := range t.shape[:t.dims] {
		n *= d
	}
	return n
}

// Rows returns the number of rows: the product of all dimensions but the last.
func (t *Tensor) Rows() int { return t.Len() / t.shape[t.dims-1] }

// Data returns the elements themselves, not a copy, row after row. They stay what
// they are: a tensor of a [Scope] leaves it by this, as by [Tensor.Keep].
func (t *Tensor) Data() []float32 { return t.Keep().Peek() }

// Item returns the only element of a tensor of length 1, such as a loss.
func (t *Tensor) Item() float32 {
	if t.Len() != 1 {
		panic(&ShapeError{Op: "Item", Got: t.Shape(), Want: []int{1}, Why: "only a single number has an item"})
	}
	return t.Peek()[0]
}

// Clone returns a copy of the values, without gradient or graph, in no scope.
func (t *Tensor) Clone() *Tensor {
	c := newTensor(keep(t.Len()), t.shape[:t.dims])
	copy(c.data, t.Peek())
	return c
}

func sameShape(a, b *Tensor) bool {
	return a.dims == b.dims && a.shape == b.shape
}
