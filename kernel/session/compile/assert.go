package compile

import (
	"go/types"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// typeAssert is x.(T), with or without ok.
func (c *fnc) typeAssert(in *ssa.TypeAssert) {
	c.note(in.Pos())
	x := fn[any](c.operand(in.X))
	from, want := c.p.rt(in.X.Type()), c.p.rt(in.AssertedType)
	var holds func(*rtype) bool
	toIface := types.IsInterface(in.AssertedType)
	if toIface {
		holds = c.p.implementer(want)
	} else {
		holds = func(t *rtype) bool { return t == want }
	}
	if !in.CommaOk && toIface {
		bound := ofMethodValue(in)
		c.define(in, expr(func(fp *Frame) any {
			x := x(fp)
			switch t := efaceOf(&x).typ; {
			case t == nil && bound:
				nilDereference()
			case t == nil:
				assertionFailed(nil, nil, want)
			case !holds(t):
				assertionFailed(from, t, want)
			}
			return x
		}), reads)
		return
	}
	o := c.p.opsFor(in.AssertedType)
	c.barrier(writes)
	var off, okOff uintptr
	if in.CommaOk {
		_, offs := c.tuple(in)
		off, okOff = offs[0], offs[1]
	} else {
		off = c.lay.alloc(in.Type())
		c.vals[in] = home{v: slotVal(off)}
	}
	if toIface {
		c.out = append(c.out, func(fp *Frame) {
			x := x(fp)
			t := efaceOf(&x).typ
			ok := t != nil && holds(t)
			if !ok {
				x = nil
			}
			*slotPtr[any](fp, off) = x
			*slotPtr[bool](fp, okOff) = ok
		})
		return
	}
	take, zero := o.unbox(off), o.store(off, o.zero())
	c.out = append(c.out, func(fp *Frame) {
		x := x(fp)
		e := efaceOf(&x)
		ok := e.typ == want
		switch {
		case ok:
			take(fp, e.data)
		case okOff == 0:
			assertionFailed(from, e.typ, want)
		default:
			zero(fp)
		}
		if okOff != 0 {
			*slotPtr[bool](fp, okOff) = ok
		}
	})
}

// ofMethodValue reports whether in is none of the source, but what the SSA builder
// puts before a method value x.M to find a nil x.
func ofMethodValue(in *ssa.TypeAssert) bool {
	instrs := in.Block().Instrs
	next, ok := instrs[slices.Index(instrs, ssa.Instruction(in))+1].(*ssa.MakeClosure)
	return ok && len(next.Bindings) == 1 && next.Bindings[0] == in.X
}

// implementer tells which dynamic types implement the interface want.
func (p *Program) implementer(want *rtype) func(*rtype) bool {
	w := want.reflect()
	if len((*interfaceType)(unsafe.Pointer(want)).methods) == 0 {
		return func(*rtype) bool { return true }
	}
	type question struct {
		t     *rtype
		epoch int64 // a type may get methods later
	}
	var known sync.Map
	return func(t *rtype) bool {
		q := question{t, p.epoch.Load()}
		if v, ok := known.Load(q); ok {
			return v.(bool)
		}
		ok := t.reflect().Implements(w)
		known.Store(q, ok)
		return ok
	}
}

// typeAssertionError is runtime.TypeAssertionError.
type typeAssertionError struct {
	inter, concrete, asserted *rtype
	missing                   string
}

func assertionFailed(from, dyn, want *rtype) {
	e := new(runtime.TypeAssertionError)
	t := (*typeAssertionError)(unsafe.Pointer(e))
	t.inter, t.concrete, t.asserted = from, dyn, want
	if dyn != nil && want.kind == uint8(reflect.Interface) {
		w := want.reflect()
		for i := range w.NumMethod() {
			if _, ok := dyn.reflect().MethodByName(w.Method(i).Name); !ok {
				t.missing = w.Method(i).Name
				break
			}
		}
		if t.missing == "" {
			t.missing = w.Method(0).Name
		}
	}
	panic(e)
}

// Asserted are the type of the value and the type that was wanted in an assertion
// that failed; nil where a type is not one of the program's.
func (p *Program) Asserted(e *runtime.TypeAssertionError) (concrete, wanted types.Type) {
	t := (*typeAssertionError)(unsafe.Pointer(e))
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.typeOf[t.concrete], p.typeOf[t.asserted]
}

func itoa(n int) string {
	if n < 0 {
		return "-" + itoa(-n)
	}
	if n >= 10 {
		return itoa(n/10) + itoa(n%10)
	}
	return string(rune('0' + n))
}
