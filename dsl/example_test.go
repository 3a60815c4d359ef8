package dsl_test

import (
	"fmt"

	. "setun/dsl"
	"setun/runtime/qat/data"
	"setun/runtime/tensor"
)

// arrows is 64 images of 3×3 pixels with one bright column or row: classes 0 to
// 2 are the columns, 3 to 5 the rows.
func arrows() *data.Dataset {
	rng := tensor.NewRNG(1)
	var pixels, labels []uint8
	for i := range 64 {
		class := i % 6
		labels = append(labels, uint8(class))
		for p := range 9 {
			bright := 0
			if class == p%3 || class == 3+p/3 {
				bright = 155
			}
			pixels = append(pixels, uint8(bright+rng.IntN(100)))
		}
	}
	split, err := data.NewSplit(3, 3, pixels, labels)
	if err != nil {
		panic(err)
	}
	return &data.Dataset{Name: "arrows", Train: split, Test: split}
}

// A network, trained by Fit and then a little more by a loop of one's own.
func Example() {
	d := arrows()
	model := Sequential(
		BitLinear(9, 32), ReLU(),
		BitLinear(32, 6),
	)
	run := Fit(model, d, Epochs(30), Batch(16), AdamW(1e-2), Cosine())
	fmt.Println(run.Steps, "steps, accuracy", run.Test.Accuracy)

	opt := AdamW(1e-3).For(model)
	for range 3 {
		x, y := d.Train.Next(16)
		loss := CrossEntropy(model.Forward(x), y)
		loss.Backward()
		opt.Step()
	}
	fmt.Println(Evaluate(model, d.Test).N, "samples measured again")
	// Output:
	// 120 steps, accuracy 1
	// 64 samples measured again
}

// A model shows itself as a table.
func ExampleRender() {
	fmt.Println(Render(MLP(784, 64, 10)).Data["text/plain"])
	// Output:
	// layer        shape     parameters  bits/weight     size
	// ───────────────────────────────────────────────────────
	// 0 BitLinear  784 → 64      50,176         1.58  12.5 kB
	// 1 ReLU       64 → 64
	// 2 BitLinear  64 → 10          640         1.58    164 B
	// ───────────────────────────────────────────────────────
	// total                      50,816         1.58  12.7 kB
	// 203 kB as float32
}
