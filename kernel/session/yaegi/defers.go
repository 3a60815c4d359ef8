package yaegi

import (
	"reflect"
	"slices"

	"setun/kernel/session/engine"
)

// panicking is a panic on its way through a function with deferred calls.
type panicking struct {
	value     any
	recovered bool
}

// try calls f and returns its panic; normal is false if f ended in another way
// than by returning or by a panic, that is by runtime.Goexit.
func try(f func()) (p *panicking, normal bool) {
	normal = false
	defer func() {
		if r := recover(); r != nil {
			p, normal = &panicking{value: r}, true
		}
	}()
	f()
	return nil, true
}

// callDeferring calls a function with defer statements. Its results are what is
// in memory when its deferred calls are done.
func (fr *Frame) callDeferring(in []reflect.Value) (out []reflect.Value) {
	normal := false
	defer func() {
		if !normal { // runtime.Goexit: the deferred calls run, and it goes on
			fr.runDefers(nil)
		}
	}()
	p, ended := try(func() { fr.body.fn.Call(in) })
	if !ended {
		return nil
	}
	normal = true
	if p = fr.runDefers(p); p != nil {
		panic(p.value)
	}
	for _, r := range fr.results {
		out = append(out, erased(r.Elem()))
	}
	return out
}

// runDefers runs the deferred calls, last one first, and returns the panic that
// is left.
func (fr *Frame) runDefers(p *panicking) *panicking {
	fr.state.calm.Add(1)
	defer fr.state.calm.Add(-1)
	for len(fr.defers) > 0 {
		last := len(fr.defers) - 1
		call := fr.defers[last]
		fr.defers = fr.defers[:last]
		fr.panicked = p
		q, _ := try(func() { call(&Frame{state: fr.state, body: fr.body, deferrer: fr}) })
		if q != nil {
			p = q
		} else if p != nil && p.recovered {
			p = nil
			fr.state.forget()
		}
	}
	fr.panicked = nil
	return p
}

// recovered is recover() in a call of the function of fr.
func (fr *Frame) recovered() any {
	d := fr.deferrer
	if d == nil || d.panicked == nil || d.panicked.recovered {
		return nil
	}
	switch d.panicked.value.(type) {
	case stopSignal, engine.ExitError:
		return nil
	}
	d.panicked.recovered = true
	return d.panicked.value
}

// deferred is the operation that puts op off to the end of the function.
func (n *names) deferred(o *op) *op {
	return n.op("defer "+o.name, o.in, nil, func(fr *Frame, a []reflect.Value) []reflect.Value {
		a = slices.Clone(a)
		fr.defers = append(fr.defers, func(from *Frame) { o.fn(from, a) })
		return nil
	})
}

// concurrent is the operation that runs op on a goroutine of its own, whose
// panics end nothing else.
func (n *names) concurrent(o *op) *op {
	return n.op("go "+o.name, o.in, nil, func(fr *Frame, a []reflect.Value) []reflect.Value {
		a, st := slices.Clone(a), fr.state
		from := &Frame{state: st, body: fr.body}
		go func() {
			defer st.own()()
			if p, _ := try(func() { o.fn(from, a) }); p != nil {
				st.report(p.value)
			}
		}()
		return nil
	})
}
