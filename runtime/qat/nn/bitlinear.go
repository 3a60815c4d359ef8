package nn

import (
	"fmt"

	"setun/runtime/qat"
	"setun/runtime/tensor"
)

// A BitLinear is the linear layer of BitNet b1.58, in place of nn.Linear: the
// input is normalised by its root mean square (without a gain) and quantised to
// int8 row by row, the weights to −γ, 0, +γ. It has no bias. (The Era of 1-bit
// LLMs: Training Tips, Code and FAQ; the mathematics stands in package qat.)
//
// That is its scheme to begin with; it computes by any other as well.
type BitLinear struct {
	In, Out int
	Weight  *tensor.Tensor // latent, float32 [Out×In]

	// What a layer has that was made of a [Linear], see [Quantize].
	Bias *tensor.Tensor // [Out], float32; nil for none
	Bare bool           // its input is not normalised

	quantization qat.Quantization
}

// NewBitLinear returns a BitLinear of in features to out.
func NewBitLinear(in, out int) *BitLinear {
	needWidths("BitLinear", in, out)
	return &BitLinear{In: in, Out: out, Weight: tensor.ParamInit("weight", uniform(in), out, in)}
}

// Forward returns y[…×Out] for x[…×In].
func (l *BitLinear) Forward(x *tensor.Tensor) *tensor.Tensor {
	needInput(l, x, l.In)
	var y *tensor.Tensor
	if l.Bare {
		y = l.quantization.Linear(x, l.Weight)
	} else {
		y = l.quantization.NormLinear(x, tensor.NormEps, l.Weight)
	}
	return plusBias(y, l.Bias)
}

// Params returns the latent weights, the bias if there is one, and what the
// scheme learns.
func (l *BitLinear) Params() []*tensor.Tensor {
	return quantizedParams(l.Weight, l.Bias, &l.quantization)
}

// Scheme returns what the layer computes with.
func (l *BitLinear) Scheme() qat.Scheme { return l.quantization.Scheme() }

// SetScheme makes s what the layer computes with.
func (l *BitLinear) SetScheme(s qat.Scheme) { l.quantization.SetScheme(s, l.Weight) }

// SetTraining says whether the layer is being trained; see [Mode].
func (l *BitLinear) SetTraining(on bool) (was bool) { return l.quantization.SetTraining(on) }

// State returns what the scheme keeps besides parameters.
func (l *BitLinear) State() ([]byte, error) { return l.quantization.State() }

// SetState takes back what State returned.
func (l *BitLinear) SetState(state []byte) error { return l.quantization.SetState(state) }

// Quantized returns the ternary weights of b1.58 for the latent ones now.
func (l *BitLinear) Quantized() qat.TernaryWeights { return qat.QuantizeWeights(l.Weight) }

// Codes returns the weights as the layer's scheme rounds them now.
func (l *BitLinear) Codes() *qat.QuantizedWeights { return l.quantization.Weights(0, l.Weight) }

// String is the layer as a cell writes it.
func (l *BitLinear) String() string { return fmt.Sprintf("BitLinear(%d, %d)", l.In, l.Out) }

func (l *BitLinear) title() string      { return fmt.Sprintf("BitLinear %d→%d", l.In, l.Out) }
func (l *BitLinear) widths() (int, int) { return l.In, l.Out }
