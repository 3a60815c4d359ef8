package compile

import (
	"go/token"
	"go/types"
	"unsafe"
)

type (
	signed interface {
		int | int8 | int16 | int32 | int64
	}
	unsigned interface {
		uint | uint8 | uint16 | uint32 | uint64 | uintptr
	}
	integer interface{ signed | unsigned }
	float   interface{ float32 | float64 }
	cmplx   interface{ complex64 | complex128 }
	number  interface{ integer | float | cmplx }
	ordered interface{ integer | float | string }
)

// A kind is a way to hold values: which Go type T their closures return.
type kind uint8

const (
	kBool kind = iota
	kInt
	kInt8
	kInt16
	kInt32
	kInt64
	kUint
	kUint8
	kUint16
	kUint32
	kUint64
	kUintptr
	kFloat32
	kFloat64
	kComplex64
	kComplex128
	kString
	kPtr   // pointer, map, channel, function
	kIface // interface, held as any
	kSlice
	kMem   // struct, array
	kTuple // several results
)

var basicKinds = map[types.BasicKind]kind{
	types.Bool: kBool, types.Int: kInt, types.Int8: kInt8, types.Int16: kInt16, types.Int32: kInt32, types.Int64: kInt64,
	types.Uint: kUint, types.Uint8: kUint8, types.Uint16: kUint16, types.Uint32: kUint32, types.Uint64: kUint64, types.Uintptr: kUintptr,
	types.Float32: kFloat32, types.Float64: kFloat64, types.Complex64: kComplex64, types.Complex128: kComplex128, types.String: kString,
	types.UnsafePointer: kPtr, types.UntypedNil: kPtr,
	types.UntypedBool: kBool, types.UntypedInt: kInt, types.UntypedRune: kInt32, types.UntypedFloat: kFloat64, types.UntypedComplex: kComplex128, types.UntypedString: kString,
}

func kindOf(t types.Type) kind {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return basicKinds[u.Kind()]
	case *types.Interface:
		return kIface
	case *types.Slice:
		return kSlice
	case *types.Struct, *types.Array:
		return kMem
	case *types.Tuple:
		return kTuple
	}
	return kPtr
}

// ops is what every kind of value can do. Where it says slot it means the
// frame's form of a value, where it says memory the form that Go programs see;
// they differ only for interfaces with methods.
type ops interface {
	load(addr val) val                                      // value in the memory at addr
	put(addr, v val) instr                                  // memory at addr ← v
	store(off uintptr, v val) instr                         // slot ← v
	arg(off uintptr, v val) mover                           // slot of a called frame ← v
	mem(c *fnc, v val) func(*Frame) unsafe.Pointer          // where v is in memory; a copy, or to be read at once
	box(v val) val                                          // any(v)
	unbox(off uintptr) func(fp *Frame, data unsafe.Pointer) // slot ← what an interface's data word holds
	fetch(off uintptr) func(fp *Frame, p unsafe.Pointer)    // slot ← memory at p
	ret(off uintptr, v val) func(*Frame) *block             // return v, whose result slot is off
	zero() val
	equal(x, y val) val
	appendTo(pos token.Pos, s, v val) val                       // append(s, v)
	static(f *Func, args []mover, res uintptr, c *callSite) val // call with a single result
	result(res, off uintptr) mover                              // slot off of the caller ← slot res of the called frame
}

// opsFor is the ops of type t.
func (p *Program) opsFor(t types.Type) ops {
	switch kindOf(t) {
	case kBool:
		return typed[bool]{p.rt(t)}
	case kInt:
		return typed[int]{p.rt(t)}
	case kInt8:
		return typed[int8]{p.rt(t)}
	case kInt16:
		return typed[int16]{p.rt(t)}
	case kInt32:
		return typed[int32]{p.rt(t)}
	case kInt64:
		return typed[int64]{p.rt(t)}
	case kUint:
		return typed[uint]{p.rt(t)}
	case kUint8:
		return typed[uint8]{p.rt(t)}
	case kUint16:
		return typed[uint16]{p.rt(t)}
	case kUint32:
		return typed[uint32]{p.rt(t)}
	case kUint64:
		return typed[uint64]{p.rt(t)}
	case kUintptr:
		return typed[uintptr]{p.rt(t)}
	case kFloat32:
		return typed[float32]{p.rt(t)}
	case kFloat64:
		return typed[float64]{p.rt(t)}
	case kComplex64:
		return typed[complex64]{p.rt(t)}
	case kComplex128:
		return typed[complex128]{p.rt(t)}
	case kString:
		return typed[string]{p.rt(t)}
	case kSlice:
		return typed[slice]{p.rt(t)}
	case kPtr:
		return typed[unsafe.Pointer]{p.rt(t)}
	case kIface:
		if t.Underlying().(*types.Interface).NumMethods() == 0 {
			return typed[any]{p.rt(t)}
		}
		return methods{typed[any]{p.rt(t)}, (*interfaceType)(unsafe.Pointer(p.rt(t)))}
	case kMem:
		return memory{p.rt(t)}
	}
	panic("compile: no operations on " + t.String())
}

// typed is the ops of the kinds that a Go type T can hold.
type typed[T comparable] struct{ r *rtype }

func (typed[T]) load(a val) val                             { return load[T](a) }
func (typed[T]) put(a, v val) instr                         { return put[T](a, v) }
func (typed[T]) store(off uintptr, v val) instr             { return store[T](off, v) }
func (typed[T]) arg(off uintptr, v val) mover               { return argument[T](off, v) }
func (typed[T]) ret(off uintptr, v val) func(*Frame) *block { return giveBack[T](off, v) }
func (typed[T]) zero() val                                  { var z T; return konst(z) }
func (typed[T]) equal(x, y val) val                         { return eql[T](x, y) }
func (typed[T]) result(res, off uintptr) mover {
	return func(fp, nf *Frame) { *slotPtr[T](fp, off) = *slotPtr[T](nf, res) }
}

func (o typed[T]) mem(c *fnc, v val) func(*Frame) unsafe.Pointer {
	switch v.mode {
	case mSlot:
		off := v.off
		return func(fp *Frame) unsafe.Pointer { return fp.at(off) }
	case mConst:
		p := new(T)
		*p = constOf[T](v)
		return func(*Frame) unsafe.Pointer { return unsafe.Pointer(p) }
	}
	f, off := fn[T](v), c.temp(o.r)
	return func(fp *Frame) unsafe.Pointer {
		p := fp.at(off)
		*(*T)(p) = f(fp)
		return p
	}
}

func (o typed[T]) box(v val) val {
	r := o.r
	if v.mode == mConst {
		var x any
		p := new(T)
		*p = constOf[T](v)
		e := efaceOf(&x)
		e.typ = r
		if r.direct() {
			e.data = *(*unsafe.Pointer)(unsafe.Pointer(p))
		} else {
			e.data = unsafe.Pointer(p)
		}
		return konst(x)
	}
	if r.direct() {
		f := fn[unsafe.Pointer](v)
		return expr(func(fp *Frame) any {
			var x any
			e := efaceOf(&x)
			e.data = f(fp)
			e.typ = r
			return x
		})
	}
	f := fn[T](v)
	return expr(func(fp *Frame) any {
		var x any
		p := new(T)
		*p = f(fp)
		e := efaceOf(&x)
		e.typ, e.data = r, unsafe.Pointer(p)
		return x
	})
}

func (o typed[T]) unbox(off uintptr) func(*Frame, unsafe.Pointer) {
	if o.r.direct() {
		return func(fp *Frame, data unsafe.Pointer) { *slotPtr[unsafe.Pointer](fp, off) = data }
	}
	return func(fp *Frame, data unsafe.Pointer) { *slotPtr[T](fp, off) = *(*T)(data) }
}

func (o typed[T]) fetch(off uintptr) func(*Frame, unsafe.Pointer) {
	return func(fp *Frame, p unsafe.Pointer) { *slotPtr[T](fp, off) = *(*T)(p) }
}

// static calls f: the frame is made first, then the arguments move in.
func (typed[T]) static(f *Func, args []mover, res uintptr, c *callSite) val {
	pos := c.pos
	switch len(args) {
	case 0:
		return expr(func(fp *Frame) T {
			nf := f.frame(fp.th)
			fp.pos = pos
			nf.call(fp)
			r := *slotPtr[T](nf, res)
			fp.th.leave(nf)
			return r
		})
	case 1:
		a := args[0]
		return expr(func(fp *Frame) T {
			nf := f.frame(fp.th)
			a(fp, nf)
			fp.pos = pos
			nf.call(fp)
			r := *slotPtr[T](nf, res)
			fp.th.leave(nf)
			return r
		})
	case 2:
		a, b := args[0], args[1]
		return expr(func(fp *Frame) T {
			nf := f.frame(fp.th)
			a(fp, nf)
			b(fp, nf)
			fp.pos = pos
			nf.call(fp)
			r := *slotPtr[T](nf, res)
			fp.th.leave(nf)
			return r
		})
	}
	return expr(func(fp *Frame) T {
		nf := f.frame(fp.th)
		for _, a := range args {
			a(fp, nf)
		}
		fp.pos = pos
		nf.call(fp)
		r := *slotPtr[T](nf, res)
		fp.th.leave(nf)
		return r
	})
}

// methods is the ops of interfaces with methods: any in a slot, an itab in
// memory.
type methods struct {
	typed[any]
	r *interfaceType
}

func (o methods) load(a val) val {
	p, pos := fn[unsafe.Pointer](a), a.pos
	return expr(func(fp *Frame) any { p := p(fp); fp.pos = pos; return loadIface(p) })
}

func (o methods) fetch(off uintptr) func(*Frame, unsafe.Pointer) {
	return func(fp *Frame, p unsafe.Pointer) { *slotPtr[any](fp, off) = loadIface(p) }
}

func loadIface(p unsafe.Pointer) any {
	i := *(*iface)(p)
	var x any
	if i.tab != nil {
		e := efaceOf(&x)
		e.typ, e.data = i.tab.typ, i.data
	}
	return x
}

func (o methods) put(a, v val) instr {
	p, f, conv := fn[unsafe.Pointer](a), fn[any](v), newConverter(o.r)
	pos := a.pos
	return func(fp *Frame) { p, x := p(fp), f(fp); fp.pos = pos; conv.store(p, x) }
}

func (o methods) mem(c *fnc, v val) func(*Frame) unsafe.Pointer {
	off, f, conv := c.temp(rtypeFor[error]()), fn[any](v), newConverter(o.r)
	return func(fp *Frame) unsafe.Pointer {
		p := fp.at(off)
		conv.store(p, f(fp))
		return p
	}
}

// memory is the ops of structs and arrays, whose closures give addresses.
type memory struct{ r *rtype }

func (o memory) load(a val) val {
	if a.mode == mFrame {
		return slotVal(a.off)
	}
	p, pos := fn[unsafe.Pointer](a), a.pos
	return expr(func(fp *Frame) unsafe.Pointer {
		p := p(fp)
		fp.pos = pos
		if p == nil {
			nilDereference()
		}
		return p
	})
}

func (o memory) put(a, v val) instr {
	if a.mode == mFrame {
		return o.store(a.off, v)
	}
	p, q, r, pos := fn[unsafe.Pointer](a), memFn(v), o.r, a.pos
	return func(fp *Frame) {
		p, q := p(fp), q(fp)
		fp.pos = pos
		if p == nil {
			nilDereference()
		}
		r.move(p, q)
	}
}

func (o memory) store(off uintptr, v val) instr {
	r := o.r
	if v.mode == mSlot {
		src := v.off
		return func(fp *Frame) { r.move(fp.at(off), fp.at(src)) }
	}
	q := memFn(v)
	return func(fp *Frame) { r.move(fp.at(off), q(fp)) }
}

func (o memory) ret(off uintptr, v val) func(*Frame) *block {
	q, r := memFn(v), o.r
	return func(fp *Frame) *block { r.move(fp.at(off), q(fp)); return nil }
}

func (o memory) arg(off uintptr, v val) mover {
	q, r := memFn(v), o.r
	return func(fp, nf *Frame) { r.move(nf.at(off), q(fp)) }
}

func (o memory) result(res, off uintptr) mover {
	r := o.r
	return func(fp, nf *Frame) { r.move(fp.at(off), nf.at(res)) }
}

func (o memory) mem(_ *fnc, v val) func(*Frame) unsafe.Pointer { return memFn(v) }

func (o memory) box(v val) val {
	q, r := memFn(v), o.r
	return expr(func(fp *Frame) any { return r.toAny(q(fp)) })
}

func (o memory) unbox(off uintptr) func(*Frame, unsafe.Pointer) {
	r := o.r
	if r.direct() {
		return func(fp *Frame, data unsafe.Pointer) { *slotPtr[unsafe.Pointer](fp, off) = data }
	}
	return func(fp *Frame, data unsafe.Pointer) { r.move(fp.at(off), data) }
}

func (o memory) fetch(off uintptr) func(*Frame, unsafe.Pointer) {
	r := o.r
	return func(fp *Frame, p unsafe.Pointer) { r.move(fp.at(off), p) }
}

func (o memory) zero() val { return konst(unsafeNew(o.r)) }

func (o memory) equal(x, y val) val {
	p, q, r := memFn(x), memFn(y), o.r
	return expr(func(fp *Frame) bool {
		p := p(fp)
		return r.equal(p, q(fp))
	})
}

func (memory) static(*Func, []mover, uintptr, *callSite) val {
	panic("compile: a call's struct or array must be stored at once")
}
