package tensor

import "setun/runtime/asm"

// elements is how many elements of an elementwise operation one worker takes at
// a time.
const elements = 1 << 14

// Add returns a + b. dA = dY, dB = dY.
func Add(a, b *Tensor) *Tensor {
	needSame("Add", a, b)
	y := like(a)
	add(y.data, a.Data(), b.Data())
	return NewOp("Add", y, []*Tensor{a, b}, func(dy []float32) {
		pass := func(dx []float32) { copy(dx, dy) }
		a.AddGrad(pass)
		b.AddGrad(pass)
	})
}

// Sub returns a - b. dA = dY, dB = -dY.
func Sub(a, b *Tensor) *Tensor {
	needSame("Sub", a, b)
	y := like(a)
	av, bv := a.Data(), b.Data()
	Parallel(len(y.data), elements, func(lo, hi int) { asm.Sub(y.data[lo:hi], av[lo:hi], bv[lo:hi]) })
	return NewOp("Sub", y, []*Tensor{a, b}, func(dy []float32) {
		a.AddGrad(func(da []float32) { copy(da, dy) })
		b.AddGrad(func(db []float32) { scale(db, -1, dy) })
	})
}

// Mul returns a·b, element by element. dA = dY·b, dB = dY·a.
func Mul(a, b *Tensor) *Tensor {
	needSame("Mul", a, b)
	y := like(a)
	av, bv := a.Data(), b.Data()
	mul(y.data, av, bv)
	return NewOp("Mul", y, []*Tensor{a, b}, func(dy []float32) {
		a.AddGrad(func(da []float32) { mul(da, dy, bv) })
		b.AddGrad(func(db []float32) { mul(db, dy, av) })
	})
}

// Scale returns alpha·x. dX = alpha·dY.
func Scale(x *Tensor, alpha float32) *Tensor {
	y := like(x)
	scale(y.data, alpha, x.Data())
	return NewOp("Scale", y, []*Tensor{x}, func(dy []float32) {
		x.AddGrad(func(dx []float32) { scale(dx, alpha, dy) })
	})
}

// ReLU returns max(x, 0). dX = dY where y > 0, else 0.
func ReLU(x *Tensor) *Tensor {
	y := like(x)
	xv := x.Data()
	Parallel(len(xv), elements, func(lo, hi int) { asm.ReLU(y.data[lo:hi], xv[lo:hi]) })
	return NewOp("ReLU", y, []*Tensor{x}, func(dy []float32) {
		x.AddGrad(func(dx []float32) {
			Parallel(len(dx), elements, func(lo, hi int) {
				asm.ReLUBackward(dx[lo:hi], dy[lo:hi], y.data[lo:hi])
			})
		})
	})
}

// Reshape returns the values of x under another shape of the same length; one
// size may be -1 and is worked out. dX = dY.
func Reshape(x *Tensor, shape ...int) *Tensor {
	full := append([]int(nil), shape...)
	known, open := 1, -1
	for i, d := range full {
		if d == -1 && open < 0 {
			open = i
		} else {
			known *= max(d, 0)
		}
	}
	if open >= 0 && known > 0 {
		full[open] = x.Len() / known
	}
	if len(full) == 0 || len(full) > MaxDims || known < 1 || checkedLen("Reshape", full) != x.Len() {
		panic(&ShapeError{Op: "Reshape", Got: x.Shape(), Why: "it does not have as many elements as " + FormatShape(shape)})
	}
	y := New(full...)
	copy(y.data, x.Data())
	return NewOp("Reshape", y, []*Tensor{x}, func(dy []float32) {
		x.AddGrad(func(dx []float32) { copy(dx, dy) })
	})
}

func needSame(op string, a, b *Tensor) {
	if !sameShape(a, b) {
		panic(&ShapeError{Op: op, Got: b.Shape(), Want: a.Shape(), Why: "both must have the same shape"})
	}
}

func add(y, a, b []float32) {
	Parallel(len(y), elements, func(lo, hi int) { asm.Add(y[lo:hi], a[lo:hi], b[lo:hi]) })
}

func mul(y, a, b []float32) {
	Parallel(len(y), elements, func(lo, hi int) { asm.Mul(y[lo:hi], a[lo:hi], b[lo:hi]) })
}

func scale(y []float32, alpha float32, x []float32) {
	Parallel(len(y), elements, func(lo, hi int) { asm.Scale(y[lo:hi], alpha, x[lo:hi]) })
}
