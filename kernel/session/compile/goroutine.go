package compile

import (
	"errors"
	"fmt"
	runtimedebug "runtime/debug"
	"sync"
)

// Calls from compiled code must go on with the thread of the goroutine that they
// are made on: its run, its depth, its trace. A goroutine is told by the address
// of the runtime's descriptor, the one thing of it that those it starts do not
// inherit. On goroutines that compiled code has started there is no thread, and
// nobody to recover from a panic, which would end the process: there a call gets
// a thread for as long as it lasts, reports the panic to the run and returns
// zero values.

// goroutine tells goroutines apart as long as they live.
func goroutine() uintptr

// Goroutine tells the calling goroutine from the others that there are.
func Goroutine() uintptr { return goroutine() }

// goroutines finds the thread of a goroutine.
type goroutines [64]struct {
	sync.Mutex
	threads map[uintptr]*Thread
}

func (g *goroutines) thread(id uintptr) *Thread {
	s := &g[id>>8%uintptr(len(g))]
	s.Lock()
	th := s.threads[id]
	s.Unlock()
	return th
}

// set makes th the thread of a goroutine; nil forgets the goroutine.
func (g *goroutines) set(id uintptr, th *Thread) {
	s := &g[id>>8%uintptr(len(g))]
	s.Lock()
	defer s.Unlock()
	switch {
	case th == nil:
		delete(s.threads, id)
		return
	case s.threads == nil:
		s.threads = map[uintptr]*Thread{}
	}
	s.threads[id] = th
}

// adopt makes the calling goroutine th's until done is called.
func (th *Thread) adopt() (done func()) {
	g, id := &th.run.p.goroutines, goroutine()
	g.set(id, th)
	return func() { g.set(id, nil) }
}

// callback is the thread for a call from compiled code. callbackDone follows.
func (p *Program) callback() *Thread {
	id := goroutine()
	if th := p.goroutines.thread(id); th != nil {
		return th
	}
	var r *Run
	if p.cfg.Current != nil {
		r = p.cfg.Current()
	}
	if r == nil {
		if r = p.current.Load(); r == nil || r.finished.Load() {
			r = p.idle
		}
	}
	th, _ := r.threads.Get().(*Thread)
	if th == nil {
		th = newThread(r)
	}
	th.guest = true
	runtimedebug.SetPanicOnFault(true)
	crowd.Add(1)
	p.goroutines.set(id, th)
	return th
}

// callBack runs nf, whose arguments are in place, for compiled code.
func (th *Thread) callBack(nf *Frame) {
	if !th.guest || th.depth > 0 {
		if v := th.nested(nf); v != nil {
			panic(v)
		}
		return
	}
	returned := false
	defer func() {
		if returned {
			return
		}
		v := recover()
		if v == nil { // runtime.Goexit
			crowd.Add(-1)
			th.run.p.goroutines.set(goroutine(), nil)
			return
		}
		th.report(v)
		// As if nf had returned.
		th.place, th.trace = place{top: nf, depth: 1}, nil
		nf.parent = nil
	}()
	nf.call(nil)
	returned = true
}

// nested runs nf above the frames that there are, and returns the panic that ended
// it: compiled code in between may recover, and the thread is to go on where it
// was then.
func (th *Thread) nested(nf *Frame) (panicked any) {
	at := th.place
	returned := false
	defer func() {
		if returned {
			return
		}
		if panicked = recover(); panicked != nil {
			th.keepTrace(panicked)
		}
		th.place = at
	}()
	nf.call(at.top)
	returned = true
	return nil
}

func (p *Program) callbackDone(th *Thread) {
	if th.guest && th.depth == 0 {
		crowd.Add(-1)
		p.goroutines.set(goroutine(), nil)
		th.place, th.trace, th.traced = place{}, nil, nil
		th.run.threads.Put(th)
	}
}

// report tells the run of a panic that ended a goroutine other than its own.
func (th *Thread) report(v any) {
	if _, ok := v.(goexit); ok {
		return // it has ended a goroutine, as it is to do
	}
	err := th.fault(v)
	if errors.Is(err, ErrStopped) {
		return
	}
	if e, ok := err.(*PanicError); ok {
		e.Goroutine = true
	}
	if th.run.Fault != nil {
		th.run.Fault(err)
		return
	}
	fmt.Fprintf(th.run.p.cfg.Stderr, "%v\n", err)
}
