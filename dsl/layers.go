package dsl

import (
	"fmt"

	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
)

// Sequential is a network that runs its layers one after the other:
// x [B, in] → y [B, out]. A layer is any value with the methods Forward and
// Params, also one of your own.
//
// Weights are drawn from seed 1; model.Init(seed) draws them anew.
//
//	model := Sequential(
//		BitLinear(784, 256), ReLU(),
//		BitLinear(256, 10),
//	)
func Sequential(layers ...nn.Module) *nn.Sequential { return nn.NewSequential(layers...) }

// MLP is [BitLinear] layers of the given sizes with [ReLU] between them.
//
//	MLP(784, 256, 256, 10)
func MLP(sizes ...int) *nn.Sequential { return nn.MLP(sizes...) }

// BitLinear is the linear layer of BitNet b1.58: x [B, in] → y [B, out], no bias.
// It normalises its input by the root mean square, rounds it to int8 row by
// row, rounds its weights to −γ, 0, +γ, and multiplies the integers exactly
// (The Era of 1-bit LLMs: Training Tips, Code and FAQ). Its gradient passes the
// rounding straight through.
//
//	layer := BitLinear(784, 256)
//	y := layer.Forward(x) // x [B, 784] → y [B, 256]
func BitLinear(in, out int) *nn.BitLinear { return nn.NewBitLinear(in, out) }

// Linear is the ordinary layer in float32, y = x·wᵀ + b: x [B, in] → y [B, out].
// A float network to compare a ternary one with, normalised in the same places:
//
//	Sequential(RMSNorm(), Linear(784, 256), ReLU(), RMSNorm(), Linear(256, 10))
func Linear(in, out int) *nn.Linear { return nn.NewLinear(in, out) }

// ReLU is max(x, 0), element by element, for any shape.
//
//	Sequential(BitLinear(784, 64), ReLU(), BitLinear(64, 10))
func ReLU() nn.ReLU { return nn.ReLU{} }

// ReLUSquared is max(x, 0)², the activation of BitNet b1.58 2B4T.
//
//	Sequential(BitLinear(784, 64), ReLUSquared(), BitLinear(64, 10))
func ReLUSquared() nn.ReLUSquared { return nn.ReLUSquared{} }

// SiLU is x·σ(x) (Elfwing, Uchibe and Doya, 1702.03118).
//
//	Sequential(BitLinear(784, 64), SiLU(), BitLinear(64, 10))
func SiLU() nn.SiLU { return nn.SiLU{} }

// GELU is x·Φ(x) in its tanh form (Hendrycks and Gimpel, 1606.08415).
//
//	Sequential(BitLinear(784, 64), GELU(), BitLinear(64, 10))
func GELU() nn.GELU { return nn.GELU{} }

// RMSNorm divides each row by its root mean square: [B, D] → [B, D]. Given the
// width D it learns a gain for each feature (Zhang and Sennrich, 1910.07467). A
// [BitLinear] has one without inside.
//
//	Sequential(RMSNorm(), Linear(784, 10))
//	RMSNorm(256)
func RMSNorm(width ...int) nn.Module {
	switch len(width) {
	case 0:
		return nn.RMSNorm{}
	case 1:
		return nn.NewGainedRMSNorm(width[0])
	}
	panic(fmt.Errorf("RMSNorm: want one width, or none for a norm without a gain; got %v", width))
}

// LayerNorm makes the mean of each row 0 and its variance 1, and learns a gain and
// a bias for each of its D features (Ba, Kiros and Hinton, 1607.06450).
//
//	Sequential(LayerNorm(784), Linear(784, 10))
func LayerNorm(width int) *nn.LayerNorm { return nn.NewLayerNorm(width) }

// Dropout sets a share p of all numbers to 0 in training, and divides the others
// by 1−p (Srivastava et al., JMLR 15, 2014); when [Fit] or [Evaluate] measure, and
// when the network is used after that, it does nothing. Your own loop turns it on
// by nn.SetTraining(model, true).
//
//	Sequential(BitLinear(784, 256), ReLU(), Dropout(0.2), BitLinear(256, 10))
func Dropout(p float32) *nn.Dropout { return nn.NewDropout(p) }

// Residual adds its input to what its layers make of it: x + f(x).
//
//	Sequential(BitLinear(784, 64), Residual(BitLinear(64, 64), ReLU()), BitLinear(64, 10))
func Residual(layers ...nn.Module) *nn.Residual { return nn.NewResidual(layers...) }

// Embedding is a row of width numbers, which are learnt, for each of vocab tokens:
// tokens x [B, T] → y [B, T, width].
//
//	Sequential(Embedding(256, 64), Attention(64, Heads(2)), Linear(64, 256))
func Embedding(vocab, width int) *nn.Embedding { return nn.NewEmbedding(vocab, width) }

// Attention is causal attention with rotary positions, its projections ternary:
// x [B, T, width] → y [B, T, width]. Options are [Heads] (4), [KVHeads] and
// [Context] (256).
//
//	Residual(Attention(64, Heads(4), KVHeads(2)))
func Attention(width int, opts ...LMOption) *nn.Attention {
	t := nn.Transformer{Width: width, Heads: 4, Context: data.DefaultLength}
	for _, o := range opts {
		o.applyLM(&t)
	}
	return nn.NewAttention(nn.AttentionSize{Width: t.Width, Heads: t.Heads, Groups: t.Groups, Context: t.Context})
}

// FeedForward is the gated layer of BitNet b1.58 2B4T, down(relu²(gate)·up), its
// projections ternary: x [B, T, width] → y [B, T, width].
//
//	Residual(FeedForward(64, 256))
func FeedForward(width, hidden int) *nn.FeedForward { return nn.NewFeedForward(width, hidden) }

// Recomputed is a layer or a network that keeps nothing for the backward but its
// input, and is computed again then: less memory, more time, the same bits (Chen
// et al., gradient checkpointing, 1604.06174).
//
//	Sequential(Recomputed(LeNet()))
func Recomputed(m nn.Module) *nn.Checkpointed { return nn.Checkpoint(m) }

// Flatten makes rows of all dimensions but the first: [B, …] → [B, D].
//
//	Sequential(Flatten(), BitLinear(784, 10)) // takes x [B, 28, 28]
func Flatten() nn.Flatten { return nn.Flatten{} }
