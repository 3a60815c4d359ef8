package results

import (
	"context"
	"math"

	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/qat/train"
)

// float is the multilayer perceptron of the given widths in float32 as a textbook
// has it: linear layers with biases, ReLU between them.
func float(widths ...int) *nn.Sequential { return perceptron(false, widths) }

// normed is float with the input of every layer normalised, as BitLinear
// normalises its own: without that the ternary network "wins" for a reason that
// has nothing to do with its weights.
func normed(widths ...int) *nn.Sequential { return perceptron(true, widths) }

func perceptron(norm bool, widths []int) *nn.Sequential {
	var layers []nn.Module
	for i := range len(widths) - 1 {
		if i > 0 {
			layers = append(layers, nn.ReLU{})
		}
		if norm {
			layers = append(layers, nn.RMSNorm{})
		}
		layers = append(layers, nn.NewLinear(widths[i], widths[i+1]))
	}
	return nn.NewSequential(layers...)
}

// mnist and fashion are the data sets of most studies.
func mnist(ctx context.Context, s *Sets) (*data.Dataset, error) {
	return s.Get(ctx, "mnist", data.MNIST)
}

func fashion(ctx context.Context, s *Sets) (*data.Dataset, error) {
	return s.Get(ctx, "fashion", data.FashionMNIST)
}

// classify trains m, drawn from seed, by the recipe that all classifiers here
// share (AdamW at 1e-3 along a cosine, batches of 128) and returns the share of
// the test images that it gets right, in percent. The decay is PyTorch's, of biases
// and learned scales too: the runs that these are compared with had that.
func classify(ctx context.Context, m *nn.Sequential, d *data.Dataset, epochs int, seed uint64, change func(*train.Config)) (float64, error) {
	c := train.Config{Epochs: epochs, Batch: 128, Optimizer: optim.NewAdamW(1e-3, optim.DecayAll(0.01)), Schedule: optim.Cosine}
	if change != nil {
		change(&c)
	}
	run, err := train.Fit(ctx, m.Init(seed), d, c)
	if err != nil {
		return 0, err
	}
	return percent(run.Test), nil
}

// percent is the accuracy in percent, to the hundredth that 10,000 images can show.
func percent(m train.Metrics) float64 { return math.Round(1e4*m.Accuracy) / 100 }
