package train

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
)

func TestBatchForIsTheLargestThatFits(t *testing.T) {
	m, split := nn.MLP(784, 64, 10), noise(t, 2048).Train
	one, err := Measure(m, split, Config{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	const parameters = 4 * (784*64 + 64*10)
	if one.Parameters != parameters || one.Gradients != parameters || one.Optimizer != 2*parameters || one.Activations <= 784*4 {
		t.Errorf("one sample takes %+v", one)
	}
	before := slices.Clone(weights(m))
	for _, extra := range []int64{1 << 20, 4 << 20} {
		limit := one.Total() + extra
		n, err := BatchFor(m, split, Config{}, limit)
		if err != nil {
			t.Fatal(err)
		}
		fits, _ := Measure(m, split, Config{}, n)
		twice, _ := Measure(m, split, Config{}, 2*n)
		if n < 2 || fits.Total() > limit || twice.Total() <= limit {
			t.Errorf("%d samples in %d bytes: they take %d, and twice as many %d", n, limit, fits.Total(), twice.Total())
		}
	}
	if n, err := BatchFor(m, split, Config{}, math.MaxInt64); err != nil || n != 2048 {
		t.Errorf("without a limit %d samples, %v; want all", n, err)
	}
	_, err = BatchFor(m, split, Config{}, one.Total()-1)
	if _, ok := errors.AsType[*OutOfMemory](err); !ok || !strings.Contains(err.Error(), "even with one sample") {
		t.Errorf("got %v", err)
	}
	if !slices.Equal(weights(m), before) || m.Params()[0].Grad() != nil {
		t.Error("the model is not as it was")
	}
}

// A run under pressure is the same mathematics in smaller parts.
func TestMemoryMakesPartsOfABatch(t *testing.T) {
	fit := func(memory int64) (*Run, []float32) {
		m := nn.NewSequential(nn.NewLinear(784, 32), nn.ReLU{}, nn.NewLinear(32, 10))
		run, err := Fit(t.Context(), m, noise(t, 512), Config{Steps: 6, Batch: 256, Optimizer: optim.NewSGD(0.1), Memory: memory})
		if err != nil {
			t.Fatal(err)
		}
		return run, weights(m)
	}
	free, w := fit(0)
	tight, v := fit(free.Memory.Total() - free.Memory.Activations/2)
	if tight.Memory.Total() >= free.Memory.Total()-free.Memory.Activations/2 || len(tight.Notes) != 1 || !strings.Contains(tight.Notes[0], "in parts of") {
		t.Errorf("takes %d of %d bytes, notes %q", tight.Memory.Total(), free.Memory.Total(), tight.Notes)
	}
	for i := range w {
		if math.Abs(float64(w[i]-v[i])) > 1e-5 {
			t.Fatalf("weight %d is %v, want %v", i, v[i], w[i])
		}
	}
	if tight.Train.N != 512 {
		t.Errorf("%d samples an epoch", tight.Train.N)
	}
	_, err := Fit(t.Context(), nn.MLP(784, 10), noise(t, 512), Config{Memory: 1000})
	if _, ok := errors.AsType[*OutOfMemory](err); !ok {
		t.Errorf("got %v", err)
	}
}

// A language model computes its blocks again before its parts become very small;
// that changes no bit.
func TestMemoryRecomputesBlocks(t *testing.T) {
	tokens := make([]int32, 2000)
	for i := range tokens {
		tokens[i] = int32(i * i % 17)
	}
	split, err := data.NewText(tokens, 32)
	if err != nil {
		t.Fatal(err)
	}
	d := &data.Dataset{Name: "text", Train: split}
	fit := func(memory int64) *Run {
		lm := nn.NewBitNetLM(nn.Transformer{Vocab: 17, Context: 32, Width: 32, Layers: 4, Heads: 2})
		run, err := Fit(t.Context(), lm, d, Config{Steps: 1, Batch: 32, Memory: memory})
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	free := fit(0)
	tight := fit(free.Memory.Total() - free.Memory.Activations + free.Memory.Activations/9)
	if len(tight.Notes) != 2 || !strings.Contains(tight.Notes[0], "again for the backward") || !tight.Model.(*nn.BitNetLM).Recompute {
		t.Errorf("notes %q", tight.Notes)
	}
	if math.Abs(tight.History[0].Loss-free.History[0].Loss) > 1e-3 {
		t.Errorf("losses %v, want %v", losses(tight), losses(free))
	}
}

// Sharing the machine changes no number.
func TestThreadsAndShareChangeNothing(t *testing.T) {
	m, d, c := stateful(t)
	want, err := Fit(t.Context(), m, d, c)
	if err != nil {
		t.Fatal(err)
	}
	m, d, c = stateful(t)
	c.Threads, c.Share = 1, 0.5
	run, err := Fit(t.Context(), m, d, c)
	if err != nil {
		t.Fatal(err)
	}
	sameRun(t, run, want)
}

// A run that rests, here for years after its first step, can be interrupted.
func TestRestIsInterruptible(t *testing.T) {
	m, d, c := stateful(t)
	c.Share = 1e-12
	ctx, cancel := context.WithCancel(t.Context())
	c.Hooks = append(c.Hooks, &looking{do: func() {}, gradients: cancel})
	if run, err := Fit(ctx, m, d, c); err == nil || run.Steps != 1 {
		t.Errorf("%v after %d steps", err, run.Steps)
	}
}

func TestNiceIsTaken(t *testing.T) {
	m, d, c := stateful(t)
	c.Nice = true
	run, err := Fit(t.Context(), m, d, c)
	if err != nil || len(run.Notes) != 0 {
		t.Errorf("%v, notes %q", err, run.Notes)
	}
}
