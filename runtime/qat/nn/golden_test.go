package nn_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"runtime"
	"testing"

	"setun/runtime/asm"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

// trainingGolden is a training run of a BitLinear network in PyTorch, by the
// code of the paper; see ../testdata/make_goldens.py.
type trainingGolden struct {
	Sizes  []int
	Batch  int
	LR     float64
	Eps    float64
	First  [][]float32 // weights of each layer
	X      [][]float32 // the batch of each step
	Labels []tensor.Labels
	Losses []float32
	Last   [][]float32
}

// Twenty steps take the network where they take PyTorch's: each loss, and every
// latent weight at the end. That run was chosen so that no rounding to an
// integer hangs on the last bits; what is left is rounding in another order,
// some 1e-7 a step.
func TestTrainingAgainstPyTorch(t *testing.T) {
	text, err := os.ReadFile("../testdata/training.json")
	if err != nil {
		t.Fatal(err)
	}
	var g trainingGolden
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	m := nn.MLP(g.Sizes...)
	for i, p := range m.Params() {
		copy(p.Data(), g.First[i])
	}
	opt := optim.NewAdamW(g.LR, optim.Eps(g.Eps)).For(m)
	for step, want := range g.Losses {
		loss := tensor.CrossEntropy(m.Forward(tensor.From(g.X[step], g.Batch, g.Sizes[0])), g.Labels[step])
		if got := loss.Item(); math.Abs(float64(got-want)) > 2e-6 {
			t.Fatalf("step %d: loss %g, want %g", step, got, want)
		}
		loss.Backward()
		opt.Step()
	}
	if len(g.Losses) != 20 || g.Losses[19] >= g.Losses[0] {
		t.Errorf("the golden run is not one of 20 steps that learns: %v", g.Losses)
	}
	for i, p := range m.Params() {
		for j, got := range p.Data() {
			if want := g.Last[i][j]; math.Abs(float64(got-want)) > 5e-6 {
				t.Fatalf("%s: weight %d = %g, want %g", p.Name(), j, got, want)
			}
		}
	}
}

// hash is the SHA-256 of all weights of m.
func hash(m nn.Module) string {
	h := sha256.New()
	for _, p := range m.Params() {
		binary.Write(h, binary.LittleEndian, p.Data())
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// weightsAfter20 is the SHA-256 of the weights of the network below after 20
// steps: the same with every kernel (SETUN_CPU) and on every machine. It changes
// only when the arithmetic is changed on purpose.
const weightsAfter20 = "7b913b3f22324d9863c670b321c5a0c6b66a20164b6e4c003593db1b0bcd1693"

// The same program gives the same weights, to the last bit, each time, on each
// machine and with any number of workers.
func TestTrainingIsReproducible(t *testing.T) {
	train := func(seed uint64) string {
		m := nn.NewSequential(
			nn.NewBitLinear(50, 70), nn.ReLU{},
			nn.NewLinear(70, 33), nn.ReLU{},
			nn.NewBitLinear(33, 4),
		).Init(seed)
		opt := optim.NewAdamW(1e-2, optim.DecayAll(0.1)).For(m)
		for step := range 20 {
			opt.SetLR(1e-2 * optim.Cosine(step, 20))
			rng := tensor.NewRNG(seed).Split(fmt.Sprint(step))
			x, y := tensor.New(64, 50), make(tensor.Labels, 64)
			for i := range x.Data() {
				x.Data()[i] = rng.Normal()
			}
			for i := range y {
				y[i] = int32(rng.IntN(4))
			}
			tensor.CrossEntropy(m.Forward(x), y).Backward()
			opt.Step()
		}
		return hash(m)
	}
	for _, workers := range []int{1, 2, 3, 8, 1} {
		was := runtime.GOMAXPROCS(workers)
		got := train(1)
		runtime.GOMAXPROCS(was)
		if got != weightsAfter20 {
			t.Errorf("with %d workers and the kernels of %s the weights are %s", workers, asm.Selected(), got)
		}
	}
	if train(2) == weightsAfter20 {
		t.Error("another seed gives the same weights")
	}
}
