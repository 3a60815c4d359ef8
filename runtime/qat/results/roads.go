package results

import (
	"context"

	"setun/runtime/qat"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/qat/penalty"
	"setun/runtime/qat/progressive"
	"setun/runtime/qat/train"
)

// roads is the study of the ways to a ternary network: at once, in phases, or
// little by little, all in the same number of steps.
func roads() Study {
	const h, epochs = 64, 5
	arm := func(name string, change func(m *nn.Sequential, c *train.Config)) Arm {
		return Arm{Name: name, Train: func(ctx context.Context, sets *Sets, seed uint64) (float64, error) {
			d, err := mnist(ctx, sets)
			if err != nil {
				return 0, err
			}
			m := nn.MLP(784, h, h, 10)
			return classify(ctx, m, d, epochs, seed, func(c *train.Config) {
				if change != nil {
					change(m, c)
				}
			})
		}}
	}
	hook := func(make func(m *nn.Sequential) train.Hook) func(m *nn.Sequential, c *train.Config) {
		return func(m *nn.Sequential, c *train.Config) { c.Hooks = []train.Hook{make(m)} }
	}
	const steps = epochs * 469 // of 128 samples
	return Study{
		Name:     "roads/h64",
		About:    "784-64-64-10 on MNIST, 5 epochs, to ternary weights in several ways.",
		Unit:     "% right",
		Baseline: "ternary from the start",
		Arms: []Arm{
			arm("ternary from the start", nil),
			arm("8, 4, 2, 1.58 bits in even shares", hook(func(*nn.Sequential) train.Hook {
				return &progressive.Hook{Phases: progressive.BitWidths(8, 4, 2, qat.TernaryBits)}
			})),
			arm("8, 4, 1.58 bits when the loss is flat", hook(func(*nn.Sequential) train.Hook {
				return &progressive.Hook{Phases: progressive.BitWidths(8, 4, qat.TernaryBits), Advance: progressive.LossFlat{Tolerance: 0.01}}
			})),
			arm("layer by layer", hook(func(m *nn.Sequential) train.Hook {
				return &progressive.Hook{Phases: progressive.LayerWise(m)}
			})),
			arm("λ-warm-up over 1000 steps", hook(func(*nn.Sequential) train.Hook { return progressive.LambdaWarmup(1000) })),
			arm("soft to hard over half", hook(func(*nn.Sequential) train.Hook { return progressive.SoftToHard(1, 0.05, steps/2) })),
			arm("pulled to the levels", hook(func(*nn.Sequential) train.Hook { return penalty.Grid{Lambda: 0.1} })),
			arm("two-stage rate and decay", func(_ *nn.Sequential, c *train.Config) {
				c.Optimizer = optim.NewAdamW(1.5e-3, optim.Decay(0.1))
				c.Schedule, c.Decay = optim.TwoStage(2.0/3), optim.TwoStageDecay
			}),
		},
	}
}
