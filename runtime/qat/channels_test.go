package qat

import (
	"slices"
	"testing"

	"setun/runtime/tensor"
)

// With a share of the channels, the first outputs are those of the scheme and the
// others those of float weights behind the same activations; so are the gradients
// of the weights.
func TestShareOfChannels(t *testing.T) {
	const m, k, n = 3, 20, 8
	rng := tensor.NewRNG(4)
	x := make([]float32, m*k)
	for i := range x {
		x[i] = rng.Normal()
	}
	weights := make([]float32, n*k)
	for i := range weights {
		weights[i] = rng.Normal()
	}
	run := func(s Scheme) (y, dw []float32) {
		w := tensor.Param("w", n, k)
		copy(w.Data(), weights)
		var q Quantization
		q.SetScheme(s, w)
		out := q.Linear(tensor.From(slices.Clone(x), m, k), w)
		y = slices.Clone(out.Data())
		tensor.Sum(tensor.Mul(out, out)).Backward()
		return y, slices.Clone(w.Grad())
	}
	for _, e := range []Estimator{nil, Clipped{1}} {
		whole, floats := Scheme{Estimator: e}, Scheme{Weights: WeightQuantizer{Bits: FloatBits}, Activations: ActivationQuantizer{Bits: 8}}
		part := whole
		part.Channels = 0.25
		y, dw := run(part)
		yWhole, dwWhole := run(whole)
		yFloats, dwFloats := run(floats)
		for i := range m {
			for j := range n {
				want := yFloats[i*n+j]
				if got := y[i*n+j]; j >= 2 && got != want {
					t.Errorf("%v: output %d of row %d is %g, with float weights %g", e, j, i, got, want)
				} else if want := yWhole[i*n+j]; j < 2 && !near(got, want) {
					t.Errorf("%v: output %d of row %d is %g, of the scheme %g", e, j, i, got, want)
				}
			}
		}
		for i := range dw {
			want := dwFloats[i]
			if i/k < 2 {
				want = dwWhole[i]
			}
			if !near(dw[i], want) {
				t.Errorf("%v: gradient of weight %d is %g, want %g", e, i, dw[i], want)
			}
		}
	}
	all, _ := run(Scheme{Channels: 1})
	if want, _ := run(Scheme{}); !slices.Equal(all, want) {
		t.Error("all channels are not the whole scheme")
	}
	if (Scheme{Channels: 0.5, Weights: WeightQuantizer{Scale: Learned}}).Validate() == nil || (Scheme{Channels: 2}).Validate() == nil {
		t.Error("a learned scale for half of the channels, or twice all of them, is no error")
	}
}

// near is equality up to the order of float32 sums.
func near(a, b float32) bool {
	d := a - b
	return d*d <= 1e-8*(1+a*a)
}
