package tensor

import "fmt"

// MatMul returns the product a·b of a[M×K] and b[K×N].
//
//	dA = dY·bᵀ, dB = aᵀ·dY
func MatMul(a, b *Tensor) *Tensor {
	for _, t := range [...]*Tensor{a, b} {
		if t.dims != 2 {
			panic(&ShapeError{Op: "MatMul", Got: t.Shape(), Want: []int{0, 0}, Why: "it takes two matrices"})
		}
	}
	m, k, n := a.shape[0], a.shape[1], b.shape[1]
	if b.shape[0] != k {
		panic(&ShapeError{Op: "MatMul", Got: b.Shape(), Want: []int{k, n}, Why: "the inner sizes must agree with those of " + FormatShape(a.Shape())})
	}
	scope := a.scope
	if scope == nil {
		scope = b.scope
	}
	y := scope.make(m*n, [MaxDims]int{m, n}, 2)
	y.device().GEMM(false, false, m, n, k, a.Peek(), k, b.Peek(), n, y.data, n, false)
	o := matMulOps.Take()
	o.a, o.b = a, b
	Hold(a)
	Hold(b)
	return Record("MatMul", y, o, a, b)
}

type matMulOp struct{ a, b *Tensor }

var matMulOps Recycled[matMulOp]

func (o *matMulOp) Backward(dy []float32) {
	m, k, n := o.a.shape[0], o.a.shape[1], o.b.shape[1]
	if o.a.wants {
		da, accumulate := o.a.GradBuffer()
		o.a.device().GEMM(false, true, m, k, n, dy, n, o.b.data, n, da, k, accumulate)
	}
	if o.b.wants {
		db, accumulate := o.b.GradBuffer()
		o.b.device().GEMM(true, false, k, n, m, o.a.data, k, dy, n, db, n, accumulate)
	}
}

func (o *matMulOp) Release() {
	Release(o.a)
	Release(o.b)
	matMulOps.Give(o)
}

// Linear returns x·wᵀ for x[…×K] and w[N×K], whose rows are the weights of one
// output each: the layout of a layer's weights everywhere here.
//
//	dX = dY·w, dW = dYᵀ·x
func Linear(x, w *Tensor) *Tensor {
	y, o := linear("Linear", x, w)
	return Record("Linear", y, o, o.inputs...)
}

// Linears returns x·wᵀ for several weights side by side: […×N₁+N₂+…].
func Linears(x *Tensor, ws ...*Tensor) *Tensor {
	y, o := linear("Linears", x, ws...)
	return Record("Linears", y, o, o.inputs...)
}

// Affine returns x·wᵀ + b, with b[N] added to every row.
//
//	dX = dY·w, dW = dYᵀ·x, dB = Σ over rows of dY
func Affine(x, w, b *Tensor) *Tensor {
	needBias("Affine", x, w.Dim(0), b)
	y, o := linear("Affine", x, w)
	x.device().AddRow(y.data, y.data, b.Peek())
	o.b = b
	o.inputs = append(o.inputs, b)
	return Record("Affine", y, o, o.inputs...)
}

func linear(name string, x *Tensor, ws ...*Tensor) (*Tensor, *linearOp) {
	n := 0
	for _, w := range ws {
		NeedLinear(name, x, w)
		n += w.shape[0]
	}
	o := linearOps.Take()
	o.x = x
	o.inputs = append(o.inputs, x)
	o.inputs = append(o.inputs, ws...)
	m, k := x.Rows(), x.Dim(-1)
	y := WithWidth(x, n)
	at := 0 // the first column of y for w
	for _, w := range ws {
		x.device().GEMM(false, true, m, w.shape[0], k, x.Peek(), k, w.Peek(), k, y.data[at:], n, false)
		at += w.shape[0]
		Hold(w)
	}
	Hold(x)
	o.ws = o.inputs[1:]
	return y, o
}

type linearOp struct {
	x, b   *Tensor // b may be nil
	ws     []*Tensor
	inputs []*Tensor // x, ws and b
}

var linearOps = NewRecycled(func(o *linearOp) { *o = linearOp{inputs: o.inputs[:0]} })

func (o *linearOp) Backward(dy []float32) {
	if o.b != nil {
		o.b.addRowSum(o.x.device(), dy)
	}
	m, k := o.x.Rows(), o.x.Dim(-1)
	n := len(dy) / m
	at := 0
	for _, w := range o.ws {
		if w.wants {
			dw, accumulate := w.GradBuffer()
			o.x.device().GEMM(true, false, w.shape[0], k, m, dy[at:], n, o.x.data, k, dw, k, accumulate)
		}
		if o.x.wants {
			dx, accumulate := o.x.GradBuffer()
			o.x.device().GEMM(false, false, m, k, w.shape[0], dy[at:], n, w.data, k, dx, k, accumulate)
		}
		at += w.shape[0]
	}
}

func (o *linearOp) Release() {
	Release(o.x)
	for _, w := range o.ws {
		Release(w)
	}
	linearOps.Give(o)
}

// NeedLinear panics with a ShapeError that names op unless x[…×K] can be
// multiplied with the weights w[N×K].
func NeedLinear(op string, x, w *Tensor) {
	if w.dims != 2 {
		panic(&ShapeError{Op: op, Got: w.Shape(), Want: []int{0, x.Dim(-1)}, Why: "weights are a matrix"})
	}
	if x.Dim(-1) != w.shape[1] {
		want := x.Shape()
		want[x.dims-1] = w.shape[1]
		panic(&ShapeError{Op: op, Got: x.Shape(), Want: want, Why: fmt.Sprintf("the input has %d features, the weights %s take %d", x.Dim(-1), FormatShape(w.Shape()), w.shape[1])})
	}
}

// AddBias returns x + b with b[N] added to every row of x[…×N].
//
//	dX = dY, dB = Σ over rows of dY
func AddBias(x, b *Tensor) *Tensor {
	needBias("AddBias", x, x.Dim(-1), b)
	y := like(x)
	x.device().AddRow(y.data, x.Peek(), b.Peek())
	o := biasOps.Take()
	o.x, o.b = x, b
	return Record("AddBias", y, o, x, b)
}

type biasOp struct{ x, b *Tensor }

var biasOps Recycled[biasOp]

func (o *biasOp) Backward(dy []float32) {
	o.x.addGrad(dy)
	o.b.addRowSum(o.x.device(), dy)
}

func (o *biasOp) Release() { biasOps.Give(o) }

// needBias panics unless b has one element for each of the n columns that x, or
// what is computed from it, has.
func needBias(op string, x *Tensor, n int, b *Tensor) {
	if b.dims != 1 || b.shape[0] != n {
		shape := x.Shape()
		shape[x.dims-1] = n
		panic(&ShapeError{Op: op, Got: b.Shape(), Want: []int{n}, Why: "the bias has one element for each column of " + FormatShape(shape)})
	}
}

// addRowSum adds the sum of the rows of dy to the gradient of t, if t wants one.
func (t *Tensor) addRowSum(d *Device, dy []float32) {
	if !t.wants {
		return
	}
	db, part := t.gradPart()
	d.SumRows(db, dy)
	t.addPart(db, part)
}
