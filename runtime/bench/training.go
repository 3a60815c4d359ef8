package bench

import (
	"runtime"

	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

// trained is a network whose training step is measured, with quantisation and
// as its twin in float32.
type trained struct {
	unit string
	work float64 // of a step, in the unit
	ask  string  // what peers call it
	make func(float bool) (m nn.Module, x *tensor.Tensor, y tensor.Labels)
}

// rows: with BitLinear a step takes no longer than in our own float32, a quarter
// of PyTorch's time for the same mathematics on one thread and a fifth on more,
// at most 40 % of the float32 step's memory for results and workspace, and no
// allocation.
func (t trained) rows() []row {
	return []row{
		{"bitlinear", func(b *bench, name string) error {
			return b.contest(name, t.unit, func(threads int) (*side, []rival) {
				target := 4.0
				if threads > 1 {
					target = 5
				}
				return t.side("ours", false), []rival{
					{t.side("our float32", true), 1},
					{b.peer("pytorch", t.ask+" bitlinear", t.work, threads), target},
				}
			})
		}},
		{"float32", func(b *bench, name string) error {
			return b.contest(name, t.unit, func(threads int) (*side, []rival) {
				return t.side("ours", true), []rival{{side: b.peer("pytorch", t.ask+" float", t.work, threads)}}
			})
		}},
		{"approximate", func(b *bench, name string) error {
			return b.contest(name, t.unit, func(threads int) (*side, []rival) {
				step, scope := t.step(false)
				scope.On = tensor.ApproximateCPU()
				return loop(scope.On.Name, t.work, step), []rival{{side: t.side("our exact backward", false)}}
			})
		}},
		{"memory", t.memoryRow},
		{"allocations", func(b *bench, name string) error {
			return b.each(func(threads int) Row {
				none := 0.0
				return Row{
					Name: name, Threads: threads, Unit: "a step", Ours: t.allocations(), AtMost: true, Target: &none,
				}
			})
		}},
	}
}

// memoryRow compares what a step of the network takes with what its twin's does.
func (t trained) memoryRow(b *bench, name string) error {
	return b.each(func(threads int) Row {
		r := Row{
			Name: name, Threads: threads, Unit: "MB", Ours: t.memory(false), AtMost: true,
			Note: "results and workspace",
		}
		return r.against(rival{&side{name: "our float32", rates: []float64{t.memory(true)}}, 0.4})
	})
}

// side is the side that trains. The rate is 0: a network that learns its one batch
// by heart would soon have subnormal gradients, which are another thing to
// measure; a rate of 0 computes all the same.
func (t trained) side(name string, float bool) *side {
	step, _ := t.step(float)
	return loop(name, t.work, step)
}

// step returns a training step, as Fit takes it, and the scope that it recycles
// its memory in.
func (t trained) step(float bool) (step func(), scope *tensor.Scope) {
	m, x, y := t.make(float)
	opt := optim.NewAdamW(0).For(m)
	scope = &tensor.Scope{Private: nn.Builtin(m)}
	return func() {
		tensor.CrossEntropy(m.Forward(scope.Enter(x)), y).Backward()
		opt.Step()
		scope.End()
	}, scope
}

// memory is the most that a step has in use at once, in MB: results, what is
// remembered for the backward, gradients of results, and workspace. Weights,
// their gradients and the optimiser's moments are the same for both twins.
func (t trained) memory(float bool) float64 {
	step, scope := t.step(float)
	for range 3 {
		step()
	}
	return float64(scope.Usage().Peak) / 1e6
}

// allocations is how often a steady step allocates.
func (t trained) allocations() float64 {
	step, _ := t.step(false)
	const steps = 20
	for range steps {
		step()
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range steps {
		step()
	}
	runtime.ReadMemStats(&after)
	// Rounded down, as testing.AllocsPerRun does: the runtime allocates now and
	// then for itself.
	return float64((after.Mallocs - before.Mallocs) / steps)
}
