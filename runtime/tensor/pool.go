package tensor

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// A Pool shares out loops among goroutines: the caller and as many helpers as
// there are other processors for Go (GOMAXPROCS). The helpers look out for work
// for a moment after each loop, because the next one usually follows at once,
// and then sleep.
//
// The zero Pool is ready to use.
type Pool struct {
	mu      sync.Mutex // held by the one caller whose loop is being shared
	helpers []*helper
	current atomic.Pointer[loop]
	shared  atomic.Uint64 // how many loops there have been
}

// processors is the pool of the process, as there is one set of processors.
var processors Pool

// Parallel calls body(lo, hi) for pieces that together cover 0 to n, at most
// grain long, on all processors at once. Which goroutine does which piece is not
// determined: pieces must not depend on one another.
func Parallel(n, grain int, body func(lo, hi int)) { processors.Parallel(n, grain, body) }

// Share is Parallel for a task: a loop body that brings its variables along, and
// that can be used again where a function literal would be made anew.
func Share(n, grain int, t Task) { processors.Share(n, grain, t) }

// A Task is the body of a parallel loop.
type Task interface {
	// Piece does the elements lo to hi-1.
	Piece(lo, hi int)
}

// body is a function as a Task.
type body func(lo, hi int)

func (b body) Piece(lo, hi int) { b(lo, hi) }

// loop is one call of Share. Loops are used again: a helper that comes late may
// find another call in the one that it was shown, which is as good, or find it
// closed.
type loop struct {
	task     Task
	n, grain int
	helpers  int          // how many may join
	next     atomic.Int64 // where the next piece starts
	left     atomic.Int64 // elements that are not done
	inside   atomic.Int32 // goroutines that work on it; closed when there is none
	failure  atomic.Pointer[WorkerPanic]
}

var loops = sync.Pool{New: func() any { return new(loop) }}

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

// close leaves l; the last one out recycles it.
func (l *loop) close() {
	if l.inside.Add(-1) == 0 {
		l.task = nil
		l.failure.Store(nil)
		loops.Put(l)
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

// lookOut is how long an idle helper looks out for the next loop before it
// sleeps. Waking one takes longer than this.
const lookOut = 100 * time.Microsecond

type helper struct {
	pool   *Pool
	index  int
	asleep atomic.Bool
	wake   chan struct{}
}

// Parallel is like the function of that name, on this pool.
func (p *Pool) Parallel(n, grain int, f func(lo, hi int)) { p.Share(n, grain, body(f)) }

// Share is like the function of that name, on this pool.
func (p *Pool) Share(n, grain int, t Task) {
	grain = max(grain, 1)
	if n <= grain {
		if n > 0 {
			t.Piece(0, n)
		}
		return
	}
	l := loops.Get().(*loop)
	l.task, l.n, l.grain = t, n, grain
	l.helpers = min(runtime.GOMAXPROCS(0)-1, (n+grain-1)/grain-1)
	l.next.Store(0)
	l.left.Store(int64(n))
	l.inside.Store(1) // opens it
	// When another goroutine's loop is being shared, this one is done alone:
	// the processors are taken.
	if l.helpers > 0 && p.mu.TryLock() {
		p.show(l)
		defer p.mu.Unlock()
		defer p.current.Store(nil)
	}
	l.work()
	for looks := 1; l.left.Load() > 0; looks++ {
		if looks%256 == 0 {
			runtime.Gosched()
		}
	}
	f := l.failure.Load()
	l.close()
	if f != nil {
		err, isError := f.Value.(error)
		if _, isFault := err.(runtime.Error); isError && !isFault {
			panic(err)
		}
		panic(f)
	}
}

// show shows l to its helpers and wakes those that sleep.
func (p *Pool) show(l *loop) {
	for len(p.helpers) < l.helpers {
		h := &helper{pool: p, index: len(p.helpers), wake: make(chan struct{}, 1)}
		p.helpers = append(p.helpers, h)
		go h.run()
	}
	p.current.Store(l)
	p.shared.Add(1)
	for _, h := range p.helpers[:l.helpers] {
		if h.asleep.CompareAndSwap(true, false) {
			h.wake <- struct{}{}
		}
	}
}

// work does pieces until none is left to start.
func (l *loop) work() {
	for {
		lo := int(l.next.Add(int64(l.grain))) - l.grain
		if lo >= l.n {
			return
		}
		hi := min(lo+l.grain, l.n)
		l.piece(lo, hi)
		l.left.Add(int64(lo - hi))
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

func (h *helper) run() {
	var last uint64
	idle := time.Now()
	for spins := 1; ; spins++ {
		if shared := h.pool.shared.Load(); shared != last {
			last = shared
			if l := h.pool.current.Load(); l != nil && l.join() {
				if h.index < l.helpers {
					l.work()
					idle = time.Now()
				}
				l.close()
			}
			continue
		}
		if spins%16 != 0 {
			continue
		}
		runtime.Gosched()
		if time.Since(idle) > lookOut {
			h.asleep.Store(true)
			// A loop may have come between the last look and the falling asleep.
			if h.pool.shared.Load() != last && h.asleep.CompareAndSwap(true, false) {
				continue
			}
			<-h.wake
			idle = time.Now()
		}
	}
}
