package train

import (
	"slices"
	"testing"

	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

// noise returns n images of 784 pixels with labels from 0 to 9.
func noise(t *testing.T, n int) *data.Dataset {
	t.Helper()
	rng := tensor.NewRNG(1)
	pixels, labels := make([]uint8, n*784), make([]uint8, n)
	for i := range pixels {
		pixels[i] = uint8(rng.IntN(256))
	}
	for i := range labels {
		labels[i] = uint8(rng.IntN(10))
	}
	split, err := data.NewSplit(28, 28, pixels, labels)
	if err != nil {
		t.Fatal(err)
	}
	return &data.Dataset{Name: "noise", Train: split}
}

// A steady step of Fit allocates nothing: neither with BitLinear layers nor with
// float ones.
func TestSteadyStepAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("sync.Pool forgets at random under the race detector")
	}
	float := nn.NewSequential(nn.NewLinear(784, 256), nn.ReLU{}, nn.NewLinear(256, 256), nn.ReLU{}, nn.NewLinear(256, 10))
	for name, m := range map[string]nn.Module{"BitLinear": nn.MLP(784, 256, 256, 10), "Linear": float} {
		t.Run(name, func(t *testing.T) {
			c, err := Config{Steps: 100, Batch: 128}.filled(m, noise(t, 128*60))
			if err != nil {
				t.Fatal(err)
			}
			f := newLoop(m, noise(t, 128*60), c)
			step := func() {
				if err := f.step(t.Context()); err != nil {
					t.Fatal(err)
				}
				f.observe(false)
			}
			for range 3 {
				step()
			}
			if n := testing.AllocsPerRun(20, step); n != 0 {
				t.Errorf("a step allocates %v times", n)
			}
		})
	}
}

// hoarder is a layer of somebody's own that keeps what passes.
type hoarder struct {
	nn.ReLU
	seen, kept []*tensor.Tensor
	data       [][]float32
}

func (h *hoarder) Forward(x *tensor.Tensor) *tensor.Tensor {
	y := h.ReLU.Forward(x)
	h.seen = append(h.seen, x)
	h.kept = append(h.kept, y.Keep())
	h.data = append(h.data, slices.Clone(y.Data()))
	return y
}

// What a layer keeps of a step stays as it is; what it did not keep says so.
func TestLayersMayKeepTensors(t *testing.T) {
	h := new(hoarder)
	m := nn.NewSequential(nn.NewBitLinear(16, 8), h, nn.NewBitLinear(8, 4))
	if _, err := Fit(t.Context(), m, dataset(t), Config{Steps: 5, Batch: 32, Optimizer: optim.NewAdamW(1e-2)}); err != nil {
		t.Fatal(err)
	}
	for i, y := range h.kept {
		if !slices.Equal(y.Data(), h.data[i]) {
			t.Errorf("what was kept of step %d has changed", i+1)
		}
	}
	defer func() {
		if _, ok := recover().(*tensor.OpError); !ok {
			t.Error("a tensor of a step that has ended can be used")
		}
	}()
	h.seen[0].Data()
}

// The steps of a run are computed on the device that was asked for.
func TestFitOnADevice(t *testing.T) {
	device, steps := tensor.CPU(), 0
	loss := device.CrossEntropyBackward
	device.CrossEntropyBackward = func(dx, probs []float32, labels tensor.Labels, rows, cols int, scale float32) {
		steps++
		loss(dx, probs, labels, rows, cols, scale)
	}
	if _, err := Fit(t.Context(), nn.MLP(16, 4), dataset(t), Config{Steps: 5, On: device}); err != nil {
		t.Fatal(err)
	}
	if steps != 5 {
		t.Errorf("%d of 5 steps were computed on the device", steps)
	}
}

func TestRunMemory(t *testing.T) {
	m := nn.MLP(16, 8, 4)
	run, err := Fit(t.Context(), m, dataset(t), Config{Steps: 5, Batch: 32})
	if err != nil {
		t.Fatal(err)
	}
	const parameters = 4 * (16*8 + 8*4)
	got := run.Memory
	if got.Parameters != parameters || got.Gradients != parameters || got.Optimizer != 2*parameters {
		t.Errorf("%+v, want %d bytes of parameters and gradients, and twice that of AdamW", got, parameters)
	}
	// At least the batch and the codes of both layers.
	if least := int64(32*16*4 + 32*16 + 32*8); got.Activations < least || got.Activations > 20*least {
		t.Errorf("%d bytes of activations, want some more than %d", got.Activations, least)
	}
	if got.Total() != got.Activations+4*parameters {
		t.Errorf("the total is %d", got.Total())
	}
}
