package bench

import (
	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

const mlpBatch = 64

// mlpRows: a training step of a network on one batch, in samples a second.
func mlpRows() []row {
	mlp := trained{unit: "samples/s", work: mlpBatch, ask: "mlp"}
	mlp.make = func(float bool) (nn.Module, *tensor.Tensor, tensor.Labels) {
		x := tensor.From(noise(1, mlpBatch*784), mlpBatch, 784)
		y := make(tensor.Labels, mlpBatch)
		for i := range y {
			y[i] = int32(i % 10)
		}
		if float {
			return linears(), x, y
		}
		return bitLinears(), x, y
	}
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
