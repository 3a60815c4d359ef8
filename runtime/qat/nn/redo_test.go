package nn_test

import (
	"fmt"
	"runtime"
	"slices"
	"testing"

	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// What a private scope drops and has computed again for the backward is the same
// bits as what was kept, with any number of workers. (Products are computed
// again from 256 rows on.)
func TestPrivateScopeComputesTheSame(t *testing.T) {
	text, next := text(1, 32, 12, 11)
	pixels, classes := digits(300)
	lm := nn.Transformer{Vocab: 11, Context: 12, Width: 16, Layers: 3, Heads: 4, Groups: 2}
	twin := lm
	twin.Float = true
	cases := map[string]struct {
		m nn.Module
		x *tensor.Tensor
		y tensor.Labels
	}{
		"transformer": {nn.NewBitNetLM(lm), text, next},
		"float twin":  {nn.NewBitNetLM(twin), text, next},
		"MLP":         {nn.MLP(784, 40, 24, 10), pixels, classes},
		"activations": {nn.NewSequential(
			nn.NewBitLinear(784, 24), nn.SiLU{}, nn.NewBitLinear(24, 20), nn.GELU{}, nn.NewBitLinear(20, 16), nn.ReLUSquared{}, nn.NewBitLinear(16, 10),
		), pixels, classes},
		"float MLP": {nn.NewSequential(nn.NewLinear(784, 24), nn.ReLU{}, nn.NewLinear(24, 10)), pixels, classes},
	}
	for name, c := range cases {
		want, wantGrads := gradients(c.m, nil, c.x, c.y)
		for _, workers := range []int{1, 3} {
			t.Run(fmt.Sprintf("%s, %d workers", name, workers), func(t *testing.T) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers))
				scope := &tensor.Scope{Private: true}
				for range 2 {
					got, grads := gradients(c.m, scope, c.x, c.y)
					if got != want || !slices.EqualFunc(grads, wantGrads, slices.Equal[[]float32]) {
						t.Errorf("loss %v, want %v, or other gradients", got, want)
					}
				}
			})
		}
	}
}

// The point of int8 activations: a training step of a transformer takes at most
// 40 % of the memory of the same step in float32.
func TestTransformerTakesLittleMemory(t *testing.T) {
	x, y := text(1, 8, 64, 64)
	var peak [2]int64
	for i := range peak {
		m := nn.NewBitNetLM(nn.Transformer{Vocab: 64, Context: 64, Width: 64, Layers: 4, Heads: 4, Float: i == 1})
		scope := &tensor.Scope{Private: true}
		gradients(m, scope, x, y)
		peak[i] = scope.Usage().Peak
	}
	if ratio := float64(peak[0]) / float64(peak[1]); ratio > 0.4 {
		t.Errorf("%d bytes of activations and workspace, %.2f of the %d bytes in float32; want at most 0.40", peak[0], ratio, peak[1])
	}
}
