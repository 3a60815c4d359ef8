package nn_test

import (
	"math"
	"runtime"
	"runtime/debug"
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
	for range 20 {
		step()
	}
	// The collector empties pools: when it runs is not the step's doing.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	// AllocsPerRun would leave one processor: this counts what helpers do too.
	for _, processors := range []int{1, 2} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		for range 20 {
			step()
		}
		// What a processor keeps for itself it makes when work first comes to it,
		// and on a busy machine that may be in any round; a step that allocates
		// does so in all of them.
		const steps, rounds = 100, 5
		least := uint64(math.MaxUint64)
		for round := 0; round < rounds && least > steps/10; round++ {
			least = min(least, mallocs(func() {
				for range steps {
					step()
				}
			}))
		}
		// A helper that fell asleep and what the runtime does for itself are no
		// allocation of the step's.
		if least > steps/10 {
			t.Errorf("%d steady steps on %d processors allocate %d times", steps, processors, least)
		}
	}
}

// mallocs is how often f allocates, on all processors.
func mallocs(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs
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
