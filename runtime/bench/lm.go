package bench

import "setun/runtime/qat/nn"

// lmRows: a training step of a language model of bytes, in tokens a second.
func lmRows() []row {
	lm := languageModel(8, nn.Transformer{Vocab: 256, Context: 128, Width: 256, Layers: 4, Heads: 4})
	lm.ask = "lm"
	return lm.rows()
}
