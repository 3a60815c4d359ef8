package train

import (
	"path/filepath"
	"testing"
	"time"

	"setun/runtime/qat/checkpoint"
	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// BenchmarkCheckpoint is what checkpoints cost at 10 million parameters with
// AdamW, 120 MB a file: how long the step waits for the copy, how long a file
// takes to write, to verify and to load.
//
//	go test -run '^$' -bench Checkpoint -benchtime 5x ./runtime/qat/train
func BenchmarkCheckpoint(b *testing.B) {
	m := nn.MLP(1024, 2900, 2048, 512, 10)
	l := loopFor(b, m)
	path := filepath.Join(b.TempDir(), "a.safetensors")
	var f checkpoint.File
	var stall, write, verify, load time.Duration
	timed := func(total *time.Duration, do func() error) {
		began := time.Now()
		if err := do(); err != nil {
			b.Fatal(err)
		}
		*total += time.Since(began)
	}
	for b.Loop() {
		timed(&stall, func() error { return l.capture(&f) })
		timed(&write, func() error { return checkpoint.Write(path, &f) })
		timed(&verify, func() error { return checkpoint.Verify(path) })
		timed(&load, func() error {
			f, err := checkpoint.Read(path)
			if err != nil {
				return err
			}
			return l.restoreArrays(f)
		})
	}
	for _, r := range []struct {
		total time.Duration
		unit  string
	}{{stall, "stall-ms"}, {write, "write-ms"}, {verify, "verify-ms"}, {load, "load-ms"}} {
		b.ReportMetric(float64(r.total)/float64(b.N)/1e6, r.unit)
	}
	b.ReportMetric(float64(l.Run.Parameters)/1e6, "Mparameters")
}

// loopFor is a loop of m that has made a step.
func loopFor(b *testing.B, m nn.Module) *Loop {
	b.Helper()
	pixels, labels := make([]uint8, 64*1024), make([]uint8, 64)
	rng := tensor.NewRNG(1)
	for i := range pixels {
		pixels[i] = uint8(rng.IntN(256))
	}
	split, err := data.NewSplit(32, 32, pixels, labels)
	if err != nil {
		b.Fatal(err)
	}
	d := &data.Dataset{Name: "noise", Train: split}
	c, err := Config{Steps: 1, Batch: 64}.filled(m, d)
	if err != nil {
		b.Fatal(err)
	}
	l := newLoop(m, d, c)
	if err := l.step(b.Context()); err != nil {
		b.Fatal(err)
	}
	l.updates = l.Optimizer.State().Steps
	return l
}
