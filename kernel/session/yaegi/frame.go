package yaegi

import (
	"context"
	"errors"
	"go/token"
	"reflect"
	"sync"
	"sync/atomic"

	"setun/kernel/session/compile"
	"setun/kernel/session/engine"
)

// maxDepth keeps a runaway recursion from ending the process: yaegi's frames and
// package reflect's need some 4 KB of stack a call.
const maxDepth = 10_000

// maxTrace limits the calls that a panic remembers.
const maxTrace = 50

// A Frame is one call of a function that yaegi runs.
type Frame struct {
	state    *state
	body     *body
	pos      token.Pos
	defers   []func(from *Frame)
	panicked *panicking      // what the deferred functions run for
	results  []reflect.Value // pointers, of functions with deferred calls
	deferrer *Frame          // whose deferred function this is a call of
}

// state is what the calls of one run share.
type state struct {
	e       *Engine
	run     *engine.Run
	stopped atomic.Bool
	calm    atomic.Int32 // deferred functions under way, which an interrupt leaves alone
	depth   atomic.Int32
	results []reflect.Value // where the cell's values go
	valued  bool            // they are there

	mu    sync.Mutex
	trace []engine.Frame
	owned map[uintptr]bool // goroutines whose panics are recovered from
}

func (e *Engine) state(run *engine.Run) *state {
	if st, ok := e.states.Load(run); ok {
		return st.(*state)
	}
	st := &state{e: e, run: run, owned: map[uintptr]bool{}}
	if other, ok := e.states.LoadOrStore(run, st); ok {
		return other.(*state)
	}
	context.AfterFunc(run.Context, func() { st.stopped.Store(true) })
	return st
}

// entry is the frame of a call that compiled code makes.
func (e *Engine) entry() *Frame { return &Frame{state: e.state(e.config.Runs.Latest())} }

// A stopSignal unwinds what is interrupted. No recover sees it.
type stopSignal struct{}

// A runtimeError is a panic that Go's runtime would raise.
type runtimeError string

func (e runtimeError) Error() string { return "runtime error: " + string(e) }
func (e runtimeError) RuntimeError() {}

func (st *state) check() {
	if st.stopped.Load() && st.calm.Load() == 0 {
		panic(stopSignal{})
	}
}

// at notes where a function is, and stops what is interrupted.
func at(fr *Frame, pos int) {
	fr.state.check()
	fr.pos = token.Pos(pos)
}

// enter calls a function of a cell.
func (e *Engine) enter(caller *Frame, b *body, args []reflect.Value) []reflect.Value {
	st := caller.state
	if st.depth.Add(1) > maxDepth {
		st.depth.Add(-1)
		panic(typeError("stack overflow: the open calls fill the 64 MB that a goroutine has (infinite recursion?)"))
	}
	fr := &Frame{state: st, body: b, deferrer: caller.deferrer}
	defer st.depth.Add(-1)
	in := append([]reflect.Value{reflect.ValueOf(fr)}, args...)
	var out []reflect.Value
	// A panic starts anew at each call: yaegi recovers from it and panics again
	// while it unwinds, and a thousand panics on one stack take seconds.
	p, _ := try(func() {
		if b.deferred {
			out = fr.callDeferring(in)
		} else {
			out = b.fn.Call(in)
		}
	})
	if p != nil {
		st.note(fr)
		panic(p.value)
	}
	return out
}

func (st *state) note(fr *Frame) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if len(st.trace) < maxTrace {
		st.trace = append(st.trace, engine.Frame{Func: fr.body.title, Pos: fr.pos})
	}
}

func (st *state) forget() {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.trace = nil
}

// failure is the error for the panic p.
func (st *state) failure(p any) error {
	if _, ok := p.(stopSignal); ok {
		return engine.ErrInterrupted
	}
	if err, ok := p.(error); ok && st.stopped.Load() && errors.Is(err, context.Canceled) {
		return engine.ErrInterrupted
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	trace := st.trace
	st.trace = nil
	return &engine.PanicError{Value: p, Trace: trace}
}

// report tells of a panic that ended a goroutine other than the cell's.
func (st *state) report(p any) {
	var pe *engine.PanicError
	if !errors.As(st.failure(p), &pe) {
		return // stopped with its run
	}
	st.run.Fault(pe)
}

// own notes that a panic on this goroutine will be recovered from, until the
// function that it returns is called.
func (st *state) own() (done func()) {
	id := compile.Goroutine()
	st.mu.Lock()
	defer st.mu.Unlock()
	st.owned[id] = true
	return func() {
		st.mu.Lock()
		defer st.mu.Unlock()
		delete(st.owned, id)
	}
}

// guard runs a call that compiled code makes. Where compiled code has started
// the goroutine nobody recovers from a panic, which would end the process: there
// it is reported, and the call returns zero values.
func (st *state) guard(rt reflect.Type, call func() []reflect.Value) (out []reflect.Value) {
	done := false
	defer func() {
		if done {
			return
		}
		st.mu.Lock()
		owned := st.owned[compile.Goroutine()]
		st.mu.Unlock()
		if owned {
			return // the panic goes on
		}
		p := recover()
		if p == nil {
			return // runtime.Goexit
		}
		st.report(p)
		for t := range rt.Outs() {
			out = append(out, reflect.Zero(t))
		}
	}()
	out = call()
	done = true
	return out
}
