package dsl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"setun/display"
	"setun/runtime/qat/data"
	"setun/runtime/qat/train"
	"setun/runtime/tensor"
)

// recorder is a sink that writes down what it is told.
type recorder struct {
	mu     sync.Mutex
	events []string // "display ID", "update ID", "clear WAIT"
	last   display.Bundle
	onShow func()
}

func (r *recorder) note(event string, b display.Bundle) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, event)
	r.last = b
	if r.onShow != nil {
		r.onShow()
	}
}

func (r *recorder) Display(b display.Bundle, id string) { r.note("display "+id, b) }
func (r *recorder) Update(b display.Bundle, id string)  { r.note("update "+id, b) }
func (r *recorder) Clear(wait bool)                     { r.note(fmt.Sprint("clear ", wait), r.last) }

// stripes is n images of 4×4 pixels in the classes 0 to 3: which column is bright.
func stripes(t testing.TB, n int) *data.Dataset {
	t.Helper()
	rng := tensor.NewRNG(3)
	pixels, labels := make([]uint8, 16*n), make([]uint8, n)
	for i := range labels {
		labels[i] = uint8(i % 4)
		for p := range 16 {
			pixels[16*i+p] = uint8(rng.IntN(100))
			if p%4 == i%4 {
				pixels[16*i+p] += 100
			}
		}
	}
	s, err := data.NewSplit(4, 4, pixels, labels)
	if err != nil {
		t.Fatal(err)
	}
	return &data.Dataset{Name: "stripes", Train: s, Test: s}
}

// panicked is the error that f panics with.
func panicked(t *testing.T, f func()) (err error) {
	t.Helper()
	defer func() {
		v := recover()
		if v == nil {
			t.Fatal("no panic")
		}
		var ok bool
		if err, ok = v.(error); !ok {
			t.Fatalf("panic with %T %v, want an error", v, v)
		}
	}()
	f()
	return nil
}

func TestFitInACellDrawsOneLiveChart(t *testing.T) {
	out := &recorder{}
	var during string
	out.onShow = func() {
		if during == "" {
			during = plainText(out.last)
		}
	}
	c := Cell{Context: t.Context(), Sink: out, Shown: new(Shown)}
	run := Fit(MLP(16, 8, 4), stripes(t, 64), Epochs(4), Batch(16), AdamW(1e-2), Cosine(), c)

	first, id, _ := strings.Cut(out.events[0], " ")
	if first != "display" || id == "" {
		t.Fatalf("first event %q, want a display with an id", out.events[0])
	}
	for _, e := range out.events[1:] {
		if e != "update "+id {
			t.Errorf("then %q, want only updates of %s", e, id)
		}
	}
	if len(out.events) < 2 {
		t.Error("nothing was shown at the end")
	}
	live := regexp.MustCompile(`^epoch 1/4 · step 1/16 · loss \d\.\d{3} · [\d,]+ samples/s · ETA \d+:\d\d$`)
	if !live.MatchString(during) {
		t.Errorf("while it ran, the text was %q", during)
	}
	lines := strings.Split(plainText(out.last), "\n")
	final := regexp.MustCompile(`^4 epochs · 16 steps · loss \d\.\d{3} · test \d+\.\d\d %$`)
	if !final.MatchString(lines[0]) {
		t.Errorf("at the end, the text starts with %q", lines[0])
	}
	for _, mime := range []string{display.MIMEVega, display.MIMEPNG} {
		if out.last.Data[mime] == nil {
			t.Errorf("the last chart has no %s", mime)
		}
	}

	// As the last expression of the same cell it adds its numbers only.
	if b := Render(run, c); b.Data[display.MIMEVega] != nil || b.Data[display.MIMEHTML] == nil {
		t.Error("the chart is shown twice in one cell")
	}
	if b := Render(run, Cell{Sink: out, Shown: new(Shown)}); b.Data[display.MIMEVega] == nil {
		t.Error("another cell does not show the chart")
	}
	if b := Render(run); b.Data[display.MIMEVega] == nil {
		t.Error("Render without a cell does not show the chart")
	}
}

func TestFitWithoutTestSplit(t *testing.T) {
	out := &recorder{}
	d := stripes(t, 64)
	d.Test = nil
	Fit(MLP(16, 4), d, Epochs(2), Cell{Sink: out})
	if text := plainText(out.last); !strings.HasPrefix(text, "2 epochs · 2 steps · loss ") || strings.Contains(text, "test 0") || strings.Contains(text, "NaN") {
		t.Errorf("the last chart says %q", text)
	}
}

func TestTwoCellsShareNothing(t *testing.T) {
	d := stripes(t, 64)
	fit := func() (*Run, string) {
		out := &recorder{}
		run := Fit(MLP(16, 8, 4), d, Epochs(20), Batch(16), Cell{Sink: out})
		return run, out.events[0]
	}
	alone, _ := fit()
	runs, displays := make([]*Run, 2), make([]string, 2)
	var wg sync.WaitGroup
	for i := range runs {
		wg.Go(func() { runs[i], displays[i] = fit() })
	}
	wg.Wait()
	for i, r := range runs {
		if !slices.Equal(r.History, alone.History) {
			t.Errorf("run %d differs when two run at once", i)
		}
	}
	if displays[0] == displays[1] {
		t.Error("both runs draw under one display id")
	}
}

func TestInterruptedFitReturnsTheRun(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	out := &recorder{onShow: cancel} // at the first chart
	run := Fit(MLP(16, 8, 4), stripes(t, 64), Epochs(1000), Batch(16), Cell{Context: ctx, Sink: out})
	if !run.Interrupted || run.Steps != 1 {
		t.Fatalf("stopped %v after %d steps, want after 1", run.Interrupted, run.Steps)
	}
	if text := plainText(out.last); !strings.HasPrefix(text, "interrupted · step 1 of 4,000 · ") {
		t.Errorf("the last chart says %q", text)
	}
}

func TestDivergedFitShowsWhereAndPanics(t *testing.T) {
	out := &recorder{}
	err := panicked(t, func() {
		Fit(Sequential(Linear(16, 16), ReLU(), Linear(16, 4)), stripes(t, 64), Epochs(9), Batch(16), SGD(1e25), Cell{Sink: out})
	})
	bad, ok := errors.AsType[*train.Diverged](err)
	if !ok {
		t.Fatalf("got %v", err)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("more than one line: %v", err)
	}
	if len(bad.Run.History) != bad.Step || out.last.Data[display.MIMEVega] == nil {
		t.Error("the history, or the chart, is lost")
	}
	if _, err := json.Marshal(out.last.Data[display.MIMEVega]); err != nil {
		t.Errorf("a chart with %v cannot be sent: %v", bad.Loss, err)
	}
}

func TestFitOptions(t *testing.T) {
	tests := []struct {
		name  string
		opts  []FitOption
		steps int
		seed  uint64
		rates []float64 // of the first steps
	}{
		{"none", nil, 5, 1, []float64{1e-3, 1e-3}},
		{"steps", []FitOption{Steps(7), Batch(8)}, 7, 1, nil},
		{"seed", []FitOption{Epochs(1), Seed(9)}, 1, 9, nil},
		{"SGD", []FitOption{Epochs(3), SGD(0.5, Momentum(0.9)), Constant()}, 3, 1, []float64{0.5, 0.5, 0.5}},
		{"cosine", []FitOption{Epochs(4), AdamW(1, Decay(0), Betas{0.9, 0.95}), Cosine()}, 4, 1, []float64{1, (1 + math.Sqrt2/2) / 2, 0.5}},
		{"linear", []FitOption{LinearDecay(), Epochs(4), AdamW(1)}, 4, 1, []float64{1, 0.75, 0.5, 0.25}},
		{"warm-up", []FitOption{Warmup(2), Epochs(4), AdamW(1), LinearDecay()}, 4, 1, []float64{0.5, 1, 1, 0.5}},
		{"the last one counts", []FitOption{Epochs(4), Epochs(2)}, 2, 1, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			run := Fit(MLP(16, 4), stripes(t, 64), append(tt.opts, Cell{Sink: &recorder{}})...)
			if run.Steps != tt.steps || run.Config.Seed != tt.seed {
				t.Errorf("%d steps with seed %d, want %d with %d", run.Steps, run.Config.Seed, tt.steps, tt.seed)
			}
			for i, want := range tt.rates {
				if got := run.History[i].LR; math.Abs(got-want) > 1e-12 {
					t.Errorf("step %d at a rate of %v, want %v", i+1, got, want)
				}
			}
		})
	}
}

func TestSenselessOptionsPanicAtOnce(t *testing.T) {
	for name, f := range map[string]func(){
		"Epochs(0)":  func() { Epochs(0) },
		"Steps(-1)":  func() { Steps(-1) },
		"Batch(0)":   func() { Batch(0) },
		"Seed(0)":    func() { Seed(0) },
		"Warmup(-3)": func() { Warmup(-3) },
	} {
		if err := panicked(t, f); !strings.HasPrefix(err.Error(), name+": want at least 1") {
			t.Errorf("%s: %v", name, err)
		}
	}
	panicked(t, func() { AdamW(-1) })
	panicked(t, func() { Fit(nil, stripes(t, 8)) })
	panicked(t, func() { Fit(MLP(16, 4), nil) })
	panicked(t, func() { Fit(MLP(16, 4), stripes(t, 8), Epochs(1), Steps(1)) })
	panicked(t, func() { Evaluate(nil, nil) })
}

func TestScheduleForYourOwnLoop(t *testing.T) {
	if got := Cosine().At(50, 100); math.Abs(got-0.5) > 1e-12 {
		t.Errorf("half-way along a cosine: %v", got)
	}
	if got := (Schedule{}).At(3, 10); got != 1 {
		t.Errorf("the zero schedule: %v, want 1", got)
	}
}
