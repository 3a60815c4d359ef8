package nn

import (
	"strings"

	"setun/runtime/tensor"
)

// A Residual adds its input to what a layer makes of it: x + f(x) (He et al.,
// Deep Residual Learning, 1512.03385). f gives the shape that it takes.
type Residual struct {
	Body Module
}

// NewResidual returns x + f(x), where f runs the given layers in order.
func NewResidual(layers ...Module) *Residual {
	if len(layers) == 1 {
		return &Residual{layers[0]}
	}
	return &Residual{NewSequential(layers...)}
}

// Forward returns x + f(x).
func (r *Residual) Forward(x *tensor.Tensor) *tensor.Tensor {
	fx := r.Body.Forward(x)
	y := tensor.Add(x, fx)
	if fx != x {
		tensor.Done(fx)
	}
	return y
}

// Params returns the parameters of f.
func (r *Residual) Params() []*tensor.Tensor { return r.Body.Params() }

// Children is f.
func (r *Residual) Children() []Child { return []Child{{"", r.Body}} }

// String is the layer as a cell writes it.
func (r *Residual) String() string {
	if s, ok := r.Body.(*Sequential); ok {
		return "Residual" + strings.TrimPrefix(s.String(), "Sequential")
	}
	return "Residual(" + name(r.Body) + ")"
}

func (r *Residual) widths() (int, int) { return widthsOf(r.Body) }
