package nn_test

import (
	"testing"

	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

// blobs returns n points of 16 features around 4 random centres, with the
// centre of each as its label. The centres are those of seed 1, so that two
// sets of points belong to the same task.
func blobs(seed uint64, n int) (*tensor.Tensor, tensor.Labels) {
	centres := tensor.NewRNG(1)
	var centre [4][16]float32
	for c := range centre {
		for i := range centre[c] {
			centre[c][i] = centres.Normal()
		}
	}
	rng := tensor.NewRNG(seed)
	x := tensor.New(n, 16)
	y := make(tensor.Labels, n)
	for i := range y {
		y[i] = int32(rng.IntN(4))
		for j := range 16 {
			x.Data()[i*16+j] = centre[y[i]][j] + rng.Normal()
		}
	}
	return x, y
}

func accuracy(m nn.Module, x *tensor.Tensor, y tensor.Labels) float64 {
	right := 0
	for i, c := range tensor.ArgMax(m.Forward(x)) {
		if c == y[i] {
			right++
		}
	}
	return float64(right) / float64(len(y))
}

// A small network learns to tell four noisy clouds apart, on points that it has
// not seen. Before it learns it is no better than guessing.
func TestLearns(t *testing.T) {
	networks := map[string]*nn.Sequential{
		"BitLinear": nn.MLP(16, 32, 4),
		"Linear":    nn.NewSequential(nn.NewLinear(16, 32), nn.ReLU{}, nn.NewLinear(32, 4)),
	}
	testX, testY := blobs(3, 1000)
	for name, m := range networks {
		t.Run(name, func(t *testing.T) {
			before := accuracy(m, testX, testY)
			if before > 0.6 {
				t.Errorf("accuracy before training is %.3f: the task is no test", before)
			}
			opt := optim.NewAdamW(1e-2).For(m)
			for step := range 200 {
				x, y := blobs(uint64(100+step), 32)
				loss := tensor.CrossEntropy(m.Forward(x), y)
				loss.Backward()
				opt.Step()
			}
			if after := accuracy(m, testX, testY); after < 0.95 {
				t.Errorf("accuracy after training is %.3f (before %.3f), want 0.95", after, before)
			}
		})
	}
}
