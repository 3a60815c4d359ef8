package optim_test

import (
	"slices"
	"testing"

	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

type one struct{ p *tensor.Tensor }

func (o one) Params() []*tensor.Tensor { return []*tensor.Tensor{o.p} }

// The rules that a device has kernels for reach it, with the numbers of the recipe,
// and compute what they compute without one; those that it has none for do not.
func TestUpdatesReachTheDevice(t *testing.T) {
	for _, c := range []struct {
		spec       optim.Spec
		adamW, sgd int // of 3 updates
	}{
		{optim.NewAdamW(1e-2), 3, 0},
		{optim.NewAdam(1e-2), 3, 0},
		{optim.NewAdam(1e-2, optim.Decay(0.1)), 0, 0},
		{optim.NewSGD(1e-2, optim.Momentum(0.9), optim.Decay(0.1)), 0, 3},
		{optim.SGD{LR: 1e-2, Momentum: 0.9, Nesterov: true}, 0, 0},
	} {
		t.Run(c.spec.String(), func(t *testing.T) {
			device := tensor.CPU()
			adamW, sgd := 0, 0
			device.AdamW = func(w, g, m, v []float32, s tensor.AdamWStep) {
				adamW++
				if s.Step != adamW || s.Rate != 1e-2 {
					t.Errorf("update %d has the numbers %+v", adamW, s)
				}
				tensor.CPU().AdamW(w, g, m, v, s)
			}
			device.SGD = func(w, g, b []float32, rate, momentum, decay float32) {
				sgd++
				tensor.CPU().SGD(w, g, b, rate, momentum, decay)
			}
			learn := func(d *tensor.Device) []float32 {
				p := tensor.ParamInit("w", func(rng *tensor.RNG, w []float32) {
					for i := range w {
						w[i] = rng.Normal()
					}
				}, 20001) // more than one worker's piece, and no multiple of a vector
				opt := c.spec.For(one{p})
				opt.On = d
				for range 3 {
					tensor.Mean(tensor.Mul(p, p)).Backward()
					opt.Step()
				}
				return p.Data()
			}
			if on, without := learn(device), learn(nil); !slices.Equal(on, without) {
				t.Error("other bits on the device")
			}
			if adamW != c.adamW || sgd != c.sgd {
				t.Errorf("the device made %d updates of AdamW and %d of SGD, want %d and %d", adamW, sgd, c.adamW, c.sgd)
			}
		})
	}
}
