package train

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
)

// ternary counts the codes of the weights of a BitLinear by hand.
func ternary(l *nn.BitLinear) []float32 {
	w := make([]float32, l.Weight.Len())
	l.Quantized().Dequantize(w)
	return w
}

func TestMonitorCountsFlipsAndZeros(t *testing.T) {
	m := nn.NewSequential(nn.NewBitLinear(16, 12), nn.ReLU{}, nn.NewLinear(12, 4))
	bit := m.Layers[0].(*nn.BitLinear)
	var codes [][]float32 // after each step
	var norms []float64   // of the gradients of the first weights
	look := &looking{do: func() { codes = append(codes, slices.Clone(ternary(bit))) }, gradients: func() {
		sum := 0.0
		for _, g := range bit.Weight.Grad() {
			sum += float64(g) * float64(g)
		}
		norms = append(norms, math.Sqrt(sum))
	}}
	run, err := Fit(t.Context(), m, dataset(t), Config{Steps: 10, Batch: 32, Optimizer: optim.NewAdamW(3e-2), Hooks: []Hook{&Monitor{Every: 5}, look}})
	if err != nil {
		t.Fatal(err)
	}
	if len(run.Health) != 2 || run.Health[1].Step != 10 || len(run.Health[1].Layers) != 3 {
		t.Fatalf("health %+v", run.Health)
	}
	flips, zeros := 0, 0
	for i, c := range codes[9] {
		if sign(c) != sign(codes[4][i]) {
			flips++
		}
		if c == 0 {
			zeros++
		}
	}
	got := run.Health[1]
	if n := float64(len(codes[9])); flips == 0 || got.Flips != float64(flips)/n/5 || got.Zeros != float64(zeros)/n {
		t.Errorf("flips %v, zeros %v; want %v and %v", got.Flips, got.Zeros, float64(flips)/n/5, float64(zeros)/n)
	}
	first := got.Layers[0]
	if !first.Quantized || first.Name != "0.weight" || first.Flips != got.Flips || math.Abs(first.GradNorm-norms[9]) > 1e-12 || first.WeightNorm <= 0 {
		t.Errorf("first layer %+v, want a gradient of norm %v", first, norms[9])
	}
	if last := got.Layers[2]; last.Name != "2.bias" || last.Quantized || last.GradNorm <= 0 {
		t.Errorf("last layer %+v", last)
	}
}

func sign(v float32) int {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// looking calls two functions on the way.
type looking struct {
	NoHook
	do, gradients func()
}

func (*looking) Name() string { return "looking" }

func (h *looking) AfterStep(*Loop) error { h.do(); return nil }
func (h *looking) Gradients(*Loop) error { h.gradients(); return nil }

// measured tells an EarlyStop a validation loss.
func measured(l *Loop, e *EarlyStop, loss float64) string {
	l.stop = ""
	if err := e.Measured(l, EpochStat{Validation: Metrics{Loss: loss, N: 1}}); err != nil {
		panic(err)
	}
	return l.stop
}

func TestEarlyStopWaitsForASmallerLoss(t *testing.T) {
	tests := []struct {
		name   string
		e      EarlyStop
		losses []float64
		want   int // how many measurements there are
	}{
		{"never better", EarlyStop{Patience: 2}, []float64{3, 4, 5, 6}, 3},
		{"better in time", EarlyStop{Patience: 2}, []float64{3, 4, 2, 2, 2}, 5},
		{"always better", EarlyStop{Patience: 1}, []float64{4, 3, 2, 1}, 4},
		{"not better by enough", EarlyStop{Patience: 2, Delta: 0.5}, []float64{4, 3.6, 3.51, 0}, 3},
	}
	for _, tt := range tests {
		l, stopped := new(Loop), 0
		for i, loss := range tt.losses {
			if stopped = i + 1; measured(l, &tt.e, loss) != "" {
				break
			}
		}
		if stopped != tt.want {
			t.Errorf("%s: stopped at measurement %d, want %d", tt.name, stopped, tt.want)
		}
	}
}

func TestEarlyStopInARun(t *testing.T) {
	m, d, c := stateful(t)
	c.Epochs, c.Optimizer, c.Schedule = 50, optim.NewAdamW(0.5), nil // too fast to settle
	c.Hooks = append(c.Hooks, &EarlyStop{Patience: 3})
	run, err := Fit(t.Context(), m, d, c)
	if err != nil || !strings.HasSuffix(run.Stopped, "for 3 measurements") || run.Steps >= run.Planned {
		t.Fatalf("%v, stopped after %d steps: %q", err, run.Steps, run.Stopped)
	}
	best := slices.MinFunc(run.Epochs, func(a, b EpochStat) int { return int(math.Copysign(1, a.Validation.Loss-b.Validation.Loss)) })
	if n := len(run.Epochs); best.Step != run.Epochs[n-4].Step || run.Test.N == 0 {
		t.Errorf("the best was at step %d of %+v", best.Step, run.Epochs)
	}
}

// A stopped run that is resumed is at its end; to go on is for Continue.
func TestStoppedRunResumes(t *testing.T) {
	setup := func(dir string) (nn.Module, *data.Dataset, Config) {
		m, d, c := resumable(t, dir)
		c.Optimizer = optim.NewSGD(0)
		c.Hooks = append(c.Hooks, &EarlyStop{Patience: 2})
		return m, d, c
	}
	dir := t.TempDir()
	m, d, c := setup(dir)
	want, err := Fit(t.Context(), m, d, c)
	if err != nil || want.Stopped == "" || want.Steps != 15 {
		t.Fatalf("%v, after %d steps: %q", err, want.Steps, want.Stopped)
	}
	m, d, c = setup(dir)
	run, err := Fit(t.Context(), m, d, c)
	if err != nil {
		t.Fatal(err)
	}
	sameRun(t, run, want)
	if run.Stopped != want.Stopped {
		t.Errorf("stopped: %q, want %q", run.Stopped, want.Stopped)
	}
}

// Without a learning rate no code changes: the weights have settled.
func TestEarlyStopWhenWeightsSettle(t *testing.T) {
	m, d, c := stateful(t)
	c.Optimizer = optim.NewSGD(0)
	c.Hooks = append(c.Hooks, &EarlyStop{Flips: 1e-3})
	run, err := Fit(t.Context(), m, d, c)
	if err != nil || run.Steps != 5 || run.Stopped != "0 of the quantised weights changed since the last measurement" {
		t.Errorf("%v, after %d steps: %q", err, run.Steps, run.Stopped)
	}
}

func TestEarlyStopRefusesNonsense(t *testing.T) {
	d := dataset(t)
	for _, e := range []EarlyStop{{}, {Patience: -1}, {Patience: 1, Delta: -1}, {Flips: -1}} {
		if _, err := Fit(t.Context(), nn.MLP(16, 4), d, Config{Hooks: []Hook{&e}}); err == nil {
			t.Errorf("%+v is taken", e)
		}
	}
	d.Test = nil
	if _, err := Fit(t.Context(), nn.MLP(16, 4), d, Config{Hooks: []Hook{&EarlyStop{Patience: 1}}}); err == nil || !strings.Contains(err.Error(), "no validation") {
		t.Errorf("got %v", err)
	}
}

// What hooks remember survives a change of process.
func TestWatchingHooksResume(t *testing.T) {
	setup := func(dir string) (nn.Module, *data.Dataset, Config) {
		m, d, c := resumable(t, dir)
		c.Hooks = append(c.Hooks, &EarlyStop{Patience: 3, Flips: 1e-9}, &Average{Decay: 0.9}, &Monitor{Every: 7})
		return m, d, c
	}
	m, d, c := setup(t.TempDir())
	want, err := Fit(t.Context(), m, d, c)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{4, 7, 14} {
		dir := t.TempDir()
		m, d, c := setup(dir)
		if _, err := Fit(until(t, &c, at), m, d, c); err == nil {
			t.Fatal("not interrupted")
		}
		m, d, c = setup(dir)
		run, err := Fit(t.Context(), m, d, c)
		if err != nil {
			t.Fatal(err)
		}
		sameRun(t, run, want)
		if run.Stopped != want.Stopped || len(run.Averaged) != len(want.Averaged) || run.Averaged[0].Validation != want.Averaged[0].Validation ||
			run.Averaged[len(run.Averaged)-1].Test != want.Averaged[len(run.Averaged)-1].Test {
			t.Errorf("interrupted after %d: stopped %q, averaged %+v; want %q, %+v", at, run.Stopped, run.Averaged, want.Stopped, want.Averaged)
		}
		if at%7 == 0 && !reflect.DeepEqual(run.Health, want.Health) {
			t.Errorf("interrupted after %d: health %+v, want %+v", at, run.Health, want.Health)
		}
	}
}

func TestAverageIsMeasuredBesideTheWeights(t *testing.T) {
	m, d, c := stateful(t)
	average := &Average{Decay: 0.8}
	var means []float32
	c.Hooks = append(c.Hooks, average, &looking{gradients: func() {}, do: func() {
		if means == nil {
			means = weights(nn.NewSequential(nn.NewBitLinear(16, 12), nn.ReLU{}, nn.NewDropout(0), nn.NewLinear(12, 4)).Init(5)) // the first weights
		}
		for i, w := range weights(m) {
			means[i] += 0.2 * (w - means[i])
		}
	}})
	plain, d2, c2 := stateful(t)
	want, err := Fit(t.Context(), plain, d2, c2)
	if err != nil {
		t.Fatal(err)
	}
	run, err := Fit(t.Context(), m, d, c)
	if err != nil {
		t.Fatal(err)
	}
	sameRun(t, run, want) // it changes nothing
	average.Swap()
	for i, w := range weights(m) {
		if math.Abs(float64(w-means[i])) > 1e-5 {
			t.Fatalf("mean of weight %d is %v, want %v", i, w, means[i])
		}
	}
	got, err := Evaluate(t.Context(), m, d.Test, 0)
	if last := run.Averaged[len(run.Averaged)-1]; err != nil || got != last.Test || last.Validation.N != 40 || last.Test == run.Test {
		t.Errorf("the average gives %v, the run says %v, and its own weights %v", got, last.Test, run.Test)
	}
}
