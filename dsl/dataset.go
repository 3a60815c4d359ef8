package dsl

import "setun/runtime/qat/data"

// MNIST is the handwritten digits 0 to 9: 60,000 images to train with and 10,000
// to test with, 28×28 grey pixels, in batches x [B, 784] in [0, 1] and labels
// y [B]. The first call on a machine fetches it into the user's cache folder
// (SETUN_CACHE moves it); every call verifies it.
//
//	mnist := MNIST()
//	x, y := mnist.Train.Next(128)
func MNIST(opts ...CellOption) *data.Dataset {
	d, err := data.MNIST(cellOf(opts).context())
	if err != nil {
		panic(err)
	}
	return d
}
