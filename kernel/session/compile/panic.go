package compile

import (
	"errors"
	"fmt"
	"go/token"
	"runtime"
	runtimedebug "runtime/debug"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// ErrStopped is the error of a run that was stopped.
var ErrStopped = errors.New("stopped")

// A StoppedError is ErrStopped with the place where the run was.
type StoppedError struct{ Trace []Call }

func (*StoppedError) Error() string { return ErrStopped.Error() }
func (*StoppedError) Unwrap() error { return ErrStopped }

// stopped unwinds what a stopped run was doing; recover does not see it.
type stopped struct{}

func (stopped) Error() string { return ErrStopped.Error() }

// An ExitError is a call of os.Exit, which ends the run rather than the process.
type ExitError struct {
	Code  int
	Trace []Call
}

func (e *ExitError) Error() string { return fmt.Sprintf("exit status %d", e.Code) }

// A PanicError is a panic that nothing recovered.
type PanicError struct {
	Value     any
	Trace     []Call // innermost first
	Goroutine bool   // not the run's own
}

// A Call is an entry of a trace.
type Call struct {
	Func string
	Pos  token.Position
	At   token.Pos // the same

	of *Func
}

func (e *PanicError) Error() string { return "panic: " + panicText(e.Value) }

// Traceback is the trace as Go prints it.
func (e *PanicError) Traceback() string {
	var b strings.Builder
	for _, c := range e.Trace {
		fmt.Fprintf(&b, "%s(...)\n\t%s:%d\n", c.Func, c.Pos.Filename, c.Pos.Line)
	}
	return b.String()
}

func panicText(v any) string {
	switch v := v.(type) {
	case runtime.Error:
		return v.Error()
	case error:
		return v.Error()
	case fmt.Stringer:
		return v.String()
	case string:
		return v
	}
	return fmt.Sprintf("%T(%#v)", v, v)
}

type panicking struct {
	value     any
	recovered bool
	trace     []Call // where it was raised
}

// A deferred is a call that a frame makes before it returns.
type deferred struct {
	nf      *Frame
	next    *deferred
	recover bool // a call of recover itself; nf is nil
}

type deferList struct{ head *deferred }

func (fp *Frame) deferredCalls() *deferList {
	if fp.defers == nil {
		fp.defers = new(deferList)
	}
	return fp.defers
}

func (c *fnc) deferStmt(in *ssa.Defer) {
	pos := in.Pos()
	list := func(fp *Frame) *deferList { return fp.deferredCalls() }
	if in.DeferStack != nil {
		f := fn[unsafe.Pointer](c.operand(in.DeferStack))
		list = func(fp *Frame) *deferList { return (*deferList)(f(fp)) }
	}
	if b, ok := in.Call.Value.(*ssa.Builtin); ok && b.Name() == "recover" {
		c.emit(func(fp *Frame) {
			l := list(fp)
			l.head = &deferred{next: l.head, recover: true}
		})
		return
	}
	prep := c.prepareAny(&in.Call)
	c.emit(func(fp *Frame) {
		fp.pos = pos
		d := fp.th.deferred()
		d.nf = prep(fp, fp.th)
		l := list(fp)
		d.next = l.head
		l.head = d
	})
}

// runDefers makes the deferred calls of a frame that returns.
func (fp *Frame) runDefers() {
	l := fp.defers
	if l == nil {
		return
	}
	for l.head != nil {
		d := l.head
		l.head = d.next
		fp.runDefer(d, nil)
		*d = deferred{next: fp.th.spare}
		fp.th.spare = d
	}
}

// deferred takes a call to be deferred, used before or new.
func (th *Thread) deferred() *deferred {
	d := th.spare
	if d == nil {
		return new(deferred)
	}
	th.spare, d.next = d.next, nil
	return d
}

func (fp *Frame) runDefer(d *deferred, pk *panicking) {
	if d.recover {
		// It counts as called by fp, whose own panic it cannot see.
		if pk == nil || pk.recovered {
			fp.recover()
		}
		return
	}
	th, nf := fp.th, d.nf
	cleaning := th.cleaning
	if th.run.stop.Load() {
		th.cleaning = time.Now()
	}
	if pk != nil && !pk.recovered {
		nf.panic = pk
	}
	nf.call(fp)
	nf.panic = nil
	th.leave(nf)
	th.cleaning = cleaning
}

// recover is the builtin in a function whose frame is fp.
func (fp *Frame) recover() any {
	pk := fp.panic
	if pk == nil || pk.recovered || private(pk.value) {
		return nil
	}
	pk.recovered = true
	fp.th.trace, fp.th.traced = nil, nil
	return pk.value
}

func isExit(v any) bool {
	_, ok := v.(*ExitError)
	return ok
}

// private panics are not the program's own.
func private(v any) bool {
	switch v.(type) {
	case stopped, *ExitError, goexit:
		return true
	}
	return false
}

// runDeferred runs a function that defers.
//
// A panic is raised again only when the native one is over: the deferred calls
// of thousands of frames would pile up on the stack otherwise.
func (c *Code) runDeferred(fp *Frame) {
	for b := c.entry; b != nil; {
		next, pk := c.protected(fp, b)
		if pk != nil {
			if pk = fp.unwind(pk); !pk.recovered {
				panic(pk.value)
			}
			next = c.recover
		}
		b = next
	}
}

// protected runs from b on, and returns the panic that ended that, if one did.
func (c *Code) protected(fp *Frame, b *block) (next *block, pk *panicking) {
	th, at := fp.th, fp.th.place
	at.top = fp
	returned := false
	defer func() {
		if returned {
			return
		}
		v := recover()
		if v == nil { // runtime.Goexit: deferred calls run, then it goes on
			th.place = at
			fp.runDefers()
			return
		}
		th.keepTrace(v)
		th.place = at
		pk = &panicking{value: v, trace: th.trace}
	}()
	for b != nil {
		b = b.run(fp)
	}
	returned = true
	return nil, nil
}

// unwind makes the deferred calls of a frame that panics; a panic in one of them
// takes over. After os.Exit none is made.
func (fp *Frame) unwind(pk *panicking) *panicking {
	l := fp.defers
	for l != nil && l.head != nil && !isExit(pk.value) {
		d := l.head
		l.head = d.next
		if again := fp.guarded(d, pk); again != nil {
			pk = again
		}
	}
	return pk
}

func (fp *Frame) guarded(d *deferred, pk *panicking) (again *panicking) {
	th, at := fp.th, fp.th.place
	at.top = fp
	returned := false
	defer func() {
		if returned {
			return
		}
		if v := recover(); v != nil {
			th.keepTrace(v)
			th.place = at
			again = &panicking{value: v, trace: th.trace}
		}
	}()
	fp.runDefer(d, pk)
	returned = true
	return nil
}

// keepTrace remembers where v was raised, before frames are gone. What it
// remembers of another panic is of one that compiled code has recovered, or that
// v took over from.
func (th *Thread) keepTrace(v any) {
	if th.trace != nil && *efaceOf(&th.traced) == *efaceOf(&v) {
		return
	}
	th.trace, th.traced = nil, v
	fset := th.run.p.cfg.Fset
	for f, n := th.top, 0; f != nil && n < 100; f, n = f.parent, n+1 {
		if f.code.wrapper {
			continue
		}
		th.trace = append(th.trace, Call{f.code.f.name, fset.Position(f.pos), f.pos, f.code.f})
	}
}

// check ends the thread if its run was stopped.
func (th *Thread) check() {
	if th.run.stop.Load() {
		th.halt()
	}
}

// grace is how long a deferred call of a stopped run may take.
const grace = time.Second

// halt unwinds what the thread does, but not in a deferred call. It does so again
// where compiled code has recovered, as package fmt does when String panics.
func (th *Thread) halt() {
	if th.tidying() && time.Since(th.cleaning) < grace {
		return
	}
	panic(stopped{})
}

// tidying tells whether a deferred call is under way in a run that was stopped.
func (th *Thread) tidying() bool { return !th.cleaning.IsZero() }

// start runs f as the run's own goroutine.
func (r *Run) start(f *Func) (err error) {
	th := newThread(r)
	r.finished.Store(false)
	r.p.current.Store(r)
	defer r.finished.Store(true)
	crowd.Add(1)
	defer crowd.Add(-1)
	defer th.adopt()()
	runtimedebug.SetPanicOnFault(true)
	returned := false
	defer func() {
		if returned {
			return
		}
		v := recover()
		if v == nil {
			err = errors.New("runtime.Goexit ended the run")
			return
		}
		err = th.fault(v)
	}()
	nf := f.frame(th)
	nf.call(nil)
	returned = true
	return nil
}

// fault makes an error of a panic. In a run that was stopped it is that: code that
// raises again what recover gave it, as sync.OnceFunc does, has something else.
func (th *Thread) fault(v any) error {
	th.keepTrace(v)
	if exit, ok := v.(*ExitError); ok {
		exit.Trace = th.trace
		return exit
	}
	if th.run.stop.Load() {
		return &StoppedError{th.trace}
	}
	if refused, ok := v.(*refusedError); ok {
		v = refused.error
	}
	return &PanicError{Value: v, Trace: th.trace}
}

// goroutine is a go statement's new goroutine.
func (th *Thread) goroutine(nf *Frame) { th.apart(func() { nf.call(nil) }) }

// apart calls f as all that th does on a goroutine of its own, which whoever
// starts it has counted.
func (th *Thread) apart(f func()) {
	defer crowd.Add(-1)
	defer th.adopt()()
	runtimedebug.SetPanicOnFault(true)
	returned := false
	defer func() {
		if returned {
			return
		}
		v := recover()
		if v == nil {
			return
		}
		th.report(v)
	}()
	f()
	returned = true
}
