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
type BitLinear struct {
	In, Out int
	Weight  *tensor.Tensor // latent, float32 [Out×In]
}

// NewBitLinear returns a BitLinear of in features to out.
func NewBitLinear(in, out int) *BitLinear {
	needWidths("BitLinear", in, out)
	return &BitLinear{In: in, Out: out, Weight: tensor.ParamInit("weight", uniform(in), out, in)}
}

// Forward returns y[…×Out] for x[…×In].
func (l *BitLinear) Forward(x *tensor.Tensor) *tensor.Tensor {
	needInput(l, x, l.In)
	return qat.NormBitLinear(x, tensor.NormEps, l.Weight)
}

// Params returns the latent weights.
func (l *BitLinear) Params() []*tensor.Tensor { return []*tensor.Tensor{l.Weight} }

// Quantized returns the ternary weights that the layer computes with now.
func (l *BitLinear) Quantized() qat.TernaryWeights { return qat.QuantizeWeights(l.Weight) }

// String is the layer as a cell writes it.
func (l *BitLinear) String() string { return fmt.Sprintf("BitLinear(%d, %d)", l.In, l.Out) }

func (l *BitLinear) title() string      { return fmt.Sprintf("BitLinear %d→%d", l.In, l.Out) }
func (l *BitLinear) widths() (int, int) { return l.In, l.Out }
