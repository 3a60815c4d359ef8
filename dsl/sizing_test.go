package dsl

import (
	"strings"
	"testing"
)

func TestBatchForFitsTheMemory(t *testing.T) {
	d := stripes(t, 64)
	model := MLP(16, 32, 4)
	n := BatchFor(model, d, "24KiB", SGD(0.1))
	if n < 2 || n > 64 {
		t.Fatalf("a batch of %d", n)
	}
	run := Fit(model, d, Batch(n), SGD(0.1), Steps(2), Cell{Sink: &recorder{}})
	if total := run.Memory.Total(); total > 24<<10 {
		t.Errorf("a batch of %d takes %d bytes", n, total)
	}
	if m := BatchFor(model, d, "1GB"); m != 64 {
		t.Errorf("a batch of %d in 1 GB, want all samples", m)
	}
	if err := panicked(t, func() { BatchFor(model, d, "1kB") }); !strings.Contains(err.Error(), "even with one sample") {
		t.Errorf("got %v", err)
	}
}

func TestMemoryIsReadAsItIsWritten(t *testing.T) {
	for text, want := range map[string]int64{
		"512MB": 512e6, "2GiB": 2 << 30, "1.5 GB": 1.5e9, "7B": 7, "3KiB": 3 << 10, "4kB": 4000,
		"": 0, "12": 0, "MB": 0, "-1MB": 0, "0MB": 0, "NaNMB": 0, "1e30GB": 0, "many MB": 0,
	} {
		got, err := bytesOf(text)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %d, %v; want %d", text, got, err, want)
		}
	}
	panicked(t, func() { Memory("a lot") })
}

func TestSharingTheMachine(t *testing.T) {
	run := Fit(MLP(16, 4), stripes(t, 64), Epochs(1), Frugal(0.5), Memory("1GB"), Cell{Sink: &recorder{}})
	if c := run.Config; c.Threads != 1 || c.Share != 0.5 || c.Memory != 1e9 || run.Steps != 1 {
		t.Errorf("got %+v", c)
	}
	run = Fit(MLP(16, 4), stripes(t, 64), Epochs(1), Threads(2), Cell{Sink: &recorder{}})
	if run.Config.Threads != 2 {
		t.Errorf("%d threads", run.Config.Threads)
	}
	var f fitting
	Nice().applyFit(&f)
	if !f.config.Nice {
		t.Error("not nice")
	}
	for name, do := range map[string]func(){"Threads(0)": func() { Threads(0) }, "Frugal(0)": func() { Frugal(0) }, "Frugal(1.5)": func() { Frugal(1.5) }} {
		if err := panicked(t, do); !strings.HasPrefix(err.Error(), name+": want ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
