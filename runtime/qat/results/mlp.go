package results

import (
	"context"
	"fmt"

	"setun/runtime/qat"
	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
)

// perceptrons is the study of 784-h-h-10: in float, in float with the norm that
// BitLinear has, in ternary and in binary weights. peers are the outcomes of the
// official mathematics in PyTorch, 0 where there is none.
func perceptrons(name, title string, open func(context.Context, *Sets) (*data.Dataset, error), h, epochs int, peers [4]float64) Study {
	arm := func(name string, peer float64, network func() *nn.Sequential) Arm {
		a := Arm{Name: name, Peer: peer, Train: func(ctx context.Context, sets *Sets, seed uint64) (float64, error) {
			d, err := open(ctx, sets)
			if err != nil {
				return 0, err
			}
			return classify(ctx, network(), d, epochs, seed, nil)
		}}
		if peer != 0 {
			a.Source = "PyTorch, 2 seeds"
		}
		return a
	}
	widths := []int{784, h, h, 10}
	return Study{
		Name:     fmt.Sprintf("%s/h%d", name, h),
		About:    fmt.Sprintf("784-%d-%d-10 on %s, %d epochs, batches of 128, AdamW 1e-3 along a cosine.", h, h, title, epochs),
		Unit:     "% right",
		Baseline: "FP+RMSNorm",
		Arms: []Arm{
			arm("FP", peers[0], func() *nn.Sequential { return float(widths...) }),
			arm("FP+RMSNorm", peers[1], func() *nn.Sequential { return normed(widths...) }),
			arm("b1.58", peers[2], func() *nn.Sequential { return nn.MLP(widths...) }),
			arm("W1", peers[3], func() *nn.Sequential {
				return nn.MLP(widths...).With(nn.WithScheme(qat.Scheme{Weights: qat.WeightQuantizer{Bits: qat.BinaryBits}}))
			}),
		},
	}
}
