package results

import (
	"context"
	"fmt"

	"setun/runtime/qat"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/train"
)

// afterwards is the study of post-training quantisation: the same network, trained
// in floats and then rounded, against one that was trained rounded.
func afterwards() Study {
	const h, epochs = 256, 5
	run := func(before, after qat.Scheme) func(ctx context.Context, sets *Sets, seed uint64) (float64, error) {
		return func(ctx context.Context, sets *Sets, seed uint64) (float64, error) {
			d, err := mnist(ctx, sets)
			if err != nil {
				return 0, err
			}
			m := nn.MLP(784, h, h, 10).With(nn.WithScheme(before))
			if _, err := classify(ctx, m, d, epochs, seed, nil); err != nil {
				return 0, err
			}
			got, err := train.Evaluate(ctx, m.With(nn.WithScheme(after)), d.Test, 0)
			return percent(got), err
		}
	}
	s := Study{
		Name:     "afterwards/h256",
		About:    "784-256-256-10 on MNIST with normalised inputs, trained for 5 epochs in floats and then rounded (post-training), or trained rounded (QAT).",
		Unit:     "% right",
		Baseline: "floats",
		Arms:     []Arm{{Name: "floats", Train: run(qat.FloatScheme(), qat.FloatScheme())}},
	}
	for _, bits := range []int{8, 4, 3, 2, qat.TernaryBits} {
		scheme := qat.Scheme{Weights: qat.WeightQuantizer{Bits: bits}}
		name := fmt.Sprintf("%d bits", bits)
		if bits == qat.TernaryBits {
			name = "ternary"
		}
		s.Arms = append(s.Arms,
			Arm{Name: name + ", post-training", Train: run(qat.FloatScheme(), scheme)},
			Arm{Name: name + ", QAT", Train: run(scheme, scheme)})
	}
	return s
}
