package results

import (
	"context"

	"setun/runtime/qat"
	"setun/runtime/qat/nn"
)

// variants is the study of what else a ternary layer can do than BitNet's: other
// scales, other gradients, floats for activations.
func variants() Study {
	const h, epochs = 64, 3
	arm := func(name string, peer float64, s qat.Scheme) Arm {
		a := Arm{Name: name, Peer: peer, Train: func(ctx context.Context, sets *Sets, seed uint64) (float64, error) {
			d, err := mnist(ctx, sets)
			if err != nil {
				return 0, err
			}
			return classify(ctx, nn.MLP(784, h, h, 10).With(nn.WithScheme(s)), d, epochs, seed, nil)
		}}
		if peer != 0 {
			a.Source = "PyTorch, 2 seeds"
		}
		return a
	}
	return Study{
		Name:     "variants/h64",
		About:    "Ternary 784-64-64-10 on MNIST as above, with other scales and other gradients.",
		Unit:     "% right",
		Baseline: "b1.58",
		Arms: []Arm{
			arm("b1.58", 96.33, qat.Scheme{}),
			arm("median scale", 96.45, qat.Scheme{Weights: qat.WeightQuantizer{Scale: qat.Median}}),
			arm("learned scale (LSQ)", 96.40, qat.Scheme{Weights: qat.WeightQuantizer{Scale: qat.Learned}}),
			arm("learned scale and zero (LSQ+)", 0, qat.Scheme{Estimator: qat.Learnable{}}),
			arm("tanh gradient", 96.44, qat.Scheme{Estimator: qat.Tanh{T: 0.5}}),
			arm("soft rounding", 0, qat.Scheme{Estimator: qat.Soft{T: 0.2}}),
			arm("float activations", 96.40, qat.Scheme{Activations: qat.ActivationQuantizer{Bits: qat.FloatBits}}),
			arm("int4 activations", 0, qat.Scheme{Activations: qat.ActivationQuantizer{Bits: 4}}),
			arm("clipped at γ", 94.13, qat.Scheme{Estimator: qat.Clipped{Bound: 1}}),
			arm("clipped at 2.5 γ", 0, qat.Scheme{Estimator: qat.Clipped{Bound: 2.5}}),
			arm("weakened beyond γ", 0, qat.Scheme{Estimator: qat.Magnitude{Bound: 1}}),
			arm("clipped at the 95 % quantile", 0, qat.Scheme{Estimator: qat.Adaptive{Frozen: 0.05}}),
			arm("2 bits per channel", 0, qat.Scheme{Weights: qat.WeightQuantizer{Bits: 2, Per: qat.PerChannel}}),
			arm("4 bits", 0, qat.Scheme{Weights: qat.WeightQuantizer{Bits: 4}}),
			arm("8 bits", 0, qat.Scheme{Weights: qat.WeightQuantizer{Bits: 8}}),
		},
	}
}
