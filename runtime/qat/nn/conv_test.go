package nn_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"setun/runtime/qat"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

// convNet is a network with each layer for images, small.
func convNet() *nn.Sequential {
	return nn.NewSequential(
		nn.Image{Height: 28, Width: 28, Channels: 1},
		nn.NewBitConv2D(1, 4, tensor.Window{Height: 5, Width: 5, Stride: 1, Pad: 2}), nn.ReLU{}, nn.MaxPool2D{Size: 2},
		nn.ImageNorm{}, nn.NewConv2D(4, 6, tensor.Window{Height: 3, Width: 3, Stride: 2}), nn.ReLU{}, nn.AvgPool2D{Size: 2},
		nn.Flatten{}, nn.NewLayerNorm(54), nn.NewLinear(54, 20), nn.NewGainedRMSNorm(20), nn.NewBitLinear(20, 10),
	)
}

// The same bits with any number of workers, in any scope, with what is dropped
// computed again, and with everything computed again.
func TestConvolutionsComputeTheSame(t *testing.T) {
	x, y := digits(70)
	plain, again := nn.NewSequential(convNet()), nn.NewSequential(nn.Checkpoint(convNet()))
	want, wantGrads := gradients(plain, nil, x, y)
	for name, m := range map[string]nn.Module{"plain": plain, "checkpointed": again} {
		for scopeName, scope := range map[string]*tensor.Scope{"no scope": nil, "scope": {}, "private scope": {Private: true}} {
			for _, workers := range []int{1, 3} {
				t.Run(fmt.Sprintf("%s, %s, %d workers", name, scopeName, workers), func(t *testing.T) {
					defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers))
					for range 2 {
						got, grads := gradients(m, scope, x, y)
						if got != want || !slices.EqualFunc(grads, wantGrads, slices.Equal[[]float32]) {
							t.Errorf("loss %v, want %v, or other gradients", got, want)
						}
					}
				})
			}
		}
	}
}

func TestSteadyConvolutionAllocatesNothing(t *testing.T) {
	x, y := digits(8)
	needNoAllocs(t, convNet(), x, y)
	needNoAllocs(t, nn.LeNet(), x, y)
	needNoAllocs(t, floatLeNet(), x, y)
}

func floatLeNet() *nn.Sequential {
	return nn.LeNet().With(nn.WithScheme(qat.FloatScheme()))
}

func TestDescribeLeNet(t *testing.T) {
	const want = `0 Image 784→28×28×1
1 BitConv2D 1→32, 800 × 1.58 bits
2 MaxPool2D 32→32
3 ReLU 32→32
4 BitConv2D 32→64, 51200 × 1.58 bits
5 MaxPool2D 64→64
6 ReLU 64→64
7 Flatten →
8 BitLinear 1024→512, 524288 × 1.58 bits
9 ReLU 512→512
10 BitLinear 512→10, 5120 × 1.58 bits
`
	var got strings.Builder
	for _, row := range nn.Describe(nn.LeNet()) {
		fmt.Fprintf(&got, "%s %s %s→%s", row.Name, row.Kind, row.In, row.Out)
		if row.Params > 0 {
			fmt.Fprintf(&got, ", %d × %.2f bits", row.Params, row.BitsPerWeight)
		}
		got.WriteString("\n")
	}
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
}

// A BitConv2D trains by any scheme, to the same bits in any scope.
func TestConvolutionSchemes(t *testing.T) {
	x, y := digits(30)
	kernel := tensor.Window{Height: 5, Width: 5, Stride: 2, Pad: 1}
	for name, scheme := range map[string]qat.Scheme{
		"float":     qat.FloatScheme(),
		"4 bits":    {Weights: qat.WeightQuantizer{Bits: 4, Per: qat.PerChannel}},
		"LSQ":       {Weights: qat.WeightQuantizer{Scale: qat.Learned}},
		"clipped":   {Estimator: qat.Clipped{Bound: 1}},
		"λ-warm-up": {Blend: 0.5},
	} {
		t.Run(name, func(t *testing.T) {
			m := nn.NewSequential(nn.Image{Height: 28, Width: 28, Channels: 1}, nn.NewBitConv2D(1, 10, kernel), nn.Flatten{}, nn.NewLinear(1690, 10))
			m.With(nn.WithScheme(scheme))
			loss, grads := gradients(m, &tensor.Scope{Private: true}, x, y)
			again, againGrads := gradients(m, nil, x, y)
			if again != loss || !slices.EqualFunc(grads, againGrads, slices.Equal[[]float32]) {
				t.Errorf("loss %v, in a private scope %v, or other gradients", again, loss)
			}
			needNoAllocs(t, m, x, y)
		})
	}
}

func TestImageMistakes(t *testing.T) {
	kernel := tensor.Window{Height: 5, Width: 5, Stride: 1}
	cases := map[string]struct {
		do   func()
		want string
	}{
		"channels": {
			func() { nn.NewConv2D(3, 8, kernel).Forward(tensor.New(2, 9, 9, 1)) },
			"Conv2D(3, 8, 5): got [2×9×9×1], want [?×5×5×3]: it takes a batch of images of 3 channels, channels last and at least as large as its kernel",
		},
		"too small": {
			func() { nn.NewBitConv2D(1, 8, kernel).Forward(tensor.New(2, 4, 9, 1)) },
			"BitConv2D(1, 8, 5): got [2×4×9×1], want [?×5×5×1]: it takes a batch of images of 1 channels, channels last and at least as large as its kernel",
		},
		"no images": {
			func() { nn.MaxPool2D{Size: 2}.Forward(tensor.New(2, 784)) },
			"MaxPool2D(2): got [2×784], want [?×2×2×?]: it takes a batch of images, channels last and at least as large as a square",
		},
		"other pixels": {
			func() { nn.Image{Height: 28, Width: 28, Channels: 1}.Forward(tensor.New(2, 700)) },
			"Image(28, 28, 1): got [2×700], want [?×784]: it makes images of 28×28 pixels and 1 channels",
		},
		"in a network": {
			func() { nn.NewSequential(nn.NewConv2D(1, 8, kernel), nn.ReLU{}, nn.NewConv2D(9, 8, kernel)) },
			"layer 2 (Conv2D(9, 8, 5)): got [?×8], want [?×9]: it takes 9 features, and layer 0 (Conv2D(1, 8, 5)) gives 8",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if err, ok := recover().(*tensor.ShapeError); !ok || err.Error() != c.want {
					t.Errorf("got  %v\nwant %s", err, c.want)
				}
			}()
			c.do()
		})
	}
}

// BenchmarkLeNetStep is a training step of LeNet: forward, backward, AdamW.
func BenchmarkLeNetStep(b *testing.B) {
	const batch = 128
	for _, float := range []bool{false, true} {
		b.Run(fmt.Sprintf("float=%v", float), func(b *testing.B) {
			m := nn.LeNet()
			if float {
				m = floatLeNet()
			}
			x, y := digits(batch)
			opt := optim.NewAdamW(0).For(m)
			scope := &tensor.Scope{Private: true}
			b.ReportAllocs()
			for b.Loop() {
				tensor.CrossEntropy(m.Forward(scope.Enter(x)), y).Backward()
				opt.Step()
				scope.End()
			}
			b.ReportMetric(float64(scope.Usage().Peak), "peak-B")
			b.ReportMetric(float64(batch*b.N)/b.Elapsed().Seconds(), "samples/s")
		})
	}
}
