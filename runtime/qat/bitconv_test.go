package qat_test

import (
	"slices"
	"testing"

	"setun/runtime/qat"
	"setun/runtime/tensor"
)

// The convolution of codes is the sum of their products, in integers, times γ/s:
// to the bit, whatever the size, the stride and the padding.
func TestBitConv2DIsExact(t *testing.T) {
	rng := tensor.NewRNG(1)
	for range 30 {
		k := tensor.Window{Height: 1 + rng.IntN(3), Width: 1 + rng.IntN(3), Stride: 1 + rng.IntN(2), Pad: rng.IntN(2)}
		batch, height, width, channels, filters := 1+rng.IntN(4), 3+rng.IntN(6), 3+rng.IntN(6), 1+rng.IntN(5), 1+rng.IntN(20)
		x := tensor.New(batch, height, width, channels)
		for i := range x.Data() {
			x.Data()[i] = rng.Normal()
		}
		w := tensor.Param("w", filters, k.Height*k.Width*channels)
		for i := range w.Data() {
			w.Data()[i] = rng.Normal()
		}
		y := qat.NormBitConv2D(x, tensor.NormEps, w, k)

		size := height * width * channels
		z := tensor.RMSNorm(tensor.Reshape(x, batch, size), tensor.NormEps)
		codes, weights := qat.QuantizeActivations(z), qat.QuantizeWeights(w)
		t8 := make([]int8, w.Len())
		weights.Codes.Unpack(t8)
		var want []float32
		outHeight, outWidth := y.Dim(1), y.Dim(2)
		for b := range batch {
			for i := range outHeight {
				for j := range outWidth {
					for f := range filters {
						sum := int32(0)
						for u := range k.Height {
							for v := range k.Width {
								for c := range channels {
									row, column := i*k.Stride+u-k.Pad, j*k.Stride+v-k.Pad
									if row < 0 || row >= height || column < 0 || column >= width {
										continue
									}
									q := codes.Codes[b*size+(row*width+column)*channels+c]
									sum += int32(q) * int32(t8[f*w.Dim(1)+(u*k.Width+v)*channels+c])
								}
							}
						}
						want = append(want, float32(sum)*float32(weights.Scale/codes.Scales[b]))
					}
				}
			}
		}
		if !slices.Equal(y.Data(), want) {
			t.Fatalf("%v ∗ %v, %+v: not the sums of products of integers", x.Shape(), w.Shape(), k)
		}
	}
}
