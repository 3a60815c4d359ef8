package qat

import (
	"fmt"

	"setun/runtime/tensor"
)

// NormConv2D is what [NormBitConv2D] is, by the scheme of q: each image of
// x[B×H×W×C] is normalised by its root mean square and quantised as a token is
// elsewhere, and the patches of the codes are multiplied with the kernels w[F×K],
// as [B×H′×W′×F]. Padding is 0.
func (q *Quantization) NormConv2D(x *tensor.Tensor, eps float32, w *tensor.Tensor, k tensor.Window) *tensor.Tensor {
	if q.scheme.isB158() {
		return NormBitConv2D(x, eps, w, k)
	}
	flat := tensor.Reshape(x, x.Dim(0), -1)
	normed := tensor.RMSNorm(flat, eps)
	tensor.Done(flat)
	z := tensor.ReshapeLike(normed, x)
	tensor.Done(normed)
	y := q.Conv2D(z, w, k)
	tensor.Done(z)
	return y
}

// Conv2D is [Quantization.NormConv2D] without the norm.
func (q *Quantization) Conv2D(x, w *tensor.Tensor, k tensor.Window) *tensor.Tensor {
	const name = "quantised Conv2D"
	if q.scheme.IsFloat() {
		return tensor.Conv2D(x, w, nil, k)
	}
	s := k.Over(name, x)
	if w.Dims() != 2 || w.Dim(1) != s.Patch() {
		panic(&tensor.ShapeError{Op: name, Got: w.Shape(), Want: []int{0, s.Patch()}, Why: fmt.Sprintf("a kernel of %d×%d over %d channels has %d weights", k.Height, k.Width, s.Channels, s.Patch())})
	}
	needExact(name, x, s.Patch())
	q.step(w)
	o := convs.Take()
	o.shape = s
	o.begin(q, x, s.Batch, s.Image(), w)
	y := s.Result(x, w.Dim(0))
	o.Redo(y.Peek())
	return tensor.Record(name, y, o, o.inputs...)
}

// conv is what a convolution by a scheme remembers: the images, not their patches.
type conv struct {
	pass
	shape tensor.ConvShape
}

var convs = tensor.NewRecycled(func(o *conv) { *o = conv{pass: o.cleared()} })

// patches returns room for the patches of a chunk of images.
func (o *conv) patches() rows {
	m, k := o.shape.Chunk()*o.shape.Area(), o.shape.Patch()
	if o.activations.Codes != nil {
		return rows{Activations: borrowActivations(o.scope, m, k)}
	}
	return rows{floats: o.scope.Borrow(m * k)}
}

func (o *conv) returnPatches(room rows) {
	if room.Codes != nil {
		room.release(o.scope)
	} else {
		o.scope.Return(room.floats)
	}
}

// layOut fills room with the patches of n images from the first on, a row each,
// and returns those.
func (o *conv) layOut(room rows, first, n int) rows {
	s := o.shape
	lo, hi := first*s.Image(), (first+n)*s.Image()
	m := n * s.Area()
	if room.Codes == nil {
		floats := room.floats[:m*s.Patch()]
		o.scope.Device().Im2Row(floats, o.inputFloats()[lo:hi], n, s.ConvShape)
		return rows{floats: floats}
	}
	p := Activations{Codes: room.Codes[:m*s.Patch()], Scales: room.Scales[:m]}
	o.scope.Device().Im2RowInt8(p.Codes, o.activations.Codes[lo:hi], n, s.ConvShape)
	for i := range p.Scales {
		p.Scales[i] = o.activations.Scales[first+i/s.Area()]
	}
	return rows{Activations: p}
}

// Redo multiplies.
func (o *conv) Redo(y []float32) {
	s, w := o.shape, &o.weights[0]
	filters := w.latent.Dim(0)
	var what []float32
	if !o.asIntegers(w) {
		what = o.weightFloats(w)
	}
	room := o.patches()
	for first := 0; first < s.Batch; first += s.Chunk() {
		n := min(s.Chunk(), s.Batch-first)
		o.forward(w, o.layOut(room, first, n), what, n*s.Area(), y[first*s.Area()*filters:], filters)
	}
	o.returnPatches(room)
	if what != nil {
		o.returnWeightFloats(what)
	}
}

func (o *conv) CanRedo() bool {
	return o.shape.Batch*o.shape.Area() >= redoRows && o.asIntegers(&o.weights[0])
}

func (o *conv) Backward(dy []float32) {
	s, w := o.shape, &o.weights[0]
	filters, k := w.latent.Dim(0), s.Patch()
	var dw, dx, back, what []float32
	var accumulate bool
	if w.wantsWeightGrad() {
		dw, accumulate = o.gradRoom(w)
	}
	if o.x.WantsGrad() {
		dx, back = o.scope.Borrow(o.x.Len()), o.scope.Borrow(s.Chunk()*s.Area()*k)
		clear(dx)
		what = o.backwardFloats(w)
	}
	room := o.patches()
	for first := 0; first < s.Batch; first += s.Chunk() {
		n := min(s.Chunk(), s.Batch-first)
		m, chunk := n*s.Area(), dy[first*s.Area()*filters:]
		if dw != nil {
			o.weightGrad(w, o.layOut(room, first, n), m, chunk, filters, dw, accumulate)
			accumulate = true
		}
		if dx != nil {
			o.inputGrad(w, what, m, chunk, filters, back, false)
			o.scope.Device().Row2Im(dx[first*s.Image():(first+n)*s.Image()], back[:m*k], n, s.ConvShape)
		}
	}
	o.returnPatches(room)
	if dw != nil {
		o.takeGrad(w, dw)
	}
	if dx == nil {
		return
	}
	o.scope.Return(back)
	if what != nil {
		o.returnWeightFloats(what)
	}
	o.mask(dx)
	if sum, accumulate := o.x.GradBuffer(); accumulate {
		o.scope.Device().Add(sum, sum, dx)
	} else {
		copy(sum, dx)
	}
	o.scope.Return(dx)
}

func (o *conv) Release() {
	o.end()
	convs.Give(o)
}
