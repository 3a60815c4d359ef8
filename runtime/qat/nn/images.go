package nn

import (
	"fmt"

	"setun/runtime/tensor"
)

// An Image makes images [B×Height×Width×Channels], channels last, of rows of that
// many numbers; images of that size pass as they are.
type Image struct{ Height, Width, Channels int }

// Forward returns x[B×…] as images.
func (l Image) Forward(x *tensor.Tensor) *tensor.Tensor {
	if size := l.Height * l.Width * l.Channels; x.Dims() < 2 || x.Len() != x.Dim(0)*size {
		panic(&tensor.ShapeError{Layer: l.String(), Got: x.Shape(), Want: []int{0, size}, Why: fmt.Sprintf("it makes images of %d×%d pixels and %d channels", l.Height, l.Width, l.Channels)})
	}
	if x.Dims() == 4 && x.Dim(1) == l.Height && x.Dim(2) == l.Width {
		return x
	}
	return tensor.Reshape(x, x.Dim(0), l.Height, l.Width, l.Channels)
}

// Params returns nothing: there is nothing to learn.
func (Image) Params() []*tensor.Tensor { return nil }

// String is the layer as a cell writes it.
func (l Image) String() string {
	return fmt.Sprintf("Image(%d, %d, %d)", l.Height, l.Width, l.Channels)
}

// Describe is the layer's row in the table.
func (l Image) Describe() Info {
	return Info{Kind: "Image", In: fmt.Sprint(l.Height * l.Width * l.Channels), Out: fmt.Sprintf("%d×%d×%d", l.Height, l.Width, l.Channels)}
}

// An ImageNorm divides each image, all of its numbers alike, by its root mean
// square: what a [BitConv2D] does inside.
type ImageNorm struct{}

// Forward returns x[B×…] with each of the B over its root mean square.
func (ImageNorm) Forward(x *tensor.Tensor) *tensor.Tensor {
	flat := tensor.Reshape(x, x.Dim(0), -1)
	z := tensor.RMSNorm(flat, tensor.NormEps)
	tensor.Done(flat)
	y := tensor.ReshapeLike(z, x)
	tensor.Done(z)
	return y
}

// Params returns nothing: there is nothing to learn.
func (ImageNorm) Params() []*tensor.Tensor { return nil }

// String is the layer as a cell writes it.
func (ImageNorm) String() string { return "ImageNorm()" }

// A MaxPool2D gives the largest number of each square of Size×Size pixels, channel
// by channel: [B×H×W×C] to [B×H/Size×W/Size×C].
type MaxPool2D struct{ Size int }

// An AvgPool2D gives the mean of each square of Size×Size pixels, channel by
// channel: [B×H×W×C] to [B×H/Size×W/Size×C].
type AvgPool2D struct{ Size int }

// Forward returns the largest of each square of x[B×H×W×C].
func (l MaxPool2D) Forward(x *tensor.Tensor) *tensor.Tensor {
	needSquares(l, x, l.Size)
	return tensor.MaxPool2D(x, squares(l.Size))
}

// Forward returns the mean of each square of x[B×H×W×C].
func (l AvgPool2D) Forward(x *tensor.Tensor) *tensor.Tensor {
	needSquares(l, x, l.Size)
	return tensor.AvgPool2D(x, squares(l.Size))
}

// Params returns nothing: there is nothing to learn.
func (MaxPool2D) Params() []*tensor.Tensor { return nil }

// Params returns nothing: there is nothing to learn.
func (AvgPool2D) Params() []*tensor.Tensor { return nil }

// String is the layer as a cell writes it.
func (l MaxPool2D) String() string { return fmt.Sprintf("MaxPool2D(%d)", l.Size) }

// String is the layer as a cell writes it.
func (l AvgPool2D) String() string { return fmt.Sprintf("AvgPool2D(%d)", l.Size) }

// squares is the window of a pooling.
func squares(size int) tensor.Window { return tensor.Window{Height: size, Width: size, Stride: size} }

// needSquares panics with an error that names the layer unless squares fit on the
// images x.
func needSquares(layer interface{ String() string }, x *tensor.Tensor, size int) {
	if size < 1 {
		panic(&tensor.OpError{Op: layer.String(), Why: "squares have at least 1 pixel"})
	}
	if x.Dims() != 4 || x.Dim(1) < size || x.Dim(2) < size {
		panic(&tensor.ShapeError{Layer: layer.String(), Got: x.Shape(), Want: []int{0, size, size, 0}, Why: "it takes a batch of images, channels last and at least as large as a square"})
	}
}
