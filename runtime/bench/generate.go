package bench

import (
	"context"

	"setun/runtime/asm"
	"setun/runtime/qat"
	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// generateRows: text from a language model, one token after the other, beside the
// products with its weights alone, and a model that rounds and packs its weights for
// every token as a training step must.
func generateRows() []row {
	const context = 128
	var rows []row
	for _, s := range []struct {
		name string
		size nn.Transformer
	}{
		{"lm1M", nn.Transformer{Vocab: 256, Context: context, Width: 128, Layers: 4, Heads: 4}},
		{"lm10M", nn.Transformer{Vocab: 256, Context: context, Width: 320, Layers: 6, Heads: 5}},
		{"lm125M", nn.Transformer{Vocab: 32000, Context: context, Width: 768, Layers: 11, Heads: 12}},
	} {
		rows = append(rows, row{s.name, func(b *bench, name string) error {
			m := nn.NewBitNetLM(s.size)
			return b.contest(name, "tokens/s", func(int) (*side, []rival) {
				return generating(m), []rival{{productsAlone(m), 0}, {roundingEach(m), 0}}
			})
		}})
	}
	return rows
}

// generating is a model that writes a text as long as its context.
func generating(m *nn.BitNetLM) *side {
	s := nn.Sampling{Tokens: m.Context}
	return loop("ours", float64(s.Tokens), func() {
		for range m.Continue(context.Background(), []int32{1}, s) {
		}
	})
}

// productsAlone is one token through the packed weights of m and its head, with
// activations that are there already.
func productsAlone(m *nn.BitNetLM) *side {
	type product struct {
		w qat.TernaryWeights
		x qat.Activations
		y []float32
	}
	var products []product
	for _, b := range m.Blocks {
		for _, p := range []*nn.Projection{b.QKV, b.O, b.Up, b.Down} {
			for _, w := range p.Weights {
				products = append(products, product{
					qat.QuantizeWeights(w), qat.QuantizeActivations(tensor.From(noise(1, p.In), 1, p.In)), make([]float32, w.Dim(0)),
				})
			}
		}
	}
	z, logits := noise(1, m.Width), make([]float32, m.Vocab)
	const tokens = 32 // of the head at a time, as a decoder takes them
	head := noise(1, m.Head.Len())
	return loop("its products alone", 1, func() {
		for _, p := range products {
			p.w.Multiply(p.y, p.x)
		}
		tensor.ParallelRows(m.Vocab/tokens, tokens*m.Width, func(lo, hi int) {
			for v := lo * tokens; v < hi*tokens; v += tokens {
				asm.GEMM(false, false, 1, tokens, m.Width, z, m.Width, head[v*m.Width:], tokens, logits[v:], tokens, false)
			}
		})
	})
}

// roundingEach is a forward of one token.
func roundingEach(m *nn.BitNetLM) *side {
	scope, x := &tensor.Scope{Private: true, Inference: true}, tensor.Full(1, 1, 1)
	return loop("weights rounded for each token", 1, func() {
		m.Forward(scope.Enter(x))
		scope.End()
	})
}
