package tensor

// MaxPool2D returns the largest element under each window, channel by channel, of
// the images x[B×H×W×C], as [B×H′×W′×C]. Windows hang over no edge.
//
// dY goes to the first of the largest elements, row by row.
func MaxPool2D(x *Tensor, k Window) *Tensor { return pool2d("MaxPool2D", x, k, true) }

// AvgPool2D returns the mean of the elements under each window, channel by
// channel, of the images x[B×H×W×C], as [B×H′×W′×C]. Windows hang over no edge.
//
// dY goes to all elements alike, divided by their number.
func AvgPool2D(x *Tensor, k Window) *Tensor { return pool2d("AvgPool2D", x, k, false) }

func pool2d(name string, x *Tensor, k Window, largest bool) *Tensor {
	if k.Pad != 0 {
		panic(&OpError{Op: name, Why: "it pads nothing"})
	}
	s := k.Over(name, x)
	y := s.Result(x, s.Channels)
	o := poolOps.Take()
	o.x, o.shape, o.largest = x, s, largest
	if largest {
		x.device().MaxPool(y.data, x.Peek(), s)
		Remember(x)
	} else {
		x.device().AvgPool(y.data, x.Peek(), s)
	}
	return Record(name, y, o, x)
}

type poolOp struct {
	x       *Tensor
	shape   ConvShape
	largest bool
}

var poolOps Recycled[poolOp]

func (o *poolOp) Backward(dy []float32) {
	d := o.x.device()
	if !o.largest {
		dx, part := o.x.gradPart()
		d.AvgPoolBackward(dx, dy, o.shape)
		o.x.addPart(dx, part)
		return
	}
	x := Recall(o.x)
	dx, part := o.x.gradPart()
	d.MaxPoolBackward(dx, dy, x, o.shape)
	o.x.addPart(dx, part)
}

func (o *poolOp) Release() {
	if o.largest {
		Forget(o.x)
	}
	poolOps.Give(o)
}
