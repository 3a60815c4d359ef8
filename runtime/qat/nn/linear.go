package nn

import (
	"fmt"

	"setun/runtime/tensor"
)

// A Linear is the ordinary layer in float32, y = x·wᵀ + b.
type Linear struct {
	In, Out int
	Weight  *tensor.Tensor // [Out×In]
	Bias    *tensor.Tensor // [Out]
}

// NewLinear returns a Linear of in features to out, with a bias.
func NewLinear(in, out int) *Linear {
	needWidths("Linear", in, out)
	return &Linear{
		In: in, Out: out,
		Weight: tensor.ParamInit("weight", uniform(in), out, in),
		Bias:   tensor.ParamInit("bias", uniform(in), out),
	}
}

// Forward returns y[…×Out] for x[…×In].
func (l *Linear) Forward(x *tensor.Tensor) *tensor.Tensor {
	needInput(l, x, l.In)
	return tensor.Affine(x, l.Weight, l.Bias)
}

// Params returns weight and bias.
func (l *Linear) Params() []*tensor.Tensor { return []*tensor.Tensor{l.Weight, l.Bias} }

// String is the layer as a cell writes it.
func (l *Linear) String() string { return fmt.Sprintf("Linear(%d, %d)", l.In, l.Out) }

func (l *Linear) title() string      { return fmt.Sprintf("Linear %d→%d", l.In, l.Out) }
func (l *Linear) widths() (int, int) { return l.In, l.Out }
