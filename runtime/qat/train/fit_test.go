package train

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"setun/runtime/qat/data"
	"setun/runtime/qat/data/datatest"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

func dataset(t testing.TB) *data.Dataset {
	return &data.Dataset{Name: "quadrants", Train: datatest.Quadrants(t, 250, 1), Test: datatest.Quadrants(t, 100, 2)}
}

func weights(m nn.Module) []float32 {
	var all []float32
	for _, p := range m.Params() {
		all = append(all, p.Data()...)
	}
	return all
}

func losses(r *Run) []float64 {
	var all []float64
	for _, p := range r.History {
		all = append(all, p.Loss)
	}
	return all
}

func TestFitLearns(t *testing.T) {
	m := nn.MLP(16, 16, 4)
	run, err := Fit(t.Context(), m, dataset(t), Config{Epochs: 20, Batch: 32, Optimizer: optim.NewAdamW(1e-2), Schedule: optim.Cosine})
	if err != nil {
		t.Fatal(err)
	}
	if run.Test.Accuracy < 0.95 || run.Test.N != 100 {
		t.Errorf("test: %v, want at least 95 %% of 100", run.Test)
	}
	if run.Train.Accuracy < 0.95 || run.Train.N != 250 {
		t.Errorf("training: %v, want at least 95 %% of 250", run.Train)
	}
	again, err := Evaluate(t.Context(), m, dataset(t).Test, 0)
	if err != nil || again != run.Test {
		t.Errorf("evaluated again: %v, %v; the run says %v", again, err, run.Test)
	}
}

func TestRunIsTheRecordOfWhatHappened(t *testing.T) {
	// 250 samples in batches of 32: 7 full ones and one of 26.
	m := nn.MLP(16, 4)
	var steps, measured, seen int
	config := Config{Epochs: 3, Batch: 32, Optimizer: optim.NewAdamW(1e-2), Schedule: optim.Linear, Observe: func(p Progress) {
		if p.Measured {
			measured++
			return
		}
		steps++
		if p.Step != steps || p.Steps != 24 || p.Epochs != 3 || p.Epoch != (steps+7)/8 || len(p.Run.History) != steps {
			t.Errorf("progress %+v at step %d", p, steps)
		}
		if seen++; p.ETA < 0 || p.SamplesPerSecond <= 0 {
			t.Errorf("step %d: ETA %v at %v samples/s", steps, p.ETA, p.SamplesPerSecond)
		}
	}}
	run, err := Fit(t.Context(), m, dataset(t), config)
	if err != nil {
		t.Fatal(err)
	}
	if steps != 24 || measured != 3 || seen != 24 {
		t.Errorf("observed %d steps and %d measurements, want 24 and 3", steps, measured)
	}
	if run.Steps != 24 || run.Planned != 24 || run.StepsPerEpoch != 8 || len(run.History) != 24 || run.Interrupted {
		t.Errorf("run of %d/%d steps, %d an epoch, %d in the history", run.Steps, run.Planned, run.StepsPerEpoch, len(run.History))
	}
	if run.Parameters != 64 || run.Dataset != "quadrants" || run.Model != nn.Module(m) {
		t.Errorf("run of %d parameters on %q", run.Parameters, run.Dataset)
	}
	for i, p := range run.History {
		if want := 1e-2 * (1 - float64(i)/24); p.Step != i+1 || math.Abs(p.LR-want) > 1e-12 {
			t.Errorf("history[%d] = %+v, want step %d at a rate of %g", i, p, i+1, want)
		}
	}
	for i, e := range run.Epochs {
		if e.Epoch != i+1 || e.Step != 8*(i+1) || e.Train.N != 250 || e.Test.N != 100 {
			t.Errorf("epoch %d: %+v", i+1, e)
		}
	}
	if last := run.Epochs[2]; last.Test != run.Test || last.Train != run.Train {
		t.Errorf("the last epoch %+v is not the run's result %v %v", last, run.Train, run.Test)
	}
}

func TestStepsInPlaceOfEpochs(t *testing.T) {
	run, err := Fit(t.Context(), nn.MLP(16, 4), dataset(t), Config{Steps: 10, Batch: 32})
	if err != nil {
		t.Fatal(err)
	}
	if run.Steps != 10 || len(run.Epochs) != 2 || run.Epochs[0].Step != 8 || run.Epochs[1].Step != 10 || run.Train.N != 64 {
		t.Errorf("%d steps, epochs %+v", run.Steps, run.Epochs)
	}
}

func TestWithoutTestSplit(t *testing.T) {
	d := dataset(t)
	d.Test = nil
	run, err := Fit(t.Context(), nn.MLP(16, 4), d, Config{Epochs: 2})
	if err != nil || run.Test.N != 0 || len(run.Epochs) != 2 || run.Epochs[1].Train.N != 250 {
		t.Errorf("got %v, test %v, epochs %+v", err, run.Test, run.Epochs)
	}
}

func TestSeedsNameTheRun(t *testing.T) {
	d := dataset(t)
	fit := func(init, seed uint64) ([]float64, []float32) {
		m := nn.MLP(16, 8, 4).Init(init)
		run, err := Fit(t.Context(), m, d, Config{Epochs: 2, Batch: 32, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		return losses(run), weights(m)
	}
	l, w := fit(5, 7)
	d.Train.Next(13) // somebody else's loop
	l2, w2 := fit(5, 7)
	if !slices.Equal(l, l2) || !slices.Equal(w, w2) {
		t.Error("the same seeds give another run")
	}
	if l3, _ := fit(5, 8); l3[0] == l[0] {
		t.Error("another order starts with the same batch")
	}
	if l4, _ := fit(6, 7); l4[0] == l[0] {
		t.Error("other weights start with the same loss")
	}
	l5, _ := fit(5, 0)
	if l6, _ := fit(5, 5); !slices.Equal(l5, l6) {
		t.Error("without a seed the order is not that of the model's seed")
	}
}

func TestFitLeavesNextAlone(t *testing.T) {
	d, untouched := dataset(t), dataset(t)
	d.Train.Next(5)
	untouched.Train.Next(5)
	if _, err := Fit(t.Context(), nn.MLP(16, 4), d, Config{Epochs: 1}); err != nil {
		t.Fatal(err)
	}
	_, y := d.Train.Next(20)
	if _, want := untouched.Train.Next(20); !slices.Equal(y, want) {
		t.Error("Fit moved Train.Next")
	}
}

func TestInterrupt(t *testing.T) {
	for _, at := range []int{0, 1, 7, 8, 13} { // 8 is the end of an epoch
		ctx, cancel := context.WithCancelCause(t.Context())
		reason := errors.New("the person pressed stop")
		if at == 0 {
			cancel(reason)
		}
		m := nn.MLP(16, 4)
		run, err := Fit(ctx, m, dataset(t), Config{Epochs: 3, Batch: 32, Observe: func(p Progress) {
			if p.Step == at {
				cancel(reason)
			}
		}})
		stop, ok := errors.AsType[*Interrupted](err)
		if !ok || !errors.Is(err, reason) || stop.Step != at || stop.Steps != 24 {
			t.Fatalf("stopped at %d: error %v", at, err)
		}
		if run == nil || !run.Interrupted || run.Steps != at || len(run.History) != at || len(run.Epochs) != (at-1)/8 {
			t.Errorf("stopped at %d: run %+v", at, run)
		}
		if _, err := Evaluate(t.Context(), m, dataset(t).Test, 0); err != nil {
			t.Errorf("stopped at %d: the model no longer works: %v", at, err)
		}
	}
}

func TestDivergenceKeepsTheHistory(t *testing.T) {
	m := nn.NewSequential(nn.NewLinear(16, 16), nn.ReLU{}, nn.NewLinear(16, 4))
	run, err := Fit(t.Context(), m, dataset(t), Config{Epochs: 3, Batch: 32, Optimizer: optim.NewSGD(1e25)})
	bad, ok := errors.AsType[*Diverged](err)
	if !ok {
		t.Fatalf("got %v, want *Diverged", err)
	}
	if bad.Run != run || len(run.History) != bad.Step || run.Steps != bad.Step-1 {
		t.Errorf("diverged at step %d with %d in the history", bad.Step, len(run.History))
	}
	if last := run.History[bad.Step-1].Loss; !math.IsNaN(last) && !math.IsInf(last, 0) {
		t.Errorf("the last loss is %v", last)
	}
	if !strings.Contains(err.Error(), "1e+25") {
		t.Errorf("the error does not name the rate: %v", err)
	}
}

func TestBadConfig(t *testing.T) {
	m, d := nn.MLP(16, 4), dataset(t)
	tests := []struct {
		name string
		m    nn.Module
		d    *data.Dataset
		c    Config
		want string
	}{
		{"no model", nil, d, Config{}, "no model"},
		{"no data", m, nil, Config{}, "no data"},
		{"no training data", m, &data.Dataset{Test: d.Test}, Config{}, "no data"},
		{"nothing to learn", nn.NewSequential(nn.ReLU{}), d, Config{}, "no parameters"},
		{"negative", m, d, Config{Batch: -1, Accumulate: -2}, "the batch is -1; want at least 0; the number of batches in a step is -2"},
		{"epochs and steps", m, d, Config{Epochs: 1, Steps: 1}, "say one"},
	}
	for _, tt := range tests {
		run, err := Fit(t.Context(), tt.m, tt.d, tt.c)
		if run != nil || err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want an error with %q", tt.name, err, tt.want)
		}
	}
	if _, err := Evaluate(t.Context(), m, d.Test, -1); err == nil {
		t.Error("Evaluate takes batches of -1")
	}
}

func TestModelErrorsAreReturned(t *testing.T) {
	_, err := Fit(t.Context(), nn.MLP(15, 4), dataset(t), Config{})
	if _, ok := errors.AsType[*tensor.ShapeError](err); !ok {
		t.Errorf("a network of 15 inputs for 16 features: %v", err)
	}
	_, err = Fit(t.Context(), nn.MLP(16, 3), dataset(t), Config{})
	if err == nil {
		t.Error("3 outputs for 4 classes: no error")
	}
}

// A layer with a bug of its own.
type buggy struct{ *nn.Linear }

func (b buggy) Forward(*tensor.Tensor) *tensor.Tensor { return b.Linear.Forward(nil) }

func TestBugsPanic(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a nil dereference inside a layer was hidden")
		}
	}()
	Fit(t.Context(), buggy{nn.NewLinear(16, 4)}, dataset(t), Config{})
}

// fixed is a classifier whose logits do not depend on its input.
type fixed []float32

func (f fixed) Params() []*tensor.Tensor { return nil }
func (f fixed) Forward(x *tensor.Tensor) *tensor.Tensor {
	y := tensor.New(x.Dim(0), len(f))
	for b := range x.Dim(0) {
		copy(y.Data()[b*len(f):], f)
	}
	return y
}

func TestEvaluate(t *testing.T) {
	split, err := data.NewSplit(1, 1, []uint8{0, 0, 0, 0, 0}, []uint8{2, 2, 0, 1, 2})
	if err != nil {
		t.Fatal(err)
	}
	// Softmax of (0, 0, ln 2) is (¼, ¼, ½): class 2 is right 3 times in 5.
	m := fixed{0, 0, float32(math.Ln2)}
	want := Metrics{Loss: (3*math.Ln2 + 2*math.Log(4)) / 5, Accuracy: 0.6, N: 5}
	for _, batch := range []int{0, 1, 2, 5, 1000} {
		got, err := Evaluate(t.Context(), m, split, batch)
		if err != nil || math.Abs(got.Loss-want.Loss) > 1e-6 || got.Accuracy != want.Accuracy || got.N != want.N {
			t.Errorf("batches of %d: %v, %v; want %v", batch, got, err, want)
		}
	}
	// Of equal logits the first counts.
	if got, _ := Evaluate(t.Context(), fixed{1, 1, 1}, split, 0); got.Accuracy != 0.2 {
		t.Errorf("all equal: %v, want accuracy 0.2", got)
	}
}
