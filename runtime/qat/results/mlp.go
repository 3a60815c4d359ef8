package results

import (
	"context"
	"fmt"

	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
)

// Studies returns all studies in the order of RESULTS.md.
func Studies() []Study {
	return []Study{
		perceptrons("mnist", "MNIST", mnist, 256, 5, [...]float64{97.71, 98.34, 98.09, 97.87}),
		perceptrons("mnist", "MNIST", mnist, 64, 3, [...]float64{94.27, 97.29, 96.33, 96.03}),
	}
}

// perceptrons is the study of 784-h-h-10: in float, in float with the norm that
// BitLinear has, in ternary and in binary weights. peers are the outcomes of the
// official mathematics in PyTorch.
func perceptrons(name, title string, open func(context.Context, *Sets) (*data.Dataset, error), h, epochs int, peers [4]float64) Study {
	arm := func(name string, peer float64, network func() *nn.Sequential) Arm {
		return Arm{name, peer, "PyTorch, 2 seeds", func(ctx context.Context, sets *Sets, seed uint64) (float64, error) {
			d, err := open(ctx, sets)
			if err != nil {
				return 0, err
			}
			return classify(ctx, network(), d, epochs, seed, nil)
		}}
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
		},
	}
}
