package engine

import (
	"bufio"
	"context"
	"go/token"
	"io"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
)

// A Run is one execution of a program: a cell that runs, with the goroutines
// that it has started.
type Run struct {
	// Context ends to stop the run and the goroutines that it has started. Its cause
	// says why: [ErrInterrupted], or what Fail was given.
	Context context.Context
	// Cancel ends Context.
	Cancel         context.CancelCauseFunc
	Stdout, Stderr io.Writer
	// Ask asks the person for a line.
	Ask func(prompt string, password bool) (string, error)
	// Option is appended to the arguments of compiled variadic functions whose
	// element type it implements.
	Option reflect.Value
	// Position renders a position for traces and reports of goroutines.
	Position func(token.Pos) string
	// Private is the engine's own.
	Private any

	told  atomic.Int32
	mu    sync.Mutex
	input *bufio.Reader
	over  bool // the cell has ended; goroutines of it may go on
}

// Fail ends the run with an error, unless the cell has ended already: a panic in
// a goroutine, which would end a Go program, ends the cell that has started it.
func (run *Run) Fail(err error) bool {
	run.mu.Lock()
	defer run.mu.Unlock()
	if !run.over {
		run.Cancel(err)
	}
	return !run.over
}

// End notes that the cell has ended: Fail has no effect from now on.
func (run *Run) End() {
	run.mu.Lock()
	defer run.mu.Unlock()
	run.over = true
}

// Fault tells of a panic that ended a goroutine other than the cell's.
func (run *Run) Fault(err *PanicError) {
	err.Goroutine = true
	if run.Fail(err) {
		return
	}
	text := "panic in a goroutine: " + err.Error() + "\n"
	for _, f := range err.Trace {
		if at := run.Position(f.Pos); at != "" {
			text += "\t" + at + " in " + f.Func + "\n"
		}
	}
	// Nobody is left to tell if the report cannot be written.
	_, _ = run.Stderr.Write([]byte(text))
}

// Tell notes that a call begins that is given Option, and so stops by itself when
// Context ends. It returns Done, to be called when the call is over.
func (run *Run) Tell() (done func()) {
	run.told.Add(1)
	return run.Done
}

// Done ends what Tell began.
func (run *Run) Done() { run.told.Add(-1) }

// Told reports whether a call is under way that knows the context.
func (run *Run) Told() bool { return run.told.Load() > 0 }

// Stdin reads lines that the person is asked for.
func (run *Run) Stdin() io.Reader {
	run.mu.Lock()
	defer run.mu.Unlock()
	if run.input == nil {
		run.input = bufio.NewReader(&lineReader{run: run})
	}
	return run.input
}

type lineReader struct {
	run  *Run
	rest strings.Reader
}

func (r *lineReader) Read(p []byte) (int, error) {
	if r.rest.Len() == 0 {
		line, err := r.run.Ask("", false)
		if err != nil {
			return 0, err
		}
		r.rest.Reset(line + "\n")
	}
	return r.rest.Read(p)
}
