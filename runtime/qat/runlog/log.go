package runlog

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"setun/runtime/qat/train"
)

// Log is a hook that writes the numbers of a run to Folder: to metrics.jsonl, and
// for TensorBoard. Each step is there, or with Every one in so many; each
// measurement is; and what a [train.Monitor] sees.
type Log struct {
	train.NoHook
	Folder string
	Every  int // 1 if 0

	lines   *os.File
	buf     bytes.Buffer
	events  *events
	health  int // how much of the run's was written
	changes int // how many of its events were
	last    time.Time
}

// flushEvery is how long what happened may wait to be written.
const flushEvery = time.Second

// A Line is a line of metrics.jsonl: a step, a measurement, a look at the weights
// or a change on the way. What is not of its kind is left out; a number that is not finite is
// null.
type Line struct {
	Kind       string        `json:"kind"` // "step", "measured", "health", "event"
	Step       int           `json:"step"`
	Time       string        `json:"time"` // RFC 3339
	Loss       *number       `json:"loss,omitempty"`
	LR         *number       `json:"lr,omitempty"`
	GradNorm   *number       `json:"grad_norm,omitempty"`
	Epoch      int           `json:"epoch,omitempty"`
	Train      *metrics      `json:"train,omitempty"`
	Validation *metrics      `json:"validation,omitempty"`
	Test       *metrics      `json:"test,omitempty"`
	Health     *train.Health `json:"health,omitempty"`
	Text       string        `json:"text,omitempty"` // of an event
}

type metrics struct {
	Loss     number `json:"loss"`
	Accuracy number `json:"accuracy"`
	N        int    `json:"n"`
}

// number is a float that JSON can always hold.
type number float64

// MarshalJSON writes null for what is not finite.
func (n number) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(n)) || math.IsInf(float64(n), 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// Name is the hook's.
func (l *Log) Name() string { return "Log" }

// Priority is after those whose numbers are written.
func (l *Log) Priority() int { return 900 }

// Start opens the files. Of a run that begins again at some step, the lines after
// it are taken back.
func (l *Log) Start(loop *train.Loop) error {
	if l.Every < 0 {
		return fmt.Errorf("a line every %d steps; want at least 1", l.Every)
	}
	if err := l.close(); err != nil { // of a run that goes on
		return err
	}
	if err := os.MkdirAll(l.Folder, 0o755); err != nil {
		return err
	}
	path := filepath.Join(l.Folder, "metrics.jsonl")
	if err := takeBack(path, loop.Run.Steps); err != nil {
		return err
	}
	var err error
	if l.lines, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644); err != nil {
		return err
	}
	l.last, l.health, l.changes = time.Now(), len(loop.Run.Health), len(loop.Run.Events)
	l.events, err = newEvents(l.Folder, l.last, loop.Run.Steps)
	return err
}

// takeBack removes the lines of steps after so many, and one that is not whole.
func takeBack(path string, steps int) error {
	old, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer old.Close()
	var keep bytes.Buffer
	in := bufio.NewScanner(old)
	in.Buffer(nil, 64<<20)
	for in.Scan() {
		var line struct{ Step int }
		if json.Unmarshal(in.Bytes(), &line) == nil && line.Step <= steps {
			keep.Write(in.Bytes())
			keep.WriteByte('\n')
		}
	}
	if err := in.Err(); err != nil {
		return err
	}
	fresh := path + ".part"
	if err := os.WriteFile(fresh, keep.Bytes(), 0o644); err != nil {
		return err
	}
	return os.Rename(fresh, path)
}

// AfterStep writes the step.
func (l *Log) AfterStep(loop *train.Loop) error {
	p := loop.Run.History[len(loop.Run.History)-1]
	if p.Step%cmp.Or(l.Every, 1) == 0 {
		loss, lr, norm := number(p.Loss), number(p.LR), number(p.GradNorm)
		line := Line{Kind: "step", Step: p.Step, Loss: &loss, LR: &lr}
		l.scalar(p.Step, "train/loss", p.Loss)
		l.scalar(p.Step, "train/learning rate", p.LR)
		if norm > 0 {
			line.GradNorm = &norm
			l.scalar(p.Step, "train/gradient norm", p.GradNorm)
		}
		if err := l.line(line); err != nil {
			return err
		}
	}
	for ; l.health < len(loop.Run.Health); l.health++ {
		h := loop.Run.Health[l.health]
		l.scalar(h.Step, "weights/flips a step", h.Flips)
		l.scalar(h.Step, "weights/zeros", h.Zeros)
		for _, layer := range h.Layers {
			l.scalar(h.Step, "gradient norm/"+layer.Name, layer.GradNorm)
		}
		if err := l.line(Line{Kind: "health", Step: h.Step, Health: &h}); err != nil {
			return err
		}
	}
	for ; l.changes < len(loop.Run.Events); l.changes++ {
		e := loop.Run.Events[l.changes]
		if err := l.line(Line{Kind: "event", Step: e.Step, Text: e.Text}); err != nil {
			return err
		}
	}
	if time.Since(l.last) < flushEvery {
		return nil
	}
	return l.flush()
}

// Measured writes the measurement.
func (l *Log) Measured(_ *train.Loop, e train.EpochStat) error {
	line := Line{Kind: "measured", Step: e.Step, Epoch: e.Epoch}
	for _, m := range []struct {
		name string
		to   **metrics
		of   train.Metrics
	}{{"train", &line.Train, e.Train}, {"validation", &line.Validation, e.Validation}, {"test", &line.Test, e.Test}} {
		if m.of.N == 0 {
			continue
		}
		*m.to = &metrics{number(m.of.Loss), number(m.of.Accuracy), m.of.N}
		tag := m.name + "/loss"
		if m.name == "train" {
			tag = "train/loss of the epoch"
		}
		l.scalar(e.Step, tag, m.of.Loss)
		l.scalar(e.Step, m.name+"/accuracy", m.of.Accuracy)
	}
	if err := l.line(line); err != nil {
		return err
	}
	return l.flush()
}

// Finish writes what is left.
func (l *Log) Finish(*train.Loop) error { return l.close() }

func (l *Log) scalar(step int, tag string, v float64) { l.events.scalar(time.Now(), step, tag, v) }

func (l *Log) line(line Line) error {
	line.Time = time.Now().Format(time.RFC3339Nano)
	return json.NewEncoder(&l.buf).Encode(line)
}

// flush writes what has come together.
func (l *Log) flush() error {
	l.last = time.Now()
	_, err := l.lines.Write(l.buf.Bytes())
	l.buf.Reset()
	return errors.Join(err, l.events.flush())
}

func (l *Log) close() error {
	if l.lines == nil || l.events == nil {
		return nil
	}
	err := errors.Join(l.flush(), l.lines.Close(), l.events.close())
	l.lines, l.events = nil, nil
	return err
}
