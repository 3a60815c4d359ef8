package nn

import (
	"fmt"
	"strconv"

	"setun/runtime/qat"
	"setun/runtime/tensor"
)

// A Conv2D is the ordinary convolution in float32 of images [B×H×W×In], channels
// last, with Out kernels, plus a bias.
type Conv2D struct {
	In, Out int
	Window  tensor.Window
	Weight  *tensor.Tensor // [Out×K], K = Height·Width·In of the window, in this order
	Bias    *tensor.Tensor // [Out]
}

// NewConv2D returns a convolution of in channels to out, with a bias. Weights and
// bias start as PyTorch's do.
func NewConv2D(in, out int, window tensor.Window) *Conv2D {
	k := needKernel("Conv2D", in, out, window)
	return &Conv2D{
		In: in, Out: out, Window: window,
		Weight: tensor.ParamInit("weight", uniform(k), out, k),
		Bias:   tensor.ParamInit("bias", uniform(k), out),
	}
}

// Forward returns y[B×H′×W′×Out] for x[B×H×W×In].
func (l *Conv2D) Forward(x *tensor.Tensor) *tensor.Tensor {
	needImages(l, x, l.In, l.Window)
	return tensor.Conv2D(x, l.Weight, l.Bias, l.Window)
}

// Params returns weight and bias.
func (l *Conv2D) Params() []*tensor.Tensor { return []*tensor.Tensor{l.Weight, l.Bias} }

// Describe is the layer's row in the table.
func (l *Conv2D) Describe() Info {
	n := l.Weight.Len() + l.Bias.Len()
	return Info{Kind: "Conv2D", In: strconv.Itoa(l.In), Out: strconv.Itoa(l.Out), Params: n, BitsPerWeight: 32, Bytes: 4 * n}
}

// String is the layer as a cell writes it.
func (l *Conv2D) String() string { return "Conv2D(" + kernelText(l.In, l.Out, l.Window) + ")" }

func (l *Conv2D) title() string      { return l.String() }
func (l *Conv2D) widths() (int, int) { return l.In, l.Out }

// A BitConv2D is the convolution of BitNet's kind, in place of Conv2D: each image
// is normalised by its root mean square and quantised to int8, the kernels to −γ,
// 0, +γ. It has no bias. (See [qat.NormBitConv2D].) That is its scheme to begin
// with; it computes by any other as well.
type BitConv2D struct {
	In, Out int
	Window  tensor.Window
	Weight  *tensor.Tensor // latent, float32 [Out×K], K = Height·Width·In of the window

	// What a layer has that was made of a [Conv2D], see [Quantize].
	Bias *tensor.Tensor // [Out], float32; nil for none
	Bare bool           // images are not normalised

	quantization qat.Quantization
}

// NewBitConv2D returns a BitConv2D of in channels to out.
func NewBitConv2D(in, out int, window tensor.Window) *BitConv2D {
	k := needKernel("BitConv2D", in, out, window)
	return &BitConv2D{In: in, Out: out, Window: window, Weight: tensor.ParamInit("weight", uniform(k), out, k)}
}

// Forward returns y[B×H′×W′×Out] for x[B×H×W×In].
func (l *BitConv2D) Forward(x *tensor.Tensor) *tensor.Tensor {
	needImages(l, x, l.In, l.Window)
	var y *tensor.Tensor
	if l.Bare {
		y = l.quantization.Conv2D(x, l.Weight, l.Window)
	} else {
		y = l.quantization.NormConv2D(x, tensor.NormEps, l.Weight, l.Window)
	}
	return plusBias(y, l.Bias)
}

// Params returns the latent weights, the bias if there is one, and what the
// scheme learns.
func (l *BitConv2D) Params() []*tensor.Tensor {
	return quantizedParams(l.Weight, l.Bias, &l.quantization)
}

// Scheme returns what the layer computes with.
func (l *BitConv2D) Scheme() qat.Scheme { return l.quantization.Scheme() }

// SetScheme makes s what the layer computes with.
func (l *BitConv2D) SetScheme(s qat.Scheme) { l.quantization.SetScheme(s, l.Weight) }

// SetTraining says whether the layer is being trained; see [Mode].
func (l *BitConv2D) SetTraining(on bool) (was bool) { return l.quantization.SetTraining(on) }

// State returns what the scheme keeps besides parameters.
func (l *BitConv2D) State() ([]byte, error) { return l.quantization.State() }

// SetState takes back what State returned.
func (l *BitConv2D) SetState(state []byte) error { return l.quantization.SetState(state) }

// Quantized returns the ternary weights of b1.58 for the latent ones now.
func (l *BitConv2D) Quantized() qat.TernaryWeights { return qat.QuantizeWeights(l.Weight) }

// Codes returns the weights as the layer's scheme rounds them now.
func (l *BitConv2D) Codes() *qat.QuantizedWeights { return l.quantization.Weights(0, l.Weight) }

// Describe is the layer's row in the table.
func (l *BitConv2D) Describe() Info {
	row := Info{Kind: "BitConv2D", In: strconv.Itoa(l.In), Out: strconv.Itoa(l.Out), Params: countParams(l.Params())}
	schemeInfo(&row, l.Scheme(), l.Weight.Dim(1), l.Out)
	if l.Bias != nil {
		row.Bytes += 4 * l.Out
	}
	return row
}

// String is the layer as a cell writes it.
func (l *BitConv2D) String() string { return "BitConv2D(" + kernelText(l.In, l.Out, l.Window) + ")" }

func (l *BitConv2D) title() string      { return l.String() }
func (l *BitConv2D) widths() (int, int) { return l.In, l.Out }

// needKernel returns the number of weights of a kernel, or panics if the sizes of
// a convolution make no sense.
func needKernel(layer string, in, out int, w tensor.Window) int {
	needWidths(layer, in, out)
	if w.Height < 1 || w.Width < 1 || w.Stride < 1 || w.Pad < 0 {
		panic(&tensor.OpError{Op: layer, Why: fmt.Sprintf("a kernel has at least 1×1 pixels, a stride of at least 1 and no negative padding; got %+v", w)})
	}
	return in * w.Height * w.Width
}

// needImages panics with an error that names the layer unless x is images of in
// channels on which the kernel fits.
func needImages(layer interface{ title() string }, x *tensor.Tensor, in int, w tensor.Window) {
	if x.Dims() != 4 || x.Dim(3) != in || x.Dim(1)+2*w.Pad < w.Height || x.Dim(2)+2*w.Pad < w.Width {
		panic(&tensor.ShapeError{
			Layer: layer.title(), Got: x.Shape(), Want: []int{0, max(1, w.Height-2*w.Pad), max(1, w.Width-2*w.Pad), in},
			Why: fmt.Sprintf("it takes a batch of images of %d channels, channels last and at least as large as its kernel", in),
		})
	}
}

// kernelText is a convolution's numbers as a cell writes them: 1, 32, 5, Padding(2).
func kernelText(in, out int, w tensor.Window) string {
	text := fmt.Sprintf("%d, %d, %d", in, out, w.Height)
	if w.Width != w.Height {
		text = fmt.Sprintf("%d, %d, %d×%d", in, out, w.Height, w.Width)
	}
	if w.Stride != 1 {
		text += fmt.Sprintf(", Stride(%d)", w.Stride)
	}
	if w.Pad != 0 {
		text += fmt.Sprintf(", Padding(%d)", w.Pad)
	}
	return text
}
