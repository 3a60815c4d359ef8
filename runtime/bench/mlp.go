package bench

import "setun/runtime/qat/nn"

const mlpBatch = 64

// mlpRows: a training step of a network on one batch, in samples a second.
func mlpRows() []row {
	mlp := trained{unit: "samples/s", work: mlpBatch, ask: "mlp", make: images(mlpBatch, bitLinears, linears)}
	return mlp.rows()
}

func bitLinears() *nn.Sequential { return nn.MLP(784, 512, 512, 10) }

func linears() *nn.Sequential {
	return nn.NewSequential(
		nn.NewLinear(784, 512), nn.ReLU{},
		nn.NewLinear(512, 512), nn.ReLU{},
		nn.NewLinear(512, 10),
	)
}
