package nn

import "setun/runtime/tensor"

// The layers without parameters. Their zero values are ready to use.
type (
	// ReLU gives max(x, 0).
	ReLU struct{}
	// RMSNorm divides each row by its root mean square, without a gain.
	RMSNorm struct{}
	// Flatten makes rows of all dimensions but the first: [B×…] to [B×D].
	Flatten struct{}
)

// Forward returns max(x, 0).
func (ReLU) Forward(x *tensor.Tensor) *tensor.Tensor { return tensor.ReLU(x) }

// Forward returns each row of x over its root mean square.
func (RMSNorm) Forward(x *tensor.Tensor) *tensor.Tensor { return tensor.RMSNorm(x, tensor.NormEps) }

// Forward returns x[B×…] as [B×D].
func (Flatten) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Reshape(x, x.Dim(0), -1)
}

// Params returns nothing: there is nothing to learn.
func (ReLU) Params() []*tensor.Tensor { return nil }

// Params returns nothing: there is nothing to learn.
func (RMSNorm) Params() []*tensor.Tensor { return nil }

// Params returns nothing: there is nothing to learn.
func (Flatten) Params() []*tensor.Tensor { return nil }

// String is the layer as a cell writes it.
func (ReLU) String() string { return "ReLU()" }

// String is the layer as a cell writes it.
func (RMSNorm) String() string { return "RMSNorm()" }

// String is the layer as a cell writes it.
func (Flatten) String() string { return "Flatten()" }
