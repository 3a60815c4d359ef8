package nn_test

import (
	"fmt"
	"slices"
	"testing"

	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// gradients returns the loss of m and all gradients, computed in scope, which may
// be nil.
func gradients(m nn.Module, scope *tensor.Scope, x *tensor.Tensor, y tensor.Labels) (float32, [][]float32) {
	if scope != nil {
		defer scope.End()
		x = scope.Enter(x)
	}
	loss := tensor.CrossEntropy(m.Forward(x), y)
	loss.Backward()
	var all [][]float32
	for _, p := range m.Params() {
		all = append(all, slices.Clone(p.Grad()))
		p.ClearGrad()
	}
	return loss.Item(), all
}

// What is computed again is the same bits, whatever the scope, and takes less
// memory.
func TestCheckpointComputesTheSame(t *testing.T) {
	size := nn.Transformer{Vocab: 11, Context: 12, Width: 16, Layers: 3, Heads: 2}
	x, y := text(1, 4, 12, 11)
	want, wantGrads := gradients(nn.NewBitNetLM(size), nil, x, y)

	for _, recompute := range []bool{false, true} {
		size.Recompute = recompute
		for name, scope := range map[string]*tensor.Scope{"no scope": nil, "scope": {}, "private scope": {Private: true}} {
			t.Run(fmt.Sprintf("%s, recompute=%v", name, recompute), func(t *testing.T) {
				m := nn.NewBitNetLM(size)
				for range 2 {
					got, grads := gradients(m, scope, x, y)
					if got != want {
						t.Errorf("loss %v, want %v", got, want)
					}
					for i, p := range m.Params() {
						if !slices.Equal(grads[i], wantGrads[i]) {
							t.Errorf("another gradient of %s", p.Name())
						}
					}
				}
			})
		}
	}
}

func TestCheckpointTakesLessMemory(t *testing.T) {
	size := nn.Transformer{Vocab: 11, Context: 12, Width: 16, Layers: 6, Heads: 2}
	x, y := text(1, 4, 12, 11)
	var peak [2]int64
	for i := range peak {
		scope := &tensor.Scope{Private: true}
		size.Recompute = i == 1
		gradients(nn.NewBitNetLM(size), scope, x, y)
		peak[i] = scope.Usage().Peak
	}
	if peak[1] > peak[0]*3/4 {
		t.Errorf("%d bytes with recomputation, %d without; want less than three quarters", peak[1], peak[0])
	}
}

// A checkpointed layer stands in a network like any other.
func TestCheckpointInSequential(t *testing.T) {
	plain := nn.MLP(20, 16, 16, 3)
	x, y := tensor.Full(0.5, 6, 20), tensor.Labels{0, 1, 2, 0, 1, 2}
	for i := range x.Data() {
		x.Data()[i] += float32(i%7) / 7
	}
	want, wantGrads := gradients(plain, nil, x, y)

	m := nn.MLP(20, 16, 16, 3)
	m = nn.NewSequential(m.Layers[0], nn.Checkpoint(m.Layers[1]), nn.Checkpoint(m.Layers[2]), m.Layers[3], m.Layers[4])
	got, grads := gradients(m, nil, x, y)
	if got != want || !slices.EqualFunc(grads, wantGrads, slices.Equal[[]float32]) {
		t.Errorf("loss %v, want %v", got, want)
	}
	if a, b := nn.Describe(m), nn.Describe(plain); !slices.Equal(a, b) {
		t.Errorf("described as %v, want %v", a, b)
	}
	for i, p := range nn.NamedParams(m) {
		if p.Name != nn.NamedParams(plain)[i].Name {
			t.Errorf("parameter %d is called %s", i, p.Name)
		}
	}
	if !nn.Builtin(m) {
		t.Error("it is not made of layers of this package")
	}
}

func TestSteadyCheckpointedStepAllocatesNothing(t *testing.T) {
	x, y := text(1, 4, 12, 11)
	needNoAllocs(t, nn.NewBitNetLM(nn.Transformer{Vocab: 11, Context: 12, Width: 16, Layers: 3, Heads: 2, Recompute: true}), x, y)
}
