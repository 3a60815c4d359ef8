package qat

import "setun/runtime/tensor"

// noise is the randomness of one stochastic rounding: a stretch of the stream of
// a key, in which every number has its place, so that the work can be split. The
// zero noise is none.
type noise struct{ key, draw uint64 }

// drawBits is how many numbers one draw has room for, as a power of two: more
// than any tensor holds.
const drawBits = 40

// at returns the generator for the number i and those after it.
func (n noise) at(i int) *tensor.RNG {
	return tensor.Restore(tensor.RNGState{Key: n.key, Position: n.draw<<drawBits + uint64(i)})
}
