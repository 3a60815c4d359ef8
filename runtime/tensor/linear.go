package tensor

import (
	"fmt"

	"setun/runtime/asm"
)

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
	y := New(m, n)
	av, bv := a.Data(), b.Data()
	GEMM(false, false, m, n, k, av, k, bv, n, y.data, n, false)
	return NewOp("MatMul", y, []*Tensor{a, b}, func(dy []float32) {
		if a.wants {
			da, accumulate := a.GradBuffer()
			GEMM(false, true, m, k, n, dy, n, bv, n, da, k, accumulate)
		}
		if b.wants {
			db, accumulate := b.GradBuffer()
			GEMM(true, false, k, n, m, av, k, dy, n, db, n, accumulate)
		}
	})
}

// Linear returns x·wᵀ for x[…×K] and w[N×K], whose rows are the weights of one
// output each: the layout of a layer's weights everywhere here.
//
//	dX = dY·w, dW = dYᵀ·x
func Linear(x, w *Tensor) *Tensor {
	NeedLinear("Linear", x, w)
	m, k, n := x.Rows(), w.shape[1], w.shape[0]
	y := withWidth(x, n)
	xv, wv := x.Data(), w.Data()
	GEMM(false, true, m, n, k, xv, k, wv, k, y.data, n, false)
	return NewOp("Linear", y, []*Tensor{x, w}, func(dy []float32) {
		if x.wants {
			dx, accumulate := x.GradBuffer()
			GEMM(false, false, m, k, n, dy, n, wv, k, dx, k, accumulate)
		}
		if w.wants {
			dw, accumulate := w.GradBuffer()
			GEMM(true, false, n, k, m, dy, n, xv, k, dw, k, accumulate)
		}
	})
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

// withWidth returns a fresh tensor with the shape of x but rows of n elements.
func withWidth(x *Tensor, n int) *Tensor {
	shape := x.Shape()
	shape[x.dims-1] = n
	return New(shape...)
}

// AddBias returns x + b with b[N] added to every row of x[…×N].
//
//	dX = dY, dB = Σ over rows of dY
func AddBias(x, b *Tensor) *Tensor {
	n := x.Dim(-1)
	if b.dims != 1 || b.shape[0] != n {
		panic(&ShapeError{Op: "AddBias", Got: b.Shape(), Want: []int{n}, Why: "the bias has one element for each column of " + FormatShape(x.Shape())})
	}
	y := like(x)
	xv, bv := x.Data(), b.Data()
	for lo := 0; lo < len(xv); lo += n {
		asm.Add(y.data[lo:lo+n], xv[lo:lo+n], bv)
	}
	return NewOp("AddBias", y, []*Tensor{x, b}, func(dy []float32) {
		x.AddGrad(func(dx []float32) { copy(dx, dy) })
		b.AddGrad(func(db []float32) {
			copy(db, dy[:n])
			for lo := n; lo < len(dy); lo += n {
				asm.Add(db, db, dy[lo:lo+n])
			}
		})
	})
}
