package engine

import (
	"context"
	"io"
	"runtime/pprof"
	"strconv"
	"sync"
	"sync/atomic"
	"unsafe" // also for go:linkname
)

// keptRuns is how many runs are remembered for goroutines that outlive them.
const keptRuns = 1000

// Runs knows which run a goroutine belongs to: by the goroutine's labels, which
// goroutines inherit that it starts, compiled code's too. The zero Runs is
// ready.
type Runs struct {
	byLabels sync.Map // goroutine labels to *Run
	last     atomic.Pointer[Run]
	mu       sync.Mutex
	order    []unsafe.Pointer // the labels, oldest first
}

// runCount numbers the runs of all sessions, for goroutine labels.
var runCount atomic.Int64

//go:linkname goroutineLabels runtime/pprof.runtime_getProfLabel
func goroutineLabels() unsafe.Pointer

// Enter makes the calling goroutine one of run, until leave is called.
func (r *Runs) Enter(run *Run) (leave func()) {
	id := strconv.FormatInt(runCount.Add(1), 10)
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("setun.run", id)))
	labels := goroutineLabels()
	r.byLabels.Store(labels, run)
	r.last.Store(run)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.order = append(r.order, labels); len(r.order) > keptRuns {
		r.byLabels.Delete(r.order[0])
		r.order = r.order[1:]
	}
	return func() { pprof.SetGoroutineLabels(context.Background()) }
}

// Current is the run that the calling goroutine belongs to, nil if there is
// none.
func (r *Runs) Current() *Run {
	if run, ok := r.byLabels.Load(goroutineLabels()); ok {
		return run.(*Run)
	}
	return nil
}

// Latest is Current, or the run that started last for goroutines of none.
func (r *Runs) Latest() *Run {
	if run := r.Current(); run != nil {
		return run
	}
	return r.last.Load()
}

// Cancel ends the contexts of all runs, those of cells that ended long ago
// included: their goroutines stop.
func (r *Runs) Cancel(cause error) {
	r.byLabels.Range(func(_, run any) bool {
		run.(*Run).Cancel(cause)
		return true
	})
}

// A Writer writes to a stream of the run that calls it, and to Other where
// there is none.
type Writer struct {
	Runs   *Runs
	Stderr bool
	Other  io.Writer
}

func (w *Writer) Write(p []byte) (int, error) {
	run := w.Runs.Current()
	switch {
	case run == nil:
		return w.Other.Write(p)
	case w.Stderr:
		return run.Stderr.Write(p)
	}
	return run.Stdout.Write(p)
}

// WriteString implements io.StringWriter.
func (w *Writer) WriteString(s string) (int, error) { return w.Write([]byte(s)) }
