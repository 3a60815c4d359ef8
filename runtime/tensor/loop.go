package tensor

import (
	"fmt"
	"runtime/debug"
	"sync/atomic"
)

// loop is one call of Share. Loops are used again: a helper that comes late may
// find another call in the one that it was shown, which is as good, or find it
// closed.
//
// Each worker has a part of its own, always the same one for the same sizes, and
// takes pieces of others' only when it has done its own. So what a worker wrote in
// one loop it reads in the next, out of its own caches: where two workers do not
// share a cache (the core complexes of an AMD processor, sockets), loops whose
// pieces go to anybody make a training step slower than it is on one processor.
type loop struct {
	task     Task
	n, grain int
	parts    []part       // one for each worker; the caller's first
	left     atomic.Int64 // elements that are not done
	inside   atomic.Int32 // goroutines that work on it; closed when there is none
	failure  atomic.Pointer[WorkerPanic]
}

// part is the elements that one worker starts with, on cache lines of its own.
type part struct {
	next atomic.Int64 // where the next piece starts
	end  int
	_    [112]byte
}

// open divides n elements among workers.
func (l *loop) open(n, grain, workers int, t Task) {
	l.task, l.n, l.grain = t, n, grain
	if cap(l.parts) < workers {
		l.parts = make([]part, workers)
	}
	l.parts = l.parts[:workers]
	pieces := (n + grain - 1) / grain
	for i := range l.parts {
		l.parts[i].next.Store(int64(i * pieces / workers * grain))
		l.parts[i].end = min((i+1)*pieces/workers*grain, n)
	}
	l.left.Store(int64(n))
	l.inside.Store(1) // opens it
}

// join reports whether l was open, and enters it.
func (l *loop) join() bool {
	for {
		inside := l.inside.Load()
		if inside == 0 {
			return false
		}
		if l.inside.CompareAndSwap(inside, inside+1) {
			return true
		}
	}
}

// leave closes l if the one who leaves is the last.
func (l *loop) leave() { l.inside.Add(-1) }

// closed reports whether l can be opened again.
func (l *loop) closed() bool { return l.inside.Load() == 0 }

// work does the pieces of a worker's own part and then those that others have not
// started.
func (l *loop) work(worker int) {
	done := 0
	for i := range l.parts {
		p := &l.parts[(worker+i)%len(l.parts)]
		for int(p.next.Load()) < p.end {
			lo := int(p.next.Add(int64(l.grain))) - l.grain
			if lo >= p.end {
				break
			}
			hi := min(lo+l.grain, p.end)
			l.piece(lo, hi)
			done += hi - lo
		}
	}
	if done > 0 {
		l.left.Add(int64(-done))
	}
}

func (l *loop) piece(lo, hi int) {
	defer func() {
		if v := recover(); v != nil {
			l.failure.CompareAndSwap(nil, &WorkerPanic{Value: v, Stack: debug.Stack()})
		}
	}()
	if l.failure.Load() == nil {
		l.task.Piece(lo, hi)
	}
}

// A WorkerPanic is a panic in a piece of a parallel loop that was not raised for
// people to read, such as an index out of range: the value and where it
// happened. Other errors reach the caller of Parallel as they are.
type WorkerPanic struct {
	Value any
	Stack []byte
}

func (p *WorkerPanic) Error() string { return "panic in a worker: " + fmt.Sprint(p.Value) }
