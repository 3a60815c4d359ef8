package interp

import (
	"go/token"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
)

// maxDepth limits the calls of interpreted functions that one goroutine has
// open: Go's own stack limit ends the process and cannot be recovered from.
const maxDepth = 10_000

// A frame is one call of an interpreted function.
type frame struct {
	fn     *function
	vars   []ptr // the memory of each variable
	caller *frame
	th     *thread
	pos    token.Pos // where it is: the statement or call being run
	depth  int
	label  string // target of a break or continue under way, "" for the innermost

	defers    []func() // deferred calls, ready to run
	deferOf   *frame   // the frame that runs this call as a deferred one
	panicking bool     // this frame runs its defers because of a panic
	panicked  any      // its value
}

// A thread is what the frames of one goroutine share.
type thread struct {
	run     *Run
	top     *frame // the innermost frame
	deferOf *frame // set while a deferred call is being made: the frame it belongs to
}

// A slot describes one variable of a function.
type slot struct {
	rt    reflect.Type
	fresh bool // may be referred to after the call, so each has memory of its own
	early bool // exists from the start of the call: parameters and results
}

// A function is the code of an interpreted function.
type function struct {
	name     string
	slots    []slot
	params   []int // slots, the receiver first
	results  []int
	captures []int // slots that a closure fills with the variables it refers to
	body     func(*frame) ctl
	defers   bool // has a defer statement
	rt       reflect.Type

	pool sync.Pool
}

// A funcSlot is a function by name: redefining it replaces fn, so that callers
// see the new one.
type funcSlot struct {
	name string
	fn   *function
}

// A closure is a function with the variables that it refers to.
type closure struct {
	fn       *function
	captured []ptr
}

// ctl says how to go on after a statement.
type ctl int

const (
	next ctl = iota
	brk
	cont
	ret
	fall
)

// enter makes the frame of a call from f, which may be nil.
func (fn *function) enter(f *frame, th *thread) *frame {
	if th.run.stopped.Load() {
		panic(stopSignal{})
	}
	fr, _ := fn.pool.Get().(*frame)
	if fr == nil {
		fr = &frame{fn: fn, vars: make([]ptr, len(fn.slots))}
		for i, s := range fn.slots {
			if !s.fresh {
				fr.vars[i] = reflect.New(s.rt).UnsafePointer()
			}
		}
	}
	fr.caller, fr.th, fr.deferOf = f, th, th.deferOf
	th.deferOf = nil
	if f != nil {
		if fr.depth = f.depth + 1; fr.depth > maxDepth {
			panic(errRecursion)
		}
	}
	for i, s := range fn.slots {
		if s.fresh && s.early {
			fr.vars[i] = reflect.New(s.rt).UnsafePointer()
		}
	}
	for _, i := range fn.results {
		if s := fn.slots[i]; !s.fresh {
			reflect.NewAt(s.rt, fr.vars[i]).Elem().SetZero()
		}
	}
	return fr
}

// call runs the body of fr's function.
func (fr *frame) call() {
	th := fr.th
	th.top = fr
	if fr.fn.defers {
		fr.callDeferring()
	} else {
		fr.fn.body(fr)
	}
	th.top = fr.caller
}

// callDeferring runs the body, then the deferred calls, whatever happens.
func (fr *frame) callDeferring() {
	returned := false
	defer func() {
		if !returned {
			// Also on runtime.Goexit, when there is nothing to recover.
			fr.panicked = recover()
			fr.panicking = fr.panicked != nil
		}
		fr.runDefers()
		if fr.panicking {
			panic(fr.panicked)
		}
	}()
	fr.fn.body(fr)
	returned = true
}

func (fr *frame) runDefers() {
	for len(fr.defers) > 0 {
		last := len(fr.defers) - 1
		d := fr.defers[last]
		fr.defers = fr.defers[:last]
		func() {
			defer func() {
				fr.th.deferOf = nil
				if p := recover(); p != nil {
					// A panic in a deferred call takes the place of the first.
					fr.panicking, fr.panicked = true, p
				}
			}()
			fr.th.deferOf = fr
			d()
		}()
	}
}

// release gives the frame back once its results have been read. Only memory that
// nothing can refer to any more is used again.
func (fr *frame) release() {
	fn := fr.fn
	fr.caller, fr.th, fr.deferOf, fr.label = nil, nil, nil, ""
	fr.defers, fr.panicking, fr.panicked, fr.depth = nil, false, nil, 0
	fn.pool.Put(fr)
}

// resultValues copies the results out of the frame and releases it.
func (fr *frame) resultValues() []reflect.Value {
	out := make([]reflect.Value, len(fr.fn.results))
	for i, s := range fr.fn.results {
		out[i] = copyOf(reflect.NewAt(fr.fn.slots[s].rt, fr.vars[s]).Elem())
	}
	fr.release()
	return out
}

// copyOf is v in memory of its own.
func copyOf(v reflect.Value) reflect.Value {
	c := reflect.New(v.Type()).Elem()
	c.Set(v)
	return c
}

// invoke calls the closure from f with arguments in memory of their own.
func (cl *closure) invoke(f *frame, th *thread, args []reflect.Value) []reflect.Value {
	fr := cl.fn.enter(f, th)
	for i, s := range cl.fn.captures {
		fr.vars[s] = cl.captured[i]
	}
	for i, s := range cl.fn.params {
		reflect.NewAt(cl.fn.slots[s].rt, fr.vars[s]).Elem().Set(args[i])
	}
	fr.call()
	return fr.resultValues()
}

var compiledEntries atomic.Uint32

// compiled makes a Go function of the closure that current returns, so that
// compiled code can call it.
func (m *Machine) compiled(rt reflect.Type, home *Run, current func() *closure) reflect.Value {
	return reflect.MakeFunc(rt, func(args []reflect.Value) []reflect.Value {
		run := m.current()
		if run == nil {
			run = home
		}
		// Recursion through func values has no frame to count in: now and then
		// look at the real stack.
		if compiledEntries.Add(1)%256 == 0 {
			var pc [1]uintptr
			if runtime.Callers(maxDepth*10, pc[:]) > 0 {
				panic(errRecursion)
			}
		}
		th := &thread{run: run, deferOf: run.takeDefer()}
		return run.guard(th, rt, func() []reflect.Value { return current().invoke(nil, th, args) })
	})
}
