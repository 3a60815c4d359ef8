package compile

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"sync/atomic"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// A Func is a function that others call. What it does can be replaced: callers
// hold the Func, not its code.
type Func struct {
	p      *Program
	name   string
	pos    token.Pos // of its declaration
	sig    *types.Signature
	code   atomic.Pointer[Code]
	fn     *ssa.Function           // what to compile
	make   func(c *fnc)            // or how: for thunks around compiled functions and builtins
	recv   types.Type              // of the receiver or nil
	static atomic.Pointer[closure] // the function as a value
	unit   *unit                   // of fn
	once   bool                    // runs once: its frames are not kept
	native unsafe.Pointer          // of a compiled function: its value
	obj    *types.Func             // of a compiled function

	// For function values, once prepare ran:
	ftype    reflect.Type
	lay      sigLayout
	shim     func(*closure) unsafe.Pointer
	template makeFunc
}

// Code is a compiled function body.
type Code struct {
	f        *Func
	id       int    // index of free frames
	frame    *rtype // of the whole frame
	clear    uintptr
	pointers bool // frames hold pointers
	once     bool // frames are not used again
	wrapper  bool // made by the compiler: recover looks through it
	lay      sigLayout
	free     []freeVar
	entry    *block
	recover  *block // where to go on after a recovered panic
	defers   bool
}

// A freeVar is where a captured variable goes in the frame.
type freeVar struct {
	off uintptr
	r   *rtype // nil for a pointer, which is kept as it is; else it is copied
}

// A block is a basic block: run does it and says what is next.
type block struct {
	run func(*Frame) *block
}

// shared is the Func of an SSA function that any code may mention.
func (p *Program) shared(fn *ssa.Function) *Func {
	if f, ok := p.funcs[fn]; ok {
		return f
	}
	obj, _ := fn.Object().(*types.Func)
	if obj != nil && p.ssa.FuncValue(obj) != fn {
		obj = nil // a wrapper or an instance
	}
	if f := p.byObj[obj]; f != nil {
		p.funcs[fn] = f
		return f
	}
	if f := p.override(fn); f != nil {
		p.funcs[fn] = f
		return f
	}
	f := newFunc(p, fn)
	p.funcs[fn] = f
	if obj != nil {
		p.byObj[obj] = f
	}
	return f
}

func newFunc(p *Program, fn *ssa.Function) *Func {
	f := &Func{p: p, name: goName(fn.String()), pos: fn.Pos(), sig: fn.Signature, fn: fn}
	if r := fn.Signature.Recv(); r != nil {
		f.recv = r.Type()
	}
	return f
}

// become gives f the code of fn, which is of u.
func (f *Func) become(fn *ssa.Function, u *unit) {
	f.fn, f.unit = fn, u
	f.make = nil
	f.code.Store(nil)
}

// frame takes a frame for a call of f.
func (f *Func) frame(th *Thread) *Frame {
	c := f.code.Load()
	if c == nil {
		c = f.compile()
	}
	return th.alloc(c)
}

// compile makes f's code the first time it is called.
func (f *Func) compile() *Code {
	f.p.mu.Lock()
	defer f.p.mu.Unlock()
	if c := f.code.Load(); c != nil {
		return c
	}
	c := f.p.compile(f)
	f.p.flush()
	f.code.Store(c)
	return c
}

// call runs nf, whose arguments are in place, on behalf of fp.
func (nf *Frame) call(fp *Frame) {
	nf.th.enter(nf, fp)
	c := nf.code
	if c.defers {
		c.runDeferred(nf)
		return
	}
	for b := c.entry.run(nf); b != nil; {
		b = b.run(nf)
	}
}

// A closure is an interpreted function value. Its first two words make it a
// function value for compiled code too: that enters at closurePC, which goes on
// to native.
type closure struct {
	pc     uintptr
	native unsafe.Pointer // a compiled function value of the same signature
	f      *Func
	env    []unsafe.Pointer // captured variables, in the order of Code.free
}

// isClosure tells whether the function value p is interpreted.
func isClosure(p unsafe.Pointer) bool { return *(*uintptr)(p) == entryPC }

var entryPC = closurePC()

// newClosure makes a function value of f with room for so many captured variables.
func newClosure(f *Func, captures int) *closure {
	if f.shim == nil {
		c := new(fullClosure)
		c.pc, c.f, c.env = entryPC, f, make([]unsafe.Pointer, captures)
		f.handle(c)
		return &c.closure
	}
	var c *closure
	if captures <= len(smallClosure{}.room) {
		s := new(smallClosure)
		c, s.env = &s.closure, s.room[:captures]
	} else {
		c = &closure{env: make([]unsafe.Pointer, captures)}
	}
	c.pc, c.f, c.native = entryPC, f, f.shim(c)
	return c
}

// A smallClosure has room for what most closures capture.
type smallClosure struct {
	closure
	room [2]unsafe.Pointer
}

// value is f as a function value that captures nothing.
func (f *Func) value() *closure {
	if c := f.static.Load(); c != nil {
		return c
	}
	c := newClosure(f, 0)
	f.static.CompareAndSwap(nil, c)
	return f.static.Load()
}

// frame takes a frame for a call of c, captured variables in place.
func (c *closure) frame(th *Thread) *Frame {
	nf := c.f.frame(th)
	for i, v := range nf.code.free {
		if v.r == nil {
			*slotPtr[unsafe.Pointer](nf, v.off) = c.env[i]
		} else {
			typedmemmove(v.r, nf.at(v.off), c.env[i])
		}
	}
	return nf
}

func (f *Func) String() string { return fmt.Sprintf("func %s", f.name) }
