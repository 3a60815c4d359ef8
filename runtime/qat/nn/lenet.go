package nn

import "setun/runtime/tensor"

// LeNet returns the convolutional network with which ternary weights were first
// measured on MNIST (Li et al., Ternary Weight Networks, 1605.04711, section 3.1):
// 32 kernels of 5×5, pooling, 64 kernels of 5×5, pooling, 512 features, 10
// classes, for images of 28×28 pixels as rows of 784. Its layers are BitConv2D and
// BitLinear, which normalise their inputs; its twin in float32 is the same network
// with [qat.FloatScheme].
func LeNet() *Sequential {
	kernel := tensor.Window{Height: 5, Width: 5, Stride: 1}
	return NewSequential(
		Image{28, 28, 1}, NewBitConv2D(1, 32, kernel), MaxPool2D{2}, ReLU{},
		NewBitConv2D(32, 64, kernel), MaxPool2D{2}, ReLU{},
		Flatten{}, NewBitLinear(64*4*4, 512), ReLU{}, NewBitLinear(512, 10),
	)
}
