package dsl

import (
	"fmt"

	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/token"
)

// LeNet is the convolutional network on which ternary weights were first measured
// (Li et al., Ternary Weight Networks, 1605.04711): [BitConv2D] 1→32, [MaxPool2D],
// [ReLU], BitConv2D 32→64, MaxPool2D, ReLU, [BitLinear] 1024→512, ReLU, BitLinear
// 512→10, for x [B, 784].
//
//	lenet := LeNet()
//	run := Fit(lenet, MNIST(), Epochs(3))
//	twin := LeNet().With(Bits(32)) // in float32
func LeNet() *nn.Sequential { return nn.LeNet() }

// BitNetLM is a language model with the block of BitNet b1.58 2B4T (2504.12285):
// grouped-query attention with rotary positions and a gated relu² layer, of
// ternary projections; embedding and head, which share their weights, in float32.
// x [B, T] are tokens, y [B, T, V] the logits of the tokens that follow.
//
// Without options: [Width](256), [Layers](4), [Heads](4), as many [KVHeads], a
// [Hidden] width of 4 times the width, [Context](256), and the 256 bytes as
// tokens.
//
//	lm := BitNetLM(Width(256), Layers(4), Heads(4), Context(256))
//	Fit(lm, Text("opticks"), Steps(2000), Batch(8))
//	lm.Generate("The rays of light", Sampling{Tokens: 80, Temperature: 0.8})
//
// Its text as it comes, in place of all at once:
//
//	for piece := range lm.Stream("The rays of light", Sampling{Tokens: 80}) {
//		fmt.Print(piece)
//	}
func BitNetLM(opts ...LMOption) *nn.BitNetLM {
	t := nn.Transformer{Width: 256, Layers: 4, Heads: 4, Context: data.DefaultLength, Vocab: 256}
	for _, o := range opts {
		o.applyLM(&t)
	}
	return nn.NewBitNetLM(t)
}

// An LMOption is an option of [BitNetLM]: [Width], [Layers], [Heads], [KVHeads],
// [Hidden], [Context], [Vocab], [Tokenizer], [Recompute].
type LMOption interface{ applyLM(*nn.Transformer) }

type lmOption func(*nn.Transformer)

func (o lmOption) applyLM(t *nn.Transformer) { o(t) }

// Width is the number of features of a token in a [BitNetLM].
//
//	BitNetLM(Width(128), Heads(2))
func Width(n int) LMOption {
	positive("Width", n)
	return lmOption(func(t *nn.Transformer) { t.Width = n })
}

// Layers is the number of blocks of a [BitNetLM].
//
//	BitNetLM(Layers(2))
func Layers(n int) LMOption {
	positive("Layers", n)
	return lmOption(func(t *nn.Transformer) { t.Layers = n })
}

// Heads is the number of query heads of a [BitNetLM].
//
//	BitNetLM(Width(512), Heads(8))
func Heads(n int) LMOption {
	positive("Heads", n)
	return lmOption(func(t *nn.Transformer) { t.Heads = n })
}

// KVHeads is the number of heads of keys and values of a [BitNetLM], which its
// query heads share evenly (Ainslie et al., GQA, 2305.13245).
//
//	BitNetLM(Heads(8), KVHeads(2))
func KVHeads(n int) LMOption {
	positive("KVHeads", n)
	return lmOption(func(t *nn.Transformer) { t.Groups = n })
}

// Hidden is the inner width of the feed-forward layers of a [BitNetLM].
//
//	BitNetLM(Width(256), Hidden(688))
func Hidden(n int) LMOption {
	positive("Hidden", n)
	return lmOption(func(t *nn.Transformer) { t.Hidden = n })
}

// Vocab is the number of tokens of a [BitNetLM] whose tokens are no text.
//
//	BitNetLM(Vocab(16))
func Vocab(n int) LMOption {
	positive("Vocab", n)
	return lmOption(func(t *nn.Transformer) { t.Vocab = n })
}

// Recompute makes the blocks of a [BitNetLM] keep only their inputs for the
// backward, and compute the rest again: less memory, more time, the same bits.
//
//	BitNetLM(Layers(12), Recompute())
func Recompute() LMOption {
	return lmOption(func(t *nn.Transformer) { t.Recompute = true })
}

// A TextOption is an option of [Text]: [Context], [Tokenizer].
type TextOption interface{ applyText(*texting) }

// ContextLength is a number of tokens: an option of [BitNetLM] and of [Text].
type ContextLength int

func (n ContextLength) applyLM(t *nn.Transformer) { t.Context = int(n) }
func (n ContextLength) applyText(t *texting)      { t.config.Length = int(n) }

// Context is the longest sequence of tokens that a [BitNetLM] takes, and how long
// the sequences of a [Text] are; 256 if not given. [Fit] cuts a text to what its
// model takes.
//
//	BitNetLM(Context(128))
//	Text("opticks", Context(64))
func Context(n int) ContextLength {
	positive("Context", n)
	return ContextLength(n)
}

// Tokens is what tokens are: an option of [BitNetLM] and of [Text].
type Tokens struct{ token.Tokenizer }

func (t Tokens) applyLM(m *nn.Transformer) { m.Tokenizer, m.Vocab = t.Tokenizer, t.Tokenizer.Vocab() }
func (t Tokens) applyText(x *texting)      { x.config.Tokenizer = t.Tokenizer }

// Tokenizer says what the tokens of a [BitNetLM] and of a [Text] are, bytes if it
// is not given.
//
//	bpe := BPE("opticks", 512)
//	lm := BitNetLM(Tokenizer(bpe))
//	Fit(lm, Text("opticks", Tokenizer(bpe)))
func Tokenizer(t token.Tokenizer) Tokens {
	if t == nil {
		panic(fmt.Errorf("Tokenizer(nil): want a tokenizer, such as BPE(\"opticks\", 512)"))
	}
	return Tokens{t}
}

// Sampling is how a language model chooses each next token; the zero value is the
// most likely one, 100 times.
//
//	lm.Generate("Light", Sampling{Tokens: 80, Temperature: 0.8, TopK: 40, TopP: 0.95, Seed: 7})
type Sampling = nn.Sampling
