package bench

import (
	"setun/runtime/qat"
	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// lenetRows: a training step of a convolutional network, in samples a second.
func lenetRows() []row {
	const batch = 128
	lenet := trained{unit: "samples/s", work: batch, ask: "lenet"}
	lenet.make = func(float bool) (nn.Module, *tensor.Tensor, tensor.Labels) {
		x := tensor.From(noise(1, batch*784), batch, 784)
		y := make(tensor.Labels, batch)
		for i := range y {
			y[i] = int32(i % 10)
		}
		m := nn.LeNet()
		if float {
			m.With(nn.ChangeFunc(func(_ string, s *qat.Scheme) { *s = qat.FloatScheme() }))
		}
		return m, x, y
	}
	return lenet.rows()
}
