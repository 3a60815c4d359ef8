package dsl_test

import (
	"fmt"

	. "setun/dsl"
	"setun/runtime/qat/nn"
)

// A network of four bits, with a scale for each output.
func ExampleBits() {
	model := MLP(784, 64, 10).With(Bits(4), PerChannel())
	fmt.Println(Render(model).Data["text/plain"])
	// Output:
	// layer        shape     parameters  bits/weight     size  scheme
	// ────────────────────────────────────────────────────────────────────────────────────────────────────
	// 0 BitLinear  784 → 64      50,176            4  25.3 kB  4-bit weights per channel, int8 activations
	// 1 ReLU       64 → 64
	// 2 BitLinear  64 → 10          640            4    360 B  4-bit weights per channel, int8 activations
	// ────────────────────────────────────────────────────────────────────────────────────────────────────
	// total                      50,816            4  25.7 kB
	// 203 kB as float32
}

// What comes of a weight, and of its gradient: in a notebook, a picture.
func ExampleExplain() {
	fmt.Println(Explain(Clipped(1)))
	fmt.Println(Explain(Magnitude(1)))
	// Output:
	// Clipped(1) on ternary weights: of a gradient of 1 comes back 1 at 0, 1 half way to a level, 1 at the outermost level, 0 at twice that
	// Magnitude(1) on ternary weights: of a gradient of 1 comes back 1 at 0, 1 half way to a level, 1 at the outermost level, 0.5 at twice that
}

// Options of schemes are options of a run too.
func ExampleSTE() {
	model := MLP(9, 32, 6)
	run := Fit(model, arrows(), Epochs(30), Batch(16), AdamW(1e-2), STE(Clipped(2.5)), Layer("0", Bits(8)))
	fmt.Println(run.Test.Accuracy, model.Layers[0].(nn.Quantized).Scheme())
	// Output: 1 8-bit weights, int8 activations, Clipped(2.5)
}

// Quantised after its training, with four bits, the network still knows the arrows;
// the one in floats is as it was.
func ExampleQuantize() {
	d := arrows()
	float := MLP(9, 32, 6).With(Bits(32))
	Fit(float, d, Epochs(30), Batch(16), AdamW(1e-2))
	four := Quantize(float, Bits(4), PerChannel())
	fmt.Println(Evaluate(float, d.Test).Accuracy, Evaluate(four, d.Test).Accuracy)
	fmt.Println(nn.Describe(float)[0].Scheme, "and", nn.Describe(four)[0].Scheme)
	// Output:
	// 1 1
	// float32 and 4-bit weights per channel, int8 activations
}
