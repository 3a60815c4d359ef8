package qat

import (
	"fmt"

	"setun/runtime/tensor"
)

// NormBitConv2D is the convolution of BitNet's kind: what [NormBitLinear] is to a
// product. Each image of x[B×H×W×C] is normalised by its root mean square and
// quantised to int8 with one scale, as a token is there; the kernels w[F×K],
// K = k.Height·k.Width·C, are quantised to −γ, 0, +γ; and the patches of the codes
// are multiplied on the integers, as [B×H′×W′×F].
//
//	z = x·r, r = 1/√(mean x² + ε)    y = (Σ q·t)·γ/s    padding is the code 0
//	dZ = the patches of dY·Ŵ, put back    dW = dYᵀ·patches of ẑ    dX = r·(dZ − z·mean(dZ·z))
//
// What it remembers is a byte for each element of x.
func NormBitConv2D(x *tensor.Tensor, eps float32, w *tensor.Tensor, k tensor.Window) *tensor.Tensor {
	const name = "NormBitConv2D"
	s := k.Over(name, x)
	if w.Dims() != 2 || w.Dim(1) != s.Patch() {
		panic(&tensor.ShapeError{Op: name, Got: w.Shape(), Want: []int{0, s.Patch()}, Why: fmt.Sprintf("a kernel of %d×%d over %d channels has %d weights", k.Height, k.Width, s.Channels, s.Patch())})
	}
	o := bitConvs.Take()
	o.x, o.w, o.scope, o.shape = x, w, x.Scope(), s
	o.images = borrowActivations(o.scope, s.Batch, s.Image())
	o.rstd = o.scope.Borrow(s.Batch)
	device := o.scope.Device()
	device.NormQuantizeRows(o.images.Codes, o.images.Scales, o.rstd, x.Peek(), s.Batch, s.Image(), eps)
	if x.WantsGrad() {
		tensor.Remember(x)
	}
	o.weights = packed{latent: w, codes: borrowTernary(o.scope, w.Dim(0), s.Patch())}
	o.weights.scale = device.Ternarize(&o.weights.codes, w.Peek(), ScaleFloor)
	y := s.Result(x, w.Dim(0))
	o.Redo(y.Peek())
	return tensor.Record(name, y, o, x, w)
}

// bitConv is what a NormBitConv2D remembers.
type bitConv struct {
	x, w    *tensor.Tensor
	scope   *tensor.Scope
	shape   tensor.ConvShape
	images  Activations // with a row for each image
	rstd    []float32   // of the norm
	weights packed
}

var bitConvs tensor.Recycled[bitConv]

// patches returns room for the patches of a chunk of images.
func (o *bitConv) patches() Activations {
	return borrowActivations(o.scope, o.shape.Chunk()*o.shape.Area(), o.shape.Patch())
}

// layOut fills p with the patches of n images from the first on, a row each with
// the scale of its image, and returns those.
func (o *bitConv) layOut(p Activations, first, n int) Activations {
	s := o.shape
	area, image := s.Area(), s.Image()
	p = Activations{Codes: p.Codes[:n*area*s.Patch()], Scales: p.Scales[:n*area]}
	o.scope.Device().Im2RowInt8(p.Codes, o.images.Codes[first*image:(first+n)*image], n, s.ConvShape)
	for i := range p.Scales {
		p.Scales[i] = o.images.Scales[first+i/area]
	}
	return p
}

// Redo multiplies the integers.
func (o *bitConv) Redo(y []float32) {
	s, filters := o.shape, o.w.Dim(0)
	room := o.patches()
	for first := 0; first < s.Batch; first += s.Chunk() {
		p := o.layOut(room, first, min(s.Chunk(), s.Batch-first))
		o.scope.Device().TernaryGEMM(len(p.Scales), p.Codes, p.Scales, &o.weights.codes, o.weights.scale, y[first*s.Area()*filters:], filters)
	}
	room.release(o.scope)
}

func (o *bitConv) CanRedo() bool { return o.shape.Batch*o.shape.Area() >= redoRows }

func (o *bitConv) Backward(dy []float32) {
	s, filters, k := o.shape, o.w.Dim(0), o.shape.Patch()
	device := o.scope.Device()
	var dw, dz, back []float32
	var accumulate bool
	if o.w.WantsGrad() {
		dw, accumulate = o.w.GradBuffer()
	}
	if o.x.WantsGrad() {
		dz, back = o.scope.Borrow(o.x.Len()), o.scope.Borrow(s.Chunk()*s.Area()*k)
		clear(dz)
	}
	room := o.patches()
	for first := 0; first < s.Batch; first += s.Chunk() {
		n := min(s.Chunk(), s.Batch-first)
		m, dyChunk := n*s.Area(), dy[first*s.Area()*filters:]
		if dw != nil {
			p := o.layOut(room, first, n)
			device.GEMMInt8(filters, k, m, dyChunk, filters, p.Codes, k, p.Scales, dw, k, accumulate)
			accumulate = true
		}
		if dz != nil {
			device.GEMMTernary(m, dyChunk, filters, &o.weights.codes, o.weights.scale, back, k, false)
			device.Row2Im(dz[first*s.Image():(first+n)*s.Image()], back[:m*k], n, s.ConvShape)
		}
	}
	room.release(o.scope)
	if dz == nil {
		return
	}
	o.scope.Return(back)
	device.NormQuantizeRowsBackward(dz, dz, tensor.Recall(o.x), o.rstd, s.Batch, s.Image())
	if dx, accumulate := o.x.GradBuffer(); accumulate {
		device.Add(dx, dx, dz)
	} else {
		copy(dx, dz)
	}
	o.scope.Return(dz)
}

func (o *bitConv) Release() {
	o.scope.ReturnBytes(o.weights.codes.Data)
	o.images.release(o.scope)
	o.scope.Return(o.rstd)
	if o.x.WantsGrad() {
		tensor.Forget(o.x)
	}
	bitConvs.Give(o)
}
