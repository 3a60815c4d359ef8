package runlog_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/runlog"
	"setun/runtime/qat/train"
	"setun/runtime/tensor"
)

// noise is n samples of 8 random numbers, of two classes.
func noise(t *testing.T, n int) *data.Dataset {
	t.Helper()
	rng := tensor.NewRNG(1)
	pixels, labels := make([]uint8, 8*n), make([]uint8, n)
	for i := range pixels {
		pixels[i] = uint8(rng.IntN(256))
	}
	for i := range labels {
		labels[i] = uint8(i % 2)
	}
	s, err := data.NewSplit(2, 4, pixels, labels)
	if err != nil {
		t.Fatal(err)
	}
	return &data.Dataset{Name: "noise", Train: s, Test: s}
}

func lines(t *testing.T, dir string) (all []map[string]any) {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "metrics.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	for in.Scan() {
		var line map[string]any
		if err := json.Unmarshal(in.Bytes(), &line); err != nil {
			t.Fatalf("%v: %s", err, in.Bytes())
		}
		all = append(all, line)
	}
	return all
}

// kinds is the kind and the step of each line.
func kinds(all []map[string]any) string {
	var b strings.Builder
	for _, line := range all {
		b.WriteString(line["kind"].(string)[:1])
		b.WriteString(json.Number(strings.TrimSuffix(jsonText(line["step"]), ".0")).String())
		b.WriteByte(' ')
	}
	return strings.TrimSpace(b.String())
}

func jsonText(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func fit(t *testing.T, dir string, c train.Config) *train.Run {
	t.Helper()
	c.Batch, c.Clip = 16, 1
	c.Hooks = append(c.Hooks, &runlog.Log{Folder: dir}, &train.Monitor{Every: 2})
	run, err := train.Fit(t.Context(), nn.MLP(8, 4, 2), noise(t, 48), c)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func TestLinesAreTheRun(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "runs", "a")
	run := fit(t, dir, train.Config{Epochs: 2})
	all := lines(t, dir)
	if got, want := kinds(all), "s1 s2 h2 s3 m3 s4 h4 s5 s6 h6 m6"; got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
	for i, at := range []int{0, 1, 3, 5, 7, 8} {
		p := run.History[i]
		if l := all[at]; l["loss"] != p.Loss || l["lr"] != p.LR || l["grad_norm"] != p.GradNorm || l["time"] == "" {
			t.Errorf("step %d: %v, want %+v", i+1, l, p)
		}
	}
	m := all[10]
	if got := jsonText(m["test"]); got != jsonText(map[string]any{"loss": run.Test.Loss, "accuracy": run.Test.Accuracy, "n": 48}) || m["validation"] != nil || m["epoch"] != 2.0 {
		t.Errorf("measured %v", m)
	}
	if h := all[2]["health"].(map[string]any); h["zeros"] != run.Health[0].Zeros || len(h["layers"].([]any)) != 2 {
		t.Errorf("health %v", h)
	}
}

// changes is a hook that changes something after step 4.
type changes struct{ train.NoHook }

func (changes) Name() string { return "changes" }

func (changes) AfterStep(l *train.Loop) error {
	if l.Step == 4 {
		l.Run.Events = append(l.Run.Events, train.Event{Step: 4, Text: "Bits(4)"})
	}
	return nil
}

func TestEventsAreLines(t *testing.T) {
	dir := t.TempDir()
	fit(t, dir, train.Config{Epochs: 2, Hooks: []train.Hook{changes{}}})
	all := lines(t, dir)
	if got, want := kinds(all), "s1 s2 h2 s3 m3 s4 h4 e4 s5 s6 h6 m6"; got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
	if all[7]["text"] != "Bits(4)" {
		t.Errorf("the event is %v", all[7])
	}
}

// A run that is resumed or continued has every step once.
func TestResumedRunHasEveryStepOnce(t *testing.T) {
	dir := t.TempDir()
	config := func() train.Config {
		return train.Config{Epochs: 2, Resume: dir, Hooks: []train.Hook{&train.Checkpoints{Folder: dir, Every: 2}}}
	}
	ctx, cancel := context.WithCancel(t.Context())
	c := config()
	c.Observe = func(p train.Progress) {
		if p.Step == 5 {
			cancel()
		}
	}
	c.Batch, c.Clip = 16, 1
	c.Hooks = append(c.Hooks, &runlog.Log{Folder: dir}, &train.Monitor{Every: 2})
	if _, err := train.Fit(ctx, nn.MLP(8, 4, 2), noise(t, 48), c); err == nil {
		t.Fatal("not interrupted")
	}
	// As after a crash: the newest file is gone, and a line is not whole.
	newest, err := checkpoints(dir)
	if err != nil || os.Remove(newest) != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "metrics.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString(`{"kind":"step","st`)
	f.Close()
	run := fit(t, dir, config())
	if got, want := kinds(lines(t, dir)), "s1 s2 h2 s3 m3 s4 h4 s5 s6 h6 m6"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if err := run.Continue(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if got, want := kinds(lines(t, dir)), "s1 s2 h2 s3 m3 s4 h4 s5 s6 h6 m6 s7 m7"; got != want {
		t.Errorf("continued: got %s, want %s", got, want)
	}
}

func checkpoints(dir string) (string, error) {
	all, err := filepath.Glob(filepath.Join(dir, "step-*"))
	if len(all) == 0 {
		return "", errors.Join(err, os.ErrNotExist)
	}
	return all[len(all)-1], err
}

// The records of an event file are framed and checked as TFRecords are.
func TestEventFileIsSound(t *testing.T) {
	dir := t.TempDir()
	fit(t, dir, train.Config{Epochs: 2})
	files, err := filepath.Glob(filepath.Join(dir, "events.out.tfevents.*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	b, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	sum := func(b []byte) uint32 {
		c := crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))
		return (c>>15 | c<<17) + 0xa282ead8
	}
	records := 0
	for len(b) > 0 {
		n := int(binary.LittleEndian.Uint64(b))
		if sum(b[:8]) != binary.LittleEndian.Uint32(b[8:]) || sum(b[12:12+n]) != binary.LittleEndian.Uint32(b[12+n:]) {
			t.Fatalf("a checksum of record %d is wrong", records)
		}
		if records == 0 && !bytes.Contains(b[12:12+n], []byte("brain.Event:2")) {
			t.Error("the first record does not name the version")
		}
		b = b[16+n:]
		records++
	}
	// Version, start, 6 steps of 3 numbers, 3 looks of 4, 2 measurements of 4.
	if want := 2 + 6*3 + 3*4 + 2*4; records != want {
		t.Errorf("%d records, want %d", records, want)
	}
}

// TensorBoard's own reader says what is in the files. It runs where a Python with
// the package tensorboard is: SETUN_PYTHON names one.
func TestTensorBoardReadsIt(t *testing.T) {
	python := os.Getenv("SETUN_PYTHON")
	if python == "" {
		t.Skip("SETUN_PYTHON names no Python with tensorboard")
	}
	dir := t.TempDir()
	run := fit(t, dir, train.Config{Epochs: 2})
	out, err := exec.Command(python, filepath.Join("testdata", "read_events.py"), dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	var got map[string][][2]float64
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for i, p := range got["train/loss"] {
		if want := run.History[i]; int(p[0]) != want.Step || math.Abs(p[1]-want.Loss) > 1e-6 {
			t.Errorf("loss %v, want %+v", p, want)
		}
	}
	if len(got["train/loss"]) != 6 || len(got["test/accuracy"]) != 2 || len(got["gradient norm/0.weight"]) != 3 {
		t.Errorf("got %v", got)
	}
}
