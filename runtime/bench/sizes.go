package bench

import (
	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// sizesRows: what quantisation costs a training step of networks from a perceptron
// to a language model of 125 million parameters, in time and in memory for results
// and workspace, beside the same step in our own float32.
func sizesRows() []row {
	const context = 128
	sizes := []struct {
		name string
		trained
	}{
		{"mlp/batch64", trained{unit: "samples/s", work: 64, make: images(64, bitLinears, linears)}},
		{"mlp/batch512", trained{unit: "samples/s", work: 512, make: images(512, bitLinears, linears)}},
		{"lenet/batch128", trained{unit: "samples/s", work: 128, make: images(128, nn.LeNet, floatLeNet)}},
		{"lm1M/batch8", languageModel(8, nn.Transformer{Vocab: 256, Context: context, Width: 128, Layers: 4, Heads: 4})},
		{"lm10M/batch8", languageModel(8, nn.Transformer{Vocab: 256, Context: context, Width: 320, Layers: 6, Heads: 5})},
		{"lm125M/batch1", languageModel(1, nn.Transformer{Vocab: 32000, Context: context, Width: 768, Layers: 11, Heads: 12})},
	}
	var rows []row
	for _, s := range sizes {
		rows = append(rows,
			row{s.name + "/time", func(b *bench, name string) error {
				return b.contest(name, s.unit, func(int) (*side, []rival) {
					return s.side("ours", false), []rival{{s.side("our float32", true), 1}}
				})
			}},
			row{s.name + "/memory", func(b *bench, name string) error { return s.memoryRow(b, name) }},
		)
	}
	return rows
}

// images makes a network of images and its twin, and a batch of noise for them.
func images(batch int, quantised, float func() *nn.Sequential) func(bool) (nn.Module, *tensor.Tensor, tensor.Labels) {
	return func(asFloat bool) (nn.Module, *tensor.Tensor, tensor.Labels) {
		x, y := tensor.From(noise(1, batch*784), batch, 784), make(tensor.Labels, batch)
		for i := range y {
			y[i] = int32(i % 10)
		}
		if asFloat {
			return float(), x, y
		}
		return quantised(), x, y
	}
}

// languageModel is a BitNet language model of that size and its twin, and a batch
// of random tokens.
func languageModel(batch int, size nn.Transformer) trained {
	lm := trained{unit: "tokens/s", work: float64(batch * size.Context)}
	lm.make = func(float bool) (nn.Module, *tensor.Tensor, tensor.Labels) {
		rng := tensor.NewRNG(1)
		x, y := tensor.New(batch, size.Context), make(tensor.Labels, batch*size.Context)
		for i := range y {
			y[i] = int32(rng.IntN(size.Vocab))
			x.Data()[i] = float32(rng.IntN(size.Vocab))
		}
		size.Float = float
		return nn.NewBitNetLM(size), x, y
	}
	return lm
}
