package tensor

// Sum returns the sum of all elements, as a tensor of length 1. dX = dY.
func Sum(x *Tensor) *Tensor {
	return reduce("Sum", x, 1)
}

// Mean returns the mean of all elements, as a tensor of length 1. dX = dY/len.
func Mean(x *Tensor) *Tensor {
	return reduce("Mean", x, 1/float32(x.Len()))
}

func reduce(name string, x *Tensor, factor float32) *Tensor {
	y := scalar(x, float32(x.device().Sum(x.Peek())*factor))
	o := reduceOps.Take()
	o.x, o.factor = x, factor
	return Record(name, y, o, x)
}

type reduceOp struct {
	x      *Tensor
	factor float32
}

var reduceOps Recycled[reduceOp]

func (o *reduceOp) Backward(dy []float32) {
	dx, part := o.x.gradPart()
	d := float32(dy[0] * o.factor)
	for i := range dx {
		dx[i] = d
	}
	o.x.addPart(dx, part)
}

func (o *reduceOp) Release() { reduceOps.Give(o) }

// ArgMax returns the position of the largest element of each row of x[…×C]: the
// class that logits predict. The first of equal ones counts; NaN does not, and a
// row of nothing else gives 0.
func ArgMax(x *Tensor) Labels {
	cols := x.Dim(-1)
	xv := x.Peek()
	best := make(Labels, x.Rows())
	for i := range best {
		row := xv[i*cols : (i+1)*cols]
		for c, v := range row {
			if v > row[best[i]] || row[best[i]] != row[best[i]] && v == v {
				best[i] = int32(c)
			}
		}
	}
	return best
}
