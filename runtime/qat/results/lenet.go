package results

import (
	"context"

	"setun/runtime/qat"
	"setun/runtime/qat/nn"
)

// lenet is the study in which Ternary Weight Networks were measured first.
func lenet() Study {
	const epochs = 2
	arm := func(name string, peer float64, source string, network func() *nn.Sequential) Arm {
		return Arm{name, peer, source, func(ctx context.Context, sets *Sets, seed uint64) (float64, error) {
			d, err := mnist(ctx, sets)
			if err != nil {
				return 0, err
			}
			return classify(ctx, network(), d, epochs, seed, nil)
		}}
	}
	return Study{
		Name:     "mnist/lenet",
		About:    "32C5-MP2-64C5-MP2-512-10 on MNIST, 2 epochs by the same recipe.",
		Unit:     "% right",
		Baseline: "FP+RMSNorm",
		Arms: []Arm{
			arm("FP+RMSNorm", 99.41, "TWN, 1605.04711, with batch norm, trained much longer", func() *nn.Sequential { return nn.LeNet().With(nn.WithScheme(qat.FloatScheme())) }),
			arm("b1.58", 99.35, "TWN's ternary weights, float activations", func() *nn.Sequential { return nn.LeNet() }),
			arm("W1", 99.05, "binary weights in TWN's table", func() *nn.Sequential {
				return nn.LeNet().With(nn.WithScheme(qat.Scheme{Weights: qat.WeightQuantizer{Bits: qat.BinaryBits}}))
			}),
		},
	}
}
