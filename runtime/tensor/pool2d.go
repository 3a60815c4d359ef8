package tensor

import "fmt"

// maxPoolWindow is how many pixels a window of a MaxPool2D has at most: the place
// of one of them is kept in a byte.
const maxPoolWindow = 256

// MaxPool2D returns the largest element under each window, channel by channel, of
// the images x[B×H×W×C], as [B×H′×W′×C]. Windows hang over no edge and have at most
// 256 pixels.
//
// dY goes to the first of the largest elements, row by row. Its place is all that
// is remembered, a byte for each result.
func MaxPool2D(x *Tensor, k Window) *Tensor {
	s := k.overPool("MaxPool2D", x)
	if k.Height*k.Width > maxPoolWindow {
		panic(&OpError{Op: "MaxPool2D", Why: fmt.Sprintf("a window of %d×%d has more than %d pixels", k.Height, k.Width, maxPoolWindow)})
	}
	y := s.Result(x, s.Channels)
	o := poolOps.Take()
	o.x, o.shape = x, s
	if Records(x) {
		o.places = x.scope.BorrowBytes(y.Len())
	}
	x.device().MaxPool(y.data, o.places, x.Peek(), s)
	return Record("MaxPool2D", y, o, x)
}

// AvgPool2D returns the mean of the elements under each window, channel by
// channel, of the images x[B×H×W×C], as [B×H′×W′×C]. Windows hang over no edge.
//
// dY goes to all elements alike, divided by their number.
func AvgPool2D(x *Tensor, k Window) *Tensor {
	s := k.overPool("AvgPool2D", x)
	y := s.Result(x, s.Channels)
	x.device().AvgPool(y.data, x.Peek(), s)
	o := poolOps.Take()
	o.x, o.shape = x, s
	return Record("AvgPool2D", y, o, x)
}

func (k Window) overPool(op string, x *Tensor) ConvShape {
	if k.Pad != 0 {
		panic(&OpError{Op: op, Why: "it pads nothing"})
	}
	return k.Over(op, x)
}

type poolOp struct {
	x      *Tensor
	shape  ConvShape
	places []byte // of the largest in each window; nil for means
}

var poolOps Recycled[poolOp]

func (o *poolOp) Backward(dy []float32) {
	dx, part := o.x.gradPart()
	if o.places != nil {
		o.x.device().MaxPoolBackward(dx, dy, o.places, o.shape)
	} else {
		o.x.device().AvgPoolBackward(dx, dy, o.shape)
	}
	o.x.addPart(dx, part)
}

func (o *poolOp) Release() {
	if o.places != nil {
		o.x.scope.ReturnBytes(o.places)
	}
	poolOps.Give(o)
}
