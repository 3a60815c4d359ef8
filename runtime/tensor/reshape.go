package tensor

// Reshape returns the values of x under another shape of the same length; one
// size may be -1 and is worked out. dX = dY.
func Reshape(x *Tensor, shape ...int) *Tensor {
	var full [MaxDims]int
	known, open := 1, -1
	for i, d := range shape {
		if d == -1 && open < 0 {
			open = i
		} else {
			known *= max(d, 0)
		}
		if i < MaxDims {
			full[i] = d
		}
	}
	if open >= 0 && open < MaxDims && known > 0 {
		full[open] = x.Len() / known
	}
	dims := len(shape)
	if dims == 0 || dims > MaxDims || known < 1 || checkedLen("Reshape", full[:dims]) != x.Len() {
		panic(&ShapeError{Op: "Reshape", Got: x.Shape(), Why: "it does not have as many elements as " + FormatShape(shape)})
	}
	return reshape(x, full, dims)
}

// ReshapeLike returns the values of x under the shape of y, of the same length.
func ReshapeLike(x, y *Tensor) *Tensor {
	if x.Len() != y.Len() {
		panic(&ShapeError{Op: "Reshape", Got: x.Shape(), Why: "it does not have as many elements as " + FormatShape(y.Shape())})
	}
	return reshape(x, y.shape, y.dims)
}

func reshape(x *Tensor, shape [MaxDims]int, dims int) *Tensor {
	y := x.scope.make(x.Len(), shape, dims)
	copy(y.data, x.Peek())
	o := reshapeOps.Take()
	o.x = x
	return Record("Reshape", y, o, x)
}

type reshapeOp struct{ x *Tensor }

var reshapeOps Recycled[reshapeOp]

func (o *reshapeOp) Backward(dy []float32) { o.x.addGrad(dy) }
func (o *reshapeOp) Release()              { reshapeOps.Give(o) }
