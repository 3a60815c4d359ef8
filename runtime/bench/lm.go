package bench

import (
	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// lmRows: a training step of a language model of bytes, in tokens a second.
func lmRows() []row {
	const batch, context, vocab = 8, 128, 256
	lm := trained{unit: "tokens/s", work: batch * context, ask: "lm"}
	lm.make = func(float bool) (nn.Module, *tensor.Tensor, tensor.Labels) {
		rng := tensor.NewRNG(1)
		x, y := tensor.New(batch, context), make(tensor.Labels, batch*context)
		for i := range y {
			y[i] = int32(rng.IntN(vocab))
			x.Data()[i] = float32(rng.IntN(vocab))
		}
		m := nn.NewBitNetLM(nn.Transformer{Vocab: vocab, Context: context, Width: 256, Layers: 4, Heads: 4, Float: float})
		return m, x, y
	}
	return lm.rows()
}
