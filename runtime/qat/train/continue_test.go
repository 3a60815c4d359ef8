package train

import (
	"context"
	"encoding/binary"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

// counting is a hook with a state: it counts the steps and makes the loss depend
// on how many there were.
type counting struct {
	NoHook
	n uint32
}

func (*counting) Name() string { return "counting" }

func (c *counting) Loss(_ *Loop, loss *tensor.Tensor) *tensor.Tensor {
	return tensor.Scale(loss, 1+float32(c.n%3)/4)
}

func (c *counting) AfterStep(*Loop) error { c.n++; return nil }

func (c *counting) State() ([]byte, error) { return binary.LittleEndian.AppendUint32(nil, c.n), nil }

func (c *counting) SetState(b []byte) error {
	c.n = binary.LittleEndian.Uint32(b)
	return nil
}

// stateful is a model, data and a configuration in which everything that can
// remember something does: moments, random numbers in a layer, a hook, batches
// that add up to steps which do not divide the epoch.
func stateful(t testing.TB) (nn.Module, *data.Dataset, Config) {
	t.Helper()
	m := nn.NewSequential(nn.NewBitLinear(16, 12), nn.ReLU{}, nn.NewDropout(0.2), nn.NewLinear(12, 4)).Init(5)
	d, err := dataset(t).WithValidation(40, 1)
	if err != nil {
		t.Fatal(err)
	}
	return m, d, Config{
		Epochs: 4, Batch: 16, Accumulate: 2, MeasureEvery: 5, Seed: 9,
		Optimizer: optim.NewAdamW(1e-2), Schedule: optim.Warmup(5, optim.Cosine), Hooks: []Hook{new(counting)},
	}
}

// sameRun fails unless two runs are the same in all but times.
func sameRun(t *testing.T, got, want *Run) {
	t.Helper()
	if !slices.Equal(weights(got.Model), weights(want.Model)) {
		t.Error("the weights differ")
	}
	if !slices.Equal(got.History, want.History) {
		t.Errorf("the histories differ: %d and %d steps", len(got.History), len(want.History))
	}
	timeless := func(r *Run) []EpochStat {
		all := slices.Clone(r.Epochs)
		for i := range all {
			all[i].Seconds = 0
		}
		return all
	}
	if !reflect.DeepEqual(timeless(got), timeless(want)) {
		t.Errorf("the measurements differ:\n%+v\n%+v", timeless(got), timeless(want))
	}
	if got.Train != want.Train || got.Validation != want.Validation || got.Test != want.Test {
		t.Errorf("%v, %v, %v; want %v, %v, %v", got.Train, got.Validation, got.Test, want.Train, want.Validation, want.Test)
	}
	if got.Steps != want.Steps || got.Planned != want.Planned || got.Interrupted {
		t.Errorf("%d of %d steps, want %d of %d", got.Steps, got.Planned, want.Steps, want.Planned)
	}
}

// until is a context that ends after so many steps, by way of c's observer.
func until(t *testing.T, c *Config, steps int) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	c.Observe = func(p Progress) {
		if p.Step == steps {
			cancel()
		}
	}
	if steps == 0 {
		cancel()
	}
	return ctx
}

func TestContinueIsAsIfNeverInterrupted(t *testing.T) {
	m, d, c := stateful(t)
	want, err := Fit(t.Context(), m, d, c)
	if err != nil {
		t.Fatal(err)
	}
	if err := want.Continue(t.Context(), 9); err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{0, 1, 5, 6, 7, 20, 27} { // 7 steps an epoch, measured every 5
		m, d, c := stateful(t)
		run, err := Fit(until(t, &c, at), m, d, c)
		if err == nil || !run.Interrupted {
			t.Fatalf("not interrupted after %d steps: %v", at, err)
		}
		run.Config.Observe = nil
		if err := run.Continue(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		if err := run.Continue(t.Context(), 9); err != nil {
			t.Fatal(err)
		}
		sameRun(t, run, want)
	}
}

// What is added to a plan has the schedule from its beginning, also when it was
// added before the plan was done.
func TestContinueAddsToThePlan(t *testing.T) {
	c := Config{Steps: 4, Batch: 32, Optimizer: optim.NewSGD(1), Schedule: optim.Linear}
	for _, at := range []int{2, 4} {
		run, _ := Fit(until(t, &c, at), nn.MLP(16, 4), dataset(t), c)
		run.Config.Observe = nil
		if err := run.Continue(t.Context(), 2); err != nil {
			t.Fatal(err)
		}
		var rates []float64
		for _, p := range run.History {
			rates = append(rates, p.LR)
		}
		if want := []float64{1, 0.75, 0.5, 0.25, 1, 0.5}; !slices.Equal(rates, want) || run.Planned != 6 {
			t.Errorf("interrupted after %d: rates %v of %d steps, want %v", at, rates, run.Planned, want)
		}
	}
}

func TestContinueRefuses(t *testing.T) {
	done, err := Fit(t.Context(), nn.MLP(16, 4), dataset(t), Config{Steps: 2})
	if err != nil {
		t.Fatal(err)
	}
	float := nn.NewSequential(nn.NewLinear(16, 16), nn.ReLU{}, nn.NewLinear(16, 4))
	diverged, _ := Fit(t.Context(), float, dataset(t), Config{Epochs: 3, Batch: 32, Optimizer: optim.NewSGD(1e25)})
	for _, c := range []struct {
		run  *Run
		more int
		want string
	}{
		{done, 0, "made all of its 2 steps"},
		{done, -1, "-1 steps more"},
		{done, math.MaxInt, "steps more"},
		{diverged, 5, "diverged"},
		{new(Run), 5, "not made by Fit"},
	} {
		if err := c.run.Continue(t.Context(), c.more); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

// Two batches that add up are one of twice the size: the same mean gradient, but
// for the order in which its numbers are added.
func TestAccumulatedBatchesAreOne(t *testing.T) {
	fit := func(batch, accumulate int) ([]float64, []float32) {
		m := nn.NewSequential(nn.NewLinear(16, 8), nn.ReLU{}, nn.NewLinear(8, 4))
		run, err := Fit(t.Context(), m, dataset(t), Config{Epochs: 2, Batch: batch, Accumulate: accumulate, Optimizer: optim.NewSGD(0.5)})
		if err != nil {
			t.Fatal(err)
		}
		if run.StepsPerEpoch != 5 || run.Train.N != 250 {
			t.Errorf("%d steps an epoch, %d samples in the last", run.StepsPerEpoch, run.Train.N)
		}
		return losses(run), weights(m)
	}
	l, w := fit(60, 1)
	for _, accumulate := range []int{2, 3, 4} {
		l2, w2 := fit(60/accumulate, accumulate)
		for i := range l {
			if math.Abs(l[i]-l2[i]) > 1e-6 {
				t.Errorf("%d batches: loss of step %d is %v, want %v", accumulate, i+1, l2[i], l[i])
			}
		}
		for i := range w {
			if math.Abs(float64(w[i]-w2[i])) > 1e-5 {
				t.Fatalf("%d batches: weight %d is %v, want %v", accumulate, i, w2[i], w[i])
			}
		}
	}
}

func TestValidationIsMeasuredOnTheWay(t *testing.T) {
	m, d, c := stateful(t)
	run, err := Fit(t.Context(), m, d, c)
	if err != nil {
		t.Fatal(err)
	}
	// 210 samples in steps of 32: 7 an epoch, 28 in all.
	var at []int
	for i, e := range run.Epochs {
		at = append(at, e.Step)
		if last := i == len(run.Epochs)-1; e.Validation.N != 40 || (e.Test.N == 100) != last || e.Measured() != e.Validation {
			t.Errorf("measured at %d: %+v", e.Step, e)
		}
	}
	if want := []int{5, 10, 15, 20, 25, 28}; !slices.Equal(at, want) {
		t.Errorf("measured at %v, want %v", at, want)
	}
	if run.Validation.N != 40 || run.Test.N != 100 {
		t.Errorf("validation %v, test %v", run.Validation, run.Test)
	}
}
