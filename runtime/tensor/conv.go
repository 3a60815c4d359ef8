package tensor

import (
	"fmt"

	"setun/runtime/asm"
)

// A Window is how the kernel of a convolution, or of a pooling, passes over an
// image: Height×Width pixels at a time, Stride pixels on each time, over Pad rows
// and columns of zeros around the image.
type Window struct{ Height, Width, Stride, Pad int }

// Over returns the shape of the convolution of x[B×H×W×C] by k, or panics with an
// error that names op.
func (k Window) Over(op string, x *Tensor) ConvShape {
	if x.dims != 4 {
		panic(&ShapeError{Op: op, Got: x.Shape(), Want: []int{0, 0, 0, 0}, Why: "it takes a batch of images, [B×H×W×C] with channels last"})
	}
	if k.Height < 1 || k.Width < 1 || k.Stride < 1 || k.Pad < 0 {
		panic(&OpError{Op: op, Why: fmt.Sprintf("a kernel has at least 1×1 pixels, a stride of at least 1 and no negative padding; got %+v", k)})
	}
	s := ConvShape{Batch: x.shape[0], ConvShape: asm.ConvShape{
		Height: x.shape[1], Width: x.shape[2], Channels: x.shape[3],
		KernelHeight: k.Height, KernelWidth: k.Width, Stride: k.Stride, Pad: k.Pad,
	}}
	if s.OutHeight, s.OutWidth = s.Out(); s.OutHeight == 0 || s.OutWidth == 0 {
		panic(&ShapeError{Op: op, Got: x.Shape(), Want: []int{0, max(1, k.Height-2*k.Pad), max(1, k.Width-2*k.Pad), 0}, Why: fmt.Sprintf("a kernel of %d×%d does not fit", k.Height, k.Width)})
	}
	return s
}

// ConvShape describes a convolution of a batch of images.
type ConvShape struct {
	asm.ConvShape           // of one
	Batch               int // B
	OutHeight, OutWidth int // of the result
}

// Area is the number of pixels of the result of an image.
func (s ConvShape) Area() int { return s.OutHeight * s.OutWidth }

// Image is the number of elements of an image.
func (s ConvShape) Image() int { return s.Height * s.Width * s.Channels }

// Result returns a fresh tensor for the convolution of x with so many kernels, in
// the scope of x, whose values are still to be written.
func (s ConvShape) Result(x *Tensor, filters int) *Tensor {
	return x.scope.make(s.Batch*s.Area()*filters, [MaxDims]int{s.Batch, s.OutHeight, s.OutWidth, filters}, 4)
}

// chunkElements bounds the patches that are laid out at once: they are to stay in
// the second cache until they are multiplied.
const chunkElements = 1 << 18

// Chunk is how many images are laid out in patches at once. It does not depend on
// the machine, as the gradient of the weights is summed up chunk by chunk.
func (s ConvShape) Chunk() int {
	return min(s.Batch, max(1, chunkElements/(s.Area()*s.Patch())))
}

// Conv2D returns the convolution of the images x[B×H×W×C] with the kernels
// w[F×K], K = k.Height·k.Width·C, plus b[F], unless that is nil:
//
//	y[n, i, j, f] = b[f] + Σ over u, v, c of x[n, i·Stride+u-Pad, j·Stride+v-Pad, c]·w[f, (u,v,c)]
//
// as [B×H′×W′×F]. It is a product of patches and weights, chunk by chunk, whose
// backward lays the patches out again: P the patches, dP = dY·w goes back to the
// pixels that they were taken from, dw = dYᵀ·P.
func Conv2D(x, w, b *Tensor, k Window) *Tensor {
	s := k.Over("Conv2D", x)
	if w.dims != 2 || w.shape[1] != s.Patch() {
		panic(&ShapeError{Op: "Conv2D", Got: w.Shape(), Want: []int{0, s.Patch()}, Why: fmt.Sprintf("a kernel of %d×%d over %d channels has %d weights", k.Height, k.Width, s.Channels, s.Patch())})
	}
	filters := w.shape[0]
	if b != nil && (b.dims != 1 || b.shape[0] != filters) {
		panic(&ShapeError{Op: "Conv2D", Got: b.Shape(), Want: []int{filters}, Why: "the bias has one element for each kernel"})
	}
	y := s.Result(x, filters)
	o := convOps.Take()
	o.x, o.w, o.b, o.shape = x, w, b, s
	o.inputs = append(o.inputs, x, w)
	o.forward(y.data)
	if b != nil {
		o.inputs = append(o.inputs, b)
		x.device().AddRow(y.data, y.data, b.Peek())
	}
	Remember(x)
	Hold(w)
	return Record("Conv2D", y, o, o.inputs...)
}

type convOp struct {
	x, w, b *Tensor // b may be nil
	shape   ConvShape
	inputs  []*Tensor
}

var convOps = NewRecycled(func(o *convOp) {
	clear(o.inputs)
	*o = convOp{inputs: o.inputs[:0]}
})

func (o *convOp) forward(y []float32) {
	s, d := o.shape, o.x.device()
	k, filters, image := s.Patch(), o.w.shape[0], s.Image()
	x, w := o.x.Peek(), o.w.Peek()
	rows := o.x.scope.Borrow(s.Chunk() * s.Area() * k)
	for lo := 0; lo < s.Batch; lo += s.Chunk() {
		n := min(s.Chunk(), s.Batch-lo)
		m := n * s.Area()
		d.Im2Row(rows[:m*k], x[lo*image:(lo+n)*image], n, s.ConvShape)
		d.GEMM(false, true, m, filters, k, rows, k, w, k, y[lo*s.Area()*filters:], filters, false)
	}
	o.x.scope.Return(rows)
}

func (o *convOp) Backward(dy []float32) {
	if o.b != nil {
		o.b.addRowSum(o.x.device(), dy)
	}
	s, d := o.shape, o.x.device()
	k, filters, image := s.Patch(), o.w.shape[0], s.Image()
	var dw, dx []float32
	var accumulate bool
	if o.w.wants {
		dw, accumulate = o.w.GradBuffer()
	}
	if o.x.wants {
		var part bool
		if dx, part = o.x.GradBuffer(); !part {
			clear(dx)
		}
	}
	x := Recall(o.x)
	rows := o.x.scope.Borrow(s.Chunk() * s.Area() * k)
	for lo := 0; lo < s.Batch; lo += s.Chunk() {
		n := min(s.Chunk(), s.Batch-lo)
		m := n * s.Area()
		dyChunk := dy[lo*s.Area()*filters:]
		if dw != nil {
			d.Im2Row(rows[:m*k], x[lo*image:(lo+n)*image], n, s.ConvShape)
			d.GEMM(true, false, filters, k, m, dyChunk, filters, rows, k, dw, k, accumulate)
			accumulate = true
		}
		if dx != nil {
			d.GEMM(false, false, m, k, filters, dyChunk, filters, o.w.data, k, rows, k, false)
			d.Row2Im(dx[lo*image:(lo+n)*image], rows[:m*k], n, s.ConvShape)
		}
	}
	o.x.scope.Return(rows)
}

func (o *convOp) Release() {
	Forget(o.x)
	Release(o.w)
	convOps.Give(o)
}
