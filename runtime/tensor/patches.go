package tensor

// Patches returns the patches of the images x[B×H×W×C] under k, laid out side by
// side: [B×H′×W′×K], K = k.Height·k.Width·C. A convolution is a product with them.
//
// dY goes back to the pixels that the patches were taken from, and adds up there.
func Patches(x *Tensor, k Window) *Tensor {
	s := k.Over("Patches", x)
	y := s.Result(x, s.Patch())
	x.device().Im2Row(y.data, x.Peek(), s.Batch, s.ConvShape)
	o := patchesOps.Take()
	o.x, o.shape = x, s
	return Record("Patches", y, o, x)
}

type patchesOp struct {
	x     *Tensor
	shape ConvShape
}

var patchesOps Recycled[patchesOp]

func (o *patchesOp) Backward(dy []float32) {
	dx, part := o.x.GradBuffer()
	if !part {
		clear(dx)
	}
	o.x.device().Row2Im(dx, dy, o.shape.Batch, o.shape.ConvShape)
}

func (o *patchesOp) Release() { patchesOps.Give(o) }
