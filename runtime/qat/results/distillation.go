package results

import (
	"context"

	"setun/runtime/qat/distill"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/train"
)

// distillation is the study of a small ternary network with a teacher: does it
// learn more than from the labels alone? The teacher is the float network four
// times as wide, trained from the same seed.
func distillation() Study {
	const h, epochs = 64, 5
	arm := func(name string, hook func(teacher nn.Module) *distill.Hook) Arm {
		return Arm{Name: name, Train: func(ctx context.Context, sets *Sets, seed uint64) (float64, error) {
			d, err := mnist(ctx, sets)
			if err != nil {
				return 0, err
			}
			student := nn.MLP(784, h, h, 10)
			if hook == nil {
				return classify(ctx, student, d, epochs, seed, nil)
			}
			teacher := normed(784, 256, 256, 10)
			if _, err := classify(ctx, teacher, d, 5, seed, nil); err != nil {
				return 0, err
			}
			return classify(ctx, student, d, epochs, seed, func(c *train.Config) {
				c.Hooks = []train.Hook{hook(teacher)}
			})
		}}
	}
	return Study{
		Name:     "distillation/h64",
		About:    "Ternary 784-64-64-10 on MNIST, 5 epochs, after a float 784-256-256-10 that gets 98.3 % right.",
		Unit:     "% right",
		Baseline: "labels alone",
		Arms: []Arm{
			arm("labels alone", nil),
			arm("teacher at T = 4, α = 0.7", func(t nn.Module) *distill.Hook {
				return &distill.Hook{Teacher: t, Alpha: 0.7, Temperature: 4}
			}),
			arm("teacher at T from 4 to 1, α = 0.7", func(t nn.Module) *distill.Hook {
				return &distill.Hook{Teacher: t, Alpha: 0.7, Temperature: 4, Final: 1}
			}),
			arm("teacher at T = 2, α = 0.9", func(t nn.Module) *distill.Hook {
				return &distill.Hook{Teacher: t, Alpha: 0.9, Temperature: 2}
			}),
		},
	}
}
