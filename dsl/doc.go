// Package dsl is what a Setun cell can say without an import: it is dot-imported
// into every cell. The same code is an ordinary Go program with
//
//	import . "setun/dsl"
//
// A first network, trained and measured:
//
//	mnist := MNIST()
//	model := Sequential(
//		BitLinear(784, 256), ReLU(),
//		BitLinear(256, 10),
//	)
//	run := Fit(model, mnist, Epochs(5), Batch(128), AdamW(1e-3), Cosine())
//	fmt.Println(run.Test.Accuracy)
//
// Functions here panic with an error that reads as one line; in a cell that line
// is what a person sees. Programs that want errors as values use the packages
// below: train.Fit, data.MNIST.
//
// What shows or waits takes a [Cell], which says where its output goes and when
// to stop. In a notebook the session appends the running cell's to the call; in
// a program nobody does, and the terminal is used. There is no package state:
// two cells can train at once.
//
// Here networks (runtime/...) and pictures (display) meet: [Render] says how any
// value is shown. Nothing of Jupyter may enter.
package dsl
