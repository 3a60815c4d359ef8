package nn

import (
	"fmt"
	"strconv"

	"setun/runtime/tensor"
)

// A LayerNorm shifts and scales each row to mean 0 and variance 1, and then every
// feature by a gain and a bias that are learnt (Ba, Kiros and Hinton, 1607.06450).
type LayerNorm struct {
	Width      int            // D
	Gain, Bias *tensor.Tensor // [D], at first 1 and 0
}

// NewLayerNorm returns a LayerNorm of rows of that width.
func NewLayerNorm(width int) *LayerNorm {
	needWidths("LayerNorm", width, width)
	return &LayerNorm{width, tensor.ParamInit("gain", ones, width), tensor.ParamInit("bias", tensor.Zeros, width)}
}

// Forward returns y[…×D] for x[…×D].
func (l *LayerNorm) Forward(x *tensor.Tensor) *tensor.Tensor {
	needInput(l, x, l.Width)
	return tensor.LayerNorm(x, l.Gain, l.Bias, tensor.NormEps)
}

// Params returns gain and bias.
func (l *LayerNorm) Params() []*tensor.Tensor { return []*tensor.Tensor{l.Gain, l.Bias} }

// String is the layer as a cell writes it.
func (l *LayerNorm) String() string { return fmt.Sprintf("LayerNorm(%d)", l.Width) }

func (l *LayerNorm) title() string      { return l.String() }
func (l *LayerNorm) widths() (int, int) { return l.Width, l.Width }

// A GainedRMSNorm divides each row by its root mean square, and multiplies every
// feature by a gain that is learnt (Zhang and Sennrich, 1910.07467, equation 4).
type GainedRMSNorm struct {
	Width int            // D
	Gain  *tensor.Tensor // [D], at first 1
}

// NewGainedRMSNorm returns an RMSNorm with a gain, of rows of that width.
func NewGainedRMSNorm(width int) *GainedRMSNorm {
	needWidths("RMSNorm", width, width)
	return &GainedRMSNorm{width, tensor.ParamInit("gain", ones, width)}
}

// Forward returns y[…×D] for x[…×D].
func (l *GainedRMSNorm) Forward(x *tensor.Tensor) *tensor.Tensor {
	needInput(l, x, l.Width)
	z := tensor.RMSNorm(x, tensor.NormEps)
	y := tensor.MulRow(z, l.Gain)
	tensor.Done(z)
	return y
}

// Params returns the gain.
func (l *GainedRMSNorm) Params() []*tensor.Tensor { return []*tensor.Tensor{l.Gain} }

// String is the layer as a cell writes it.
func (l *GainedRMSNorm) String() string { return fmt.Sprintf("RMSNorm(%d)", l.Width) }

// Describe is the layer's row in the table.
func (l *GainedRMSNorm) Describe() Info {
	width := strconv.Itoa(l.Width)
	return Info{Kind: "RMSNorm", In: width, Out: width, Params: l.Width, BitsPerWeight: 32, Bytes: 4 * l.Width}
}

func (l *GainedRMSNorm) title() string      { return l.String() }
func (l *GainedRMSNorm) widths() (int, int) { return l.Width, l.Width }

// ones is the first value of a gain.
func ones(_ *tensor.RNG, w []float32) {
	for i := range w {
		w[i] = 1
	}
}
