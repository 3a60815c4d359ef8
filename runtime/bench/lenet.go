package bench

import (
	"setun/runtime/qat"
	"setun/runtime/qat/nn"
)

// lenetRows: a training step of a convolutional network, in samples a second.
func lenetRows() []row {
	const batch = 128
	lenet := trained{unit: "samples/s", work: batch, ask: "lenet", make: images(batch, nn.LeNet, floatLeNet)}
	return lenet.rows()
}

func floatLeNet() *nn.Sequential { return nn.LeNet().With(nn.WithScheme(qat.FloatScheme())) }
