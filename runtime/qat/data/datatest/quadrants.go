package datatest

import (
	"testing"

	"setun/runtime/qat/data"
	"setun/runtime/tensor"
)

// Quadrants is n images of 4×4 pixels, one of whose quadrants is bright: its
// number is the class. The rest is noise.
func Quadrants(t testing.TB, n int, seed uint64) *data.Split {
	t.Helper()
	rng := tensor.NewRNG(seed)
	pixels, labels := make([]uint8, n*16), make([]uint8, n)
	for i := range labels {
		class := rng.IntN(4)
		labels[i] = uint8(class)
		for p := range 16 {
			pixels[i*16+p] = uint8(rng.IntN(120))
			if x, y := p%4/2, p/8; 2*y+x == class {
				pixels[i*16+p] += 80
			}
		}
	}
	s, err := data.NewSplit(4, 4, pixels, labels)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
