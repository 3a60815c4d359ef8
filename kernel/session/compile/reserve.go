package compile

import (
	"go/token"
	"unsafe"
)

// largeAllocation is what is asked about before it is allocated: a heap that
// grows in smaller steps is seen to grow.
const largeAllocation = 1 << 20

// addressSpace is the size from which nothing can be allocated.
const addressSpace = 1 << 47

// reserve asks the embedder before n bytes are allocated at pos.
func (fp *Frame) reserve(pos token.Pos, n uintptr) {
	if n < largeAllocation {
		return
	}
	fp.pos = pos
	fp.th.run.p.reserve(n)
}

func (p *Program) reserve(n uintptr) {
	if p.cfg.Reserve != nil {
		if err := p.cfg.Reserve(n); err != nil {
			panic(&refusedError{err})
		}
	}
}

// zeroed is a new variable, or a frame, of type r.
func (p *Program) zeroed(r *rtype) unsafe.Pointer {
	if r.size >= largeAllocation {
		p.reserve(r.size)
	}
	return unsafeNew(r)
}

// A refusedError is the panic with the error of Config.Reserve, or of a type that
// cannot be, which runs and [Program.Compile] fail with.
type refusedError struct{ error }

func (e *refusedError) Unwrap() error { return e.error }

// reserveGrowth is reserve for append of n elements to s.
func (fp *Frame) reserveGrowth(pos token.Pos, s slice, n int, size uintptr) {
	if s.len+n > s.cap {
		fp.reserve(pos, uintptr(max(s.len+n, s.cap+s.cap/4))*size)
	}
}
