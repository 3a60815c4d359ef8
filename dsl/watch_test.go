package dsl

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"setun/display"
)

func TestMonitorShowsTheWeights(t *testing.T) {
	out := &recorder{}
	run := Fit(MLP(16, 8, 4), stripes(t, 64), Epochs(10), Batch(16), AdamW(1e-2), Monitor(Every(4)), Cell{Sink: out})
	if len(run.Health) != 10 {
		t.Fatalf("%d looks in 40 steps", len(run.Health))
	}
	spec, err := json.Marshal(out.last.Data[display.MIMEVega])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"flips in 1,000 a step", "weights at zero", "gradient norm", "0.weight", "2.weight"} {
		if !strings.Contains(string(spec), want) {
			t.Errorf("the chart has no %q", want)
		}
	}
	// More layers than lines can be told apart by.
	run = Fit(MLP(16, 8, 8, 8, 8, 4), stripes(t, 64), Epochs(2), Batch(16), Monitor(Every(2)), Cell{Sink: out})
	if layers := gradientLayers(nil, run.Health); len(layers) != 2 {
		t.Errorf("%d layers for 5 parameters, want a band and a mean", len(layers))
	}
	float := Fit(Sequential(Linear(16, 4)), stripes(t, 64), Epochs(2), Batch(16), Monitor(Every(2)), Cell{Sink: out})
	if strips := healthStrips(float.Health); len(strips) != 1 {
		t.Errorf("%d strips without quantised weights, want 1", len(strips))
	}
}

func TestLogWritesBesideCheckpoints(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "runs", "a")
	Fit(MLP(16, 4), stripes(t, 64), Steps(4), Batch(16), Log(dir, Every(2)), Checkpoints(dir, KeepLast(1)), Cell{Sink: &recorder{}})
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.Join(strings.SplitN(e.Name(), ".", 4)[:2], "."))
	}
	for _, want := range []string{"events.out", "metrics.jsonl", "step-00000004.safetensors", "config.json"} {
		if !slices.Contains(names, want) {
			t.Errorf("the folder has %v, want %s", names, want)
		}
	}
}

func TestEarlyStopAndAverage(t *testing.T) {
	run := Fit(MLP(16, 4), stripes(t, 64), Epochs(50), Batch(16), SGD(0), EarlyStop(3, By(1e-6)), Average(0.9), Cell{Sink: &recorder{}})
	if run.Steps != 16 || run.Stopped == "" || len(run.Averaged) != 4 || run.Averaged[3].Test.N != 64 {
		t.Errorf("%d steps, stopped %q, averaged %+v", run.Steps, run.Stopped, run.Averaged)
	}
	run = Fit(MLP(16, 4), stripes(t, 64), Epochs(50), Batch(16), SGD(0), EarlyStop(30, Settled(1e-6)), Cell{Sink: &recorder{}})
	if run.Steps != 4 {
		t.Errorf("%d steps although nothing moves", run.Steps)
	}
	for name, f := range map[string]func(){
		"EarlyStop(0)": func() { EarlyStop(0) },
		"By(0)":        func() { By(0) },
		"Settled(1)":   func() { Settled(1) },
		"Average(1)":   func() { Average(1) },
	} {
		if err := panicked(t, f); !strings.HasPrefix(err.Error(), name+": want ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
