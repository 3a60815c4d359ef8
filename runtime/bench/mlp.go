package bench

import (
	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

const mlpBatch = 64

// mlpRows: a step of AdamW on one batch, in samples a second. With BitLinear it
// takes no longer than our own float32, and a quarter of PyTorch's time for the
// same mathematics on one thread, a fifth on two.
func mlpRows() []row {
	return []row{
		{"bitlinear", func(b *bench, name string) error {
			return b.contest(name, "samples/s", func(threads int) (*side, []rival) {
				target := 4.0
				if threads > 1 {
					target = 5
				}
				return mlpStep("ours", bitLinears()), []rival{
					{mlpStep("our float32", linears()), 1},
					{b.peer("pytorch", "mlp bitlinear", mlpBatch, threads), target},
				}
			})
		}},
		{"float32", func(b *bench, name string) error {
			return b.contest(name, "samples/s", func(threads int) (*side, []rival) {
				return mlpStep("ours", linears()), []rival{{side: b.peer("pytorch", "mlp float", mlpBatch, threads)}}
			})
		}},
	}
}

func bitLinears() *nn.Sequential { return nn.MLP(784, 512, 512, 10) }

func linears() *nn.Sequential {
	return nn.NewSequential(
		nn.NewLinear(784, 512), nn.ReLU{},
		nn.NewLinear(512, 512), nn.ReLU{},
		nn.NewLinear(512, 10),
	)
}

// mlpStep is the side that trains m as Fit does, in a scope that recycles memory.
// The rate is 0: a network that learns its one batch by heart would soon have
// subnormal gradients, which are another thing to measure; a rate of 0 computes
// all the same.
func mlpStep(name string, m *nn.Sequential) *side {
	x := tensor.From(noise(1, mlpBatch*784), mlpBatch, 784)
	y := make(tensor.Labels, mlpBatch)
	for i := range y {
		y[i] = int32(i % 10)
	}
	step, _ := training(m, x, y)
	return loop(name, mlpBatch, step)
}

// training returns a step of m on one batch, and the scope it runs in.
func training(m nn.Module, x *tensor.Tensor, y tensor.Labels) (step func(), scope *tensor.Scope) {
	opt := optim.NewAdamW(0).For(m)
	scope = &tensor.Scope{Private: nn.Builtin(m)}
	return func() {
		tensor.CrossEntropy(m.Forward(scope.Enter(x)), y).Backward()
		opt.Step()
		scope.End()
	}, scope
}
