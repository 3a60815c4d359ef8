package interp

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	_ "unsafe" // for go:linkname
)

// A stopSignal unwinds what is interrupted. No recover sees it.
type stopSignal struct{}

// ExitError is the panic of os.Exit and log.Fatal in a cell.
type ExitError struct{ Code int }

func (e ExitError) Error() string { return "exit status " + strconv.Itoa(e.Code) }

// runtimeError is a panic that Go's runtime would raise.
type runtimeError string

func (e runtimeError) Error() string { return string(e) }
func (e runtimeError) RuntimeError() {}

const errRecursion = runtimeError("stack overflow: more than 10000 calls are open (infinite recursion?)")

// A PanicError is a panic that ended a run.
type PanicError struct {
	Value any
	Trace []Frame // innermost first
}

func (e *PanicError) Error() string { return PanicMessage(e.Value) }

// PanicMessage is what Go prints about a panic value, without the goroutines.
func PanicMessage(v any) string {
	switch v := v.(type) {
	case error:
		return v.Error()
	case fmt.Stringer:
		return v.String()
	case string:
		return v
	case fmt.Formatter:
		return fmt.Sprint(v)
	}
	return fmt.Sprintf("%T: %v", v, v)
}

// ErrInterrupted is the error of a run whose context ended.
var ErrInterrupted = fmt.Errorf("interrupted: %w", context.Canceled)

//go:linkname goroutineLabels runtime/pprof.runtime_getProfLabel
func goroutineLabels() ptr

// current is the run that this goroutine belongs to: goroutines inherit labels,
// so also those that compiled code started for it. Nil outside of any run.
func (m *Machine) current() *Run {
	if r, ok := m.runs.Load(goroutineLabels()); ok {
		return r.(*Run)
	}
	return m.last.Load()
}

// Current is the run that the calling goroutine belongs to, nil if there is none.
func (m *Machine) Current() *Run {
	if r, ok := m.runs.Load(goroutineLabels()); ok {
		return r.(*Run)
	}
	return nil
}

// start runs the cell function on the calling goroutine, whose labels are the
// run's own.
func (m *Machine) start(run *Run, main *function, values func(*frame) []Value) (out []Value, err error) {
	m.remember(goroutineLabels(), run)
	context.AfterFunc(run.Context, func() { run.stopped.Store(true) })
	th := &thread{run: run}
	defer func() {
		p := recover()
		if exit, ok := p.(ExitError); ok && exit.Code == 0 {
			return // the end of the cell, and no failure
		}
		if p != nil {
			out, err = nil, run.failure(p, th)
		}
	}()
	defer run.own()()
	fr := main.enter(nil, th)
	fr.call()
	return values(fr), nil
}

// keptRuns is how many runs are remembered for goroutines that outlive them.
const keptRuns = 1000

func (m *Machine) remember(labels ptr, run *Run) {
	m.runs.Store(labels, run)
	m.last.Store(run)
	if m.order = append(m.order, labels); len(m.order) > keptRuns {
		m.runs.Delete(m.order[0])
		m.order = m.order[1:]
	}
}

// failure is the error for the panic p.
func (run *Run) failure(p any, th *thread) error {
	if _, ok := p.(stopSignal); ok {
		return ErrInterrupted
	}
	if run.stopped.Load() {
		if err, ok := p.(error); ok && isCanceled(err) {
			return ErrInterrupted
		}
	}
	run.mu.Lock()
	inner := run.trace
	run.trace = nil
	run.mu.Unlock()
	return &PanicError{Value: p, Trace: append(inner, th.trace()...)}
}

// noteTrace keeps the frames that a panic has left behind at a boundary to
// compiled code.
func (run *Run) noteTrace(trace []Frame) {
	run.mu.Lock()
	defer run.mu.Unlock()
	if len(run.trace) < 100 {
		run.trace = append(run.trace, trace...)
	}
}

// takeDefer is the frame whose deferred func value is being called.
func (run *Run) takeDefer() *frame { return run.pending.Swap(nil) }

// trace lists the open calls, innermost first.
func (th *thread) trace() []Frame {
	var out []Frame
	for fr := th.top; fr != nil && len(out) < 50; fr = fr.caller {
		out = append(out, Frame{fr.fn.name, fr.pos})
	}
	return out
}

// goStmt starts call on a goroutine of its own, whose panics end nothing else.
func (f *frame) goStmt(call func(*thread)) {
	run := f.th.run
	go func() {
		th := &thread{run: run}
		defer func() {
			if p := recover(); p != nil {
				run.report(p, th)
			}
		}()
		defer run.own()()
		call(th)
	}()
}

// report tells of a panic that ended a goroutine other than the cell's.
func (run *Run) report(p any, th *thread) {
	pe, ok := run.failure(p, th).(*PanicError)
	if !ok {
		return // stopped with its run
	}
	text := "panic in a goroutine: " + pe.Error() + "\n"
	if len(pe.Trace) > 0 {
		text += "\t" + run.Position(pe.Trace[0].Pos) + "\n"
	}
	// Nobody is left to tell if the report cannot be written.
	_, _ = run.Stderr.Write([]byte(text))
}

// own notes that a panic on this goroutine will be recovered from, until the
// function that it returns is called.
func (run *Run) own() (done func()) {
	id := goroutine()
	run.owned.Store(id, true)
	return func() { run.owned.Delete(id) }
}

// guard runs a call that compiled code makes. Where compiled code has started the
// goroutine nobody recovers from a panic, which would end the process: there it
// is reported, and the call returns zero values of the results of rt.
func (run *Run) guard(th *thread, rt reflect.Type, call func() []reflect.Value) (out []reflect.Value) {
	done := false
	defer func() {
		if done {
			return
		}
		if _, ok := run.owned.Load(goroutine()); ok {
			run.noteTrace(th.trace())
			return // the panic goes on
		}
		p := recover()
		if p == nil {
			return // runtime.Goexit
		}
		run.report(p, th)
		out = make([]reflect.Value, rt.NumOut())
		for i := range out {
			out[i] = reflect.Zero(rt.Out(i))
		}
	}()
	out = call()
	done = true
	return out
}

func isCanceled(err error) bool { return errors.Is(err, context.Canceled) }

// done is closed when the run is to stop, for select.
func (run *Run) done() reflect.Value { return reflect.ValueOf(run.Context.Done()) }
