package dsl

import "setun/runtime/qat/nn"

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

// RMSNorm divides each row by its root mean square, without a gain: [B, D] →
// [B, D]. A [BitLinear] has one inside.
//
//	Sequential(RMSNorm(), Linear(784, 10))
func RMSNorm() nn.RMSNorm { return nn.RMSNorm{} }

// Flatten makes rows of all dimensions but the first: [B, …] → [B, D].
//
//	Sequential(Flatten(), BitLinear(784, 10)) // takes x [B, 28, 28]
func Flatten() nn.Flatten { return nn.Flatten{} }
