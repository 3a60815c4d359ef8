package nn_test

import (
	"testing"

	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

// needNoAllocs fails if a step of m in a private scope allocates, once the scope
// has seen a few.
func needNoAllocs(t *testing.T, m nn.Module, x *tensor.Tensor, y tensor.Labels) {
	t.Helper()
	if raceEnabled {
		t.Skip("sync.Pool forgets at random under the race detector")
	}
	opt := optim.NewAdamW(0).For(m)
	scope := &tensor.Scope{Private: nn.Builtin(m)}
	if !scope.Private {
		t.Fatal("the network holds layers of somebody else")
	}
	step := func() {
		tensor.CrossEntropy(m.Forward(scope.Enter(x)), y).Backward()
		opt.Step()
		scope.End()
	}
	for range 3 {
		step()
	}
	if n := testing.AllocsPerRun(10, step); n != 0 {
		t.Errorf("a steady step allocates %v times", n)
	}
}

func floatMLP() *nn.Sequential {
	return nn.NewSequential(
		nn.NewLinear(784, 256), nn.ReLU{},
		nn.NewLinear(256, 256), nn.ReLU{},
		nn.NewLinear(256, 10),
	)
}

func TestSteadyStepAllocatesNothing(t *testing.T) {
	x, y := digits(128)
	t.Run("BitLinear", func(t *testing.T) { needNoAllocs(t, nn.MLP(784, 256, 256, 10), x, y) })
	t.Run("Linear", func(t *testing.T) { needNoAllocs(t, floatMLP(), x, y) })
}
