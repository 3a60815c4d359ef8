package nn

import "setun/runtime/tensor"

// The layers without parameters. Their zero values are ready to use.
type (
	// ReLU gives max(x, 0).
	ReLU struct{}
	// ReLUSquared gives max(x, 0)², the activation of BitNet b1.58 2B4T.
	ReLUSquared struct{}
	// SiLU gives x·σ(x).
	SiLU struct{}
	// GELU gives x·Φ(x), in its tanh form.
	GELU struct{}
	// RMSNorm divides each row by its root mean square, without a gain.
	RMSNorm struct{}
	// Flatten makes rows of all dimensions but the first: [B×…] to [B×D].
	Flatten struct{}
)

// Forward returns max(x, 0).
func (ReLU) Forward(x *tensor.Tensor) *tensor.Tensor { return tensor.ReLU(x) }

// Forward returns max(x, 0)².
func (ReLUSquared) Forward(x *tensor.Tensor) *tensor.Tensor { return tensor.ReLUSquared(x) }

// Forward returns x·σ(x).
func (SiLU) Forward(x *tensor.Tensor) *tensor.Tensor { return tensor.SiLU(x) }

// Forward returns x·Φ(x).
func (GELU) Forward(x *tensor.Tensor) *tensor.Tensor { return tensor.GELU(x) }

// Forward returns each row of x over its root mean square.
func (RMSNorm) Forward(x *tensor.Tensor) *tensor.Tensor { return tensor.RMSNorm(x, tensor.NormEps) }

// Forward returns x[B×…] as [B×D].
func (Flatten) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Reshape(x, x.Dim(0), -1)
}

// Params returns nothing: there is nothing to learn.
func (ReLU) Params() []*tensor.Tensor { return nil }

// Params returns nothing: there is nothing to learn.
func (ReLUSquared) Params() []*tensor.Tensor { return nil }

// Params returns nothing: there is nothing to learn.
func (SiLU) Params() []*tensor.Tensor { return nil }

// Params returns nothing: there is nothing to learn.
func (GELU) Params() []*tensor.Tensor { return nil }

// Params returns nothing: there is nothing to learn.
func (RMSNorm) Params() []*tensor.Tensor { return nil }

// Params returns nothing: there is nothing to learn.
func (Flatten) Params() []*tensor.Tensor { return nil }

// String is the layer as a cell writes it.
func (ReLU) String() string { return "ReLU()" }

// String is the layer as a cell writes it.
func (ReLUSquared) String() string { return "ReLUSquared()" }

// String is the layer as a cell writes it.
func (SiLU) String() string { return "SiLU()" }

// String is the layer as a cell writes it.
func (GELU) String() string { return "GELU()" }

// String is the layer as a cell writes it.
func (RMSNorm) String() string { return "RMSNorm()" }

// String is the layer as a cell writes it.
func (Flatten) String() string { return "Flatten()" }
