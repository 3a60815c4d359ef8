package compile

import (
	"go/token"
	"go/types"
	"runtime"
	"sync"
	"time"
	"unsafe"
)

// A Frame is one activation of an interpreted function. Its values follow it in
// memory, at offsets that the compiler of the function chose, with a pointer
// mask of their own: the garbage collector sees a frame as what it is.
type Frame struct {
	th     *Thread
	code   *Code
	parent *Frame     // the caller; in a free list, the next free frame
	defers *deferList // calls to make before returning
	panic  *panicking // the panic whose deferred call this is: recover answers it
	pos    token.Pos  // where the frame is, for traces
	below  uintptr    // bytes of the frames between the shallow ones and this one, which is none of them
}

const frameHeader = unsafe.Sizeof(Frame{})

func (fp *Frame) at(off uintptr) unsafe.Pointer { return unsafe.Add(unsafe.Pointer(fp), off) }

func slotPtr[T any](fp *Frame, off uintptr) *T { return (*T)(unsafe.Add(unsafe.Pointer(fp), off)) }

// A layout hands out the offsets of a frame.
type layout struct {
	p    *Program
	size uintptr
	mask ptrMask
}

func (p *Program) newLayout() *layout {
	l := &layout{p: p, size: frameHeader}
	for _, off := range []uintptr{unsafe.Offsetof(Frame{}.th), unsafe.Offsetof(Frame{}.code), unsafe.Offsetof(Frame{}.parent), unsafe.Offsetof(Frame{}.defers), unsafe.Offsetof(Frame{}.panic)} {
		l.mask.set(int(off / 8))
	}
	return l
}

// alloc reserves room for a value of type t as frames hold it: interfaces as
// eface whatever their methods, tuples as their parts in order.
func (l *layout) alloc(t types.Type) uintptr {
	if tup, ok := t.(*types.Tuple); ok {
		offs := tupleOffsets(l.p, tup)
		l.align(8)
		base := l.size
		for i, o := range offs {
			l.size = base + o
			l.alloc(tup.At(i).Type())
		}
		l.align(8)
		return base
	}
	l.align(uintptr(l.p.sizes.Alignof(t)))
	off := l.size
	l.p.addMask(&l.mask, t, int64(off))
	// A value without size has a byte, lest its address be beyond the frame.
	l.size += max(uintptr(l.p.sizes.Sizeof(t)), 1)
	return off
}

func (l *layout) align(a uintptr) {
	if a > 1 {
		l.size = (l.size + a - 1) / a * a
	}
}

// tupleOffsets says where the parts of a tuple are from its start.
func tupleOffsets(p *Program, t *types.Tuple) []uintptr {
	var off uintptr
	offs := make([]uintptr, t.Len())
	for i := range offs {
		typ := t.At(i).Type()
		if a := uintptr(p.sizes.Alignof(typ)); a > 1 {
			off = (off + a - 1) / a * a
		}
		offs[i] = off
		off += uintptr(p.sizes.Sizeof(typ))
	}
	return offs
}

// descriptor is the runtime type of the whole frame.
func (l *layout) descriptor() *rtype {
	l.align(8)
	r := new(structType)
	r.size = l.size
	r.ptrBytes = uintptr(l.mask.len()) * 8
	r.gcData = l.mask.bytes()
	r.align, r.fieldAlign = 8, 8
	r.kind = rtypeFor[struct{}]().kind
	return &r.rtype
}

// hasPointers tells whether anything after the header is a pointer.
func (l *layout) hasPointers() bool { return l.mask.len()*8 > int(frameHeader) }

// A sigLayout says where parameters and results of a signature are in a frame.
// They come first, in the same places for every function of the signature; a
// receiver follows them, so that its size does not move them.
type sigLayout struct {
	params  []uintptr
	results []uintptr
	recv    uintptr
}

func (l *layout) signature(sig *types.Signature, recv types.Type) sigLayout {
	var s sigLayout
	for v := range sig.Results().Variables() {
		s.results = append(s.results, l.alloc(v.Type()))
	}
	for v := range sig.Params().Variables() {
		s.params = append(s.params, l.alloc(v.Type()))
	}
	if recv != nil {
		s.recv = l.alloc(recv)
	}
	return s
}

// sigLayout is the layout of calls to functions of sig.
func (p *Program) sigLayout(sig *types.Signature, recv types.Type) sigLayout {
	return p.newLayout().signature(sig, recv)
}

// A Thread is what one goroutine's interpreted calls share.
type Thread struct {
	run *Run
	place
	free   []*Frame   // by Code.id: frames to use again
	spare  *deferred  // deferred calls to use again, in a list
	regs   []*regArgs // for calls of compiled functions
	trace  []Call     // where traced, a panic that is under way, was raised
	traced any

	guest bool // on a goroutine that compiled code has started
}

// A place is where a thread is: what a panic that is recovered goes back to.
type place struct {
	top      *Frame    // innermost active frame
	depth    int32     // of active frames
	cleaning time.Time // when the deferred call under way began, in a run that was stopped; else zero
}

func newThread(r *Run) *Thread { return &Thread{run: r} }

// alloc takes a frame for code.
func (th *Thread) alloc(c *Code) *Frame {
	if c.id < len(th.free) {
		if f := th.free[c.id]; f != nil {
			th.free[c.id] = f.parent
			return f
		}
	}
	f := (*Frame)(th.run.p.zeroed(c.frame))
	f.th = th
	f.code = c
	return f
}

// enter makes f, whose arguments are in place, the innermost frame.
func (th *Thread) enter(f, parent *Frame) {
	f.parent = parent
	th.top = f
	if th.depth++; th.depth > th.run.limit.Load() {
		th.deep(f)
	}
}

// leave gives f back after its results were read.
func (th *Thread) leave(f *Frame) {
	th.top = f.parent
	th.depth--
	c := f.code
	if c.once {
		return
	}
	if c.pointers {
		if f.defers != nil && f.defers.head != nil {
			f.defers = nil
		}
		typedmemclrpartial(c.frame, f.at(frameHeader), frameHeader, c.clear)
	}
	if c.id >= len(th.free) {
		th.grow(c.id)
	}
	f.parent = th.free[c.id]
	th.free[c.id] = f
}

// codeIDs numbers code densely: each thread has a list of free frames for every
// number. That of code which nobody can call any more, so that no thread has a
// frame of it either, goes to other code.
type codeIDs struct {
	next int
	mu   sync.Mutex // guards free, which cleanups fill
	free []int
}

func (ids *codeIDs) number(c *Code) {
	ids.mu.Lock()
	defer ids.mu.Unlock()
	if n := len(ids.free); n > 0 {
		c.id, ids.free = ids.free[n-1], ids.free[:n-1]
	} else {
		c.id = ids.next
		ids.next++
	}
	runtime.AddCleanup(c, ids.release, c.id)
}

func (ids *codeIDs) release(id int) {
	ids.mu.Lock()
	defer ids.mu.Unlock()
	ids.free = append(ids.free, id)
}

func (th *Thread) grow(id int) {
	n := make([]*Frame, id+id/4+16)
	copy(n, th.free)
	th.free = n
}
