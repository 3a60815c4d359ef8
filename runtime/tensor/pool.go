package tensor

import (
	"runtime"
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
	loops   []*loop      // to be used again
	limit   atomic.Int32 // how many processors a loop may use; 0: all

	// What helpers look at all the time stands on a cache line of its own.
	_       [128]byte
	current atomic.Pointer[loop]
	shared  atomic.Uint64 // how many loops there have been
	_       [112]byte
}

// processors is the pool of the process, as there is one set of processors.
var processors Pool

// Parallel calls body(lo, hi) for pieces that together cover 0 to n, at most
// grain long, on all processors at once. Which goroutine does which piece is mostly
// the same for the same n, but not for sure: pieces must not depend on one another.
func Parallel(n, grain int, body func(lo, hi int)) { processors.Parallel(n, grain, body) }

// Share is Parallel for a task: a loop body that brings its variables along, and
// that can be used again where a function literal would be made anew.
func Share(n, grain int, t Task) { processors.Share(n, grain, t) }

// LimitWorkers lets at most n processors work on the loops to come, all there are
// if n is 0, and returns what it was before. The processors are those of the
// process, and so is the limit. Numbers do not depend on it.
func LimitWorkers(n int) (was int) { return int(processors.limit.Swap(int32(n))) }

// A Task is the body of a parallel loop.
type Task interface {
	// Piece does the elements lo to hi-1.
	Piece(lo, hi int)
}

// body is a function as a Task.
type body func(lo, hi int)

func (b body) Piece(lo, hi int) { b(lo, hi) }

// lookOut is how long an idle helper looks out for the next loop before it
// sleeps. Waking one takes longer than this.
const lookOut = 100 * time.Microsecond

// patience is how often one looks for what another goroutine does before one lets
// others have the processor: a few microseconds. Whoever gives way more often comes
// back on another processor, away from his caches.
const patience = 4096

type helper struct {
	pool   *Pool
	worker int // which part of a loop is its own
	asleep atomic.Bool
	wake   chan struct{}
}

// Parallel is like the function of that name, on this pool.
func (p *Pool) Parallel(n, grain int, f func(lo, hi int)) { p.Share(n, grain, body(f)) }

// Share is like the function of that name, on this pool.
func (p *Pool) Share(n, grain int, t Task) {
	grain = max(grain, 1)
	workers := min(p.workers(), (n+grain-1)/grain)
	// When another goroutine's loop is being shared, this one is done alone: the
	// processors are taken.
	if workers < 2 || !p.mu.TryLock() {
		for lo := 0; lo < n; lo += grain {
			t.Piece(lo, min(lo+grain, n))
		}
		return
	}
	defer p.mu.Unlock()
	l := p.loop()
	l.open(n, grain, workers, t)
	p.show(l)
	l.work(0)
	for looks := 1; l.left.Load() > 0; looks++ {
		if looks%patience == 0 {
			runtime.Gosched() // it may be the helper that waits for this processor
		}
	}
	p.current.Store(nil)
	f := l.failure.Swap(nil)
	l.task = nil
	l.leave()
	if f != nil {
		err, isError := f.Value.(error)
		if _, isFault := err.(runtime.Error); isError && !isFault {
			panic(err)
		}
		panic(f)
	}
}

// workers is how many processors a loop may use.
func (p *Pool) workers() int {
	n := runtime.GOMAXPROCS(0)
	if limit := int(p.limit.Load()); limit > 0 {
		n = min(n, limit)
	}
	return n
}

// loop returns one that is closed. A helper that was held up may still be in one
// that has long been done.
func (p *Pool) loop() *loop {
	for _, l := range p.loops {
		if l.closed() {
			return l
		}
	}
	l := new(loop)
	p.loops = append(p.loops, l)
	return l
}

// show shows l to its helpers and wakes those that sleep.
func (p *Pool) show(l *loop) {
	helpers := len(l.parts) - 1
	for len(p.helpers) < helpers {
		h := &helper{pool: p, worker: len(p.helpers) + 1, wake: make(chan struct{}, 1)}
		p.helpers = append(p.helpers, h)
		go h.run()
	}
	p.current.Store(l)
	p.shared.Add(1)
	for _, h := range p.helpers[:helpers] {
		if h.asleep.CompareAndSwap(true, false) {
			h.wake <- struct{}{}
		}
	}
}

func (h *helper) run() {
	var last uint64
	idle := time.Now()
	for looks := 1; ; looks++ {
		if shared := h.pool.shared.Load(); shared != last {
			last = shared
			if l := h.pool.current.Load(); l != nil && l.join() {
				if h.worker < len(l.parts) {
					l.work(h.worker)
					idle = time.Now()
				}
				l.leave()
			}
			continue
		}
		if looks%patience != 0 {
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
