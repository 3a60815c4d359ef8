package dsl

import (
	"fmt"

	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// Image makes images of rows: x [B, H·W·C] → [B, H, W, C], channels last.
//
//	Sequential(Image(28, 28, 1), BitConv2D(1, 32, 5), ReLU(), MaxPool2D(2))
func Image(height, width, channels int) nn.Image {
	positive("Image", min(height, width, channels))
	return nn.Image{Height: height, Width: width, Channels: channels}
}

// Conv2D is the ordinary convolution in float32, with a bias, by kernels of
// size×size pixels: x [B, H, W, in] → y [B, H′, W′, out].
//
//	Conv2D(3, 16, 3, Padding(1))
func Conv2D(in, out, size int, opts ...ConvOption) *nn.Conv2D {
	return nn.NewConv2D(in, out, window("Conv2D", size, opts))
}

// BitConv2D is the convolution of BitNet's kind: each image is normalised by its
// root mean square and rounded to int8, the kernels to −γ, 0, +γ, and the integers
// are multiplied exactly. It has no bias. x [B, H, W, in] → y [B, H′, W′, out].
//
//	BitConv2D(1, 32, 5)
func BitConv2D(in, out, size int, opts ...ConvOption) *nn.BitConv2D {
	return nn.NewBitConv2D(in, out, window("BitConv2D", size, opts))
}

// A ConvOption is an option of [Conv2D] and [BitConv2D]: [Stride], [Padding].
type ConvOption func(*tensor.Window)

// Stride is how many pixels the kernel of a convolution goes on each time, 1 if
// not given.
//
//	Conv2D(3, 16, 3, Stride(2))
func Stride(n int) ConvOption {
	positive("Stride", n)
	return func(w *tensor.Window) { w.Stride = n }
}

// Padding puts n rows and columns of zeros around the images of a convolution.
//
//	Conv2D(3, 16, 3, Padding(1)) // gives images of the same size
func Padding(n int) ConvOption {
	if n < 0 {
		panic(fmt.Errorf("Padding(%d): want at least 0", n))
	}
	return func(w *tensor.Window) { w.Pad = n }
}

func window(layer string, size int, opts []ConvOption) tensor.Window {
	positive(layer+" with a kernel", size)
	w := tensor.Window{Height: size, Width: size, Stride: 1}
	for _, o := range opts {
		o(&w)
	}
	return w
}

// MaxPool2D is the largest number of each square of size×size pixels, channel by
// channel: x [B, H, W, C] → y [B, H/size, W/size, C].
//
//	Sequential(Image(28, 28, 1), BitConv2D(1, 32, 5), ReLU(), MaxPool2D(2))
func MaxPool2D(size int) nn.MaxPool2D {
	positive("MaxPool2D", size)
	return nn.MaxPool2D{Size: size}
}

// AvgPool2D is the mean of each square of size×size pixels, channel by channel:
// x [B, H, W, C] → y [B, H/size, W/size, C].
//
//	Sequential(Image(28, 28, 1), Conv2D(1, 8, 5), ReLU(), AvgPool2D(24), Flatten(), Linear(8, 10))
func AvgPool2D(size int) nn.AvgPool2D {
	positive("AvgPool2D", size)
	return nn.AvgPool2D{Size: size}
}

// ImageNorm divides each image by its root mean square, as a [BitConv2D] does
// inside.
//
//	Sequential(Image(28, 28, 1), ImageNorm(), Conv2D(1, 32, 5))
func ImageNorm() nn.ImageNorm { return nn.ImageNorm{} }
