package compile

import (
	"fmt"
	"go/token"
	"go/types"
	"math"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

func (c *fnc) builtin(in *ssa.Call, b *ssa.Builtin) {
	args := in.Call.Args
	switch name := b.Name(); name {
	case "len", "cap":
		c.define(in, c.length(name, args[0].Type(), c.operand(args[0])), reads)
	case "append":
		c.append(in)
	case "copy":
		c.copy(in)
	case "min", "max":
		v := c.operand(args[0])
		for _, a := range args[1:] {
			v = minMax(kindOf(in.Type()), name == "min", v, c.operand(a))
		}
		c.define(in, v, pure)
	case "complex":
		c.complex(in)
	case "real", "imag":
		c.define(in, part(kindOf(args[0].Type()), name == "real", c.operand(args[0])), pure)
	case "recover":
		c.define(in, expr(func(fp *Frame) any { return fp.recover() }), writes)
	case "ssa:wrapnilchk":
		c.wrapNil(in)
	case "ssa:deferstack":
		c.define(in, expr(func(fp *Frame) unsafe.Pointer { return unsafe.Pointer(fp.deferredCalls()) }), reads)
	case "Add": // unsafe.Add
		p, n := fn[unsafe.Pointer](c.operand(args[0])), fn[int](c.intOperand(args[1]))
		c.define(in, expr(func(fp *Frame) unsafe.Pointer { p := p(fp); return unsafe.Add(p, n(fp)) }), pure)
	case "Slice":
		p, n := fn[unsafe.Pointer](c.operand(args[0])), fn[int](c.intOperand(args[1]))
		r := c.p.rt(in.Type().Underlying().(*types.Slice).Elem())
		c.define(in, expr(func(fp *Frame) slice { return unsafeSlice(r, p(fp), n(fp)) }), reads)
	case "SliceData":
		s := fn[slice](c.operand(args[0]))
		c.define(in, expr(func(fp *Frame) unsafe.Pointer { return s(fp).p }), pure)
	case "String":
		p, n := fn[unsafe.Pointer](c.operand(args[0])), fn[int](c.intOperand(args[1]))
		c.define(in, expr(func(fp *Frame) string {
			p, n := p(fp), n(fp)
			if n == math.MaxInt { // it was even more
				panic(plainError("runtime error: unsafe.String: len out of range"))
			}
			return unsafe.String((*byte)(p), n)
		}), reads)
	case "StringData":
		s := fn[string](c.operand(args[0]))
		c.define(in, expr(func(fp *Frame) unsafe.Pointer { return unsafe.Pointer(unsafe.StringData(s(fp))) }), pure)
	case "Sizeof":
		c.define(in, konst(c.p.rt(args[0].Type()).size), pure)
	case "Alignof":
		c.define(in, konst(uintptr(c.p.sizes.Alignof(args[0].Type()))), pure)
	case "Offsetof":
		c.define(in, konst(c.offsetOf(args[0])), pure)
	default:
		ops := make([]val, len(args))
		ts := make([]types.Type, len(args))
		for i, a := range args {
			ops[i], ts[i] = c.operand(a), a.Type()
		}
		c.note(in.Pos())
		c.emit(c.effectBuiltin(name, ts, ops))
	}
}

// offsetOf is unsafe.Offsetof of the field that v loads.
func (c *fnc) offsetOf(v ssa.Value) uintptr {
	switch v := v.(type) {
	case *ssa.UnOp:
		return c.offsetOf(v.X)
	case *ssa.FieldAddr:
		off := c.fieldOffset(v.X.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct), v.Field)
		// A promoted field is as far off as the fields that embed it add up to.
		if up, ok := v.X.(*ssa.FieldAddr); ok && fieldOf(up).Embedded() {
			off += c.offsetOf(up)
		}
		return off
	case *ssa.Field:
		return c.fieldOffset(v.X.Type().Underlying().(*types.Struct), v.Field)
	}
	panic("compile: unsafe.Offsetof of " + v.String())
}

// effectBuiltin are the builtins that are statements; defer and go may call
// them.
func (c *fnc) effectBuiltin(name string, ts []types.Type, args []val) instr {
	switch name {
	case "close":
		ch := fn[unsafe.Pointer](args[0])
		return func(fp *Frame) { chanclose(ch(fp)) }
	case "delete":
		r := c.p.rt(ts[0])
		m, k := fn[unsafe.Pointer](args[0]), c.p.opsFor(ts[0].Underlying().(*types.Map).Key()).mem(c, args[1])
		return func(fp *Frame) {
			m, k := m(fp), k(fp)
			fp.mapDelete(token.NoPos, r, m, k)
		}
	case "clear":
		r := c.p.rt(ts[0])
		if kindOf(ts[0]) == kSlice {
			s, elem := fn[slice](args[0]), (*sliceType)(unsafe.Pointer(r)).elem
			return func(fp *Frame) {
				if s := s(fp); s.len > 0 {
					typedarrayclear(elem, s.p, s.len)
				}
			}
		}
		m := fn[unsafe.Pointer](args[0])
		return func(fp *Frame) {
			if m := m(fp); m != nil {
				fp.mapClear(token.NoPos, r, m)
			}
		}
	case "print", "println":
		return c.print(name == "println", ts, args)
	case "panic":
		x := fn[any](args[0])
		return func(fp *Frame) { panic(x(fp)) }
	case "copy":
		f := c.copyFn(ts, args)
		return func(fp *Frame) { f(fp) }
	}
	panic("compile: builtin " + name)
}

// builtinThunk makes a function of a builtin for go and defer.
func (p *Program) builtinThunk(b *ssa.Builtin, cc *ssa.CallCommon) *Func {
	vars := make([]*types.Var, len(cc.Args))
	ts := make([]types.Type, len(cc.Args))
	for i, a := range cc.Args {
		ts[i] = a.Type()
		vars[i] = types.NewVar(0, nil, "", a.Type())
	}
	sig := types.NewSignatureType(nil, nil, nil, types.NewTuple(vars...), nil, false)
	return p.thunk(b.Name(), sig, nil, func(c *fnc) instr {
		args := make([]val, len(ts))
		for i := range args {
			args[i] = slotVal(c.code.lay.params[i])
		}
		if b.Name() == "recover" {
			return func(fp *Frame) { fp.recover() }
		}
		return c.effectBuiltin(b.Name(), ts, args)
	})
}

func (c *fnc) length(name string, t types.Type, v val) val {
	switch u := t.Underlying().(type) {
	case *types.Slice:
		if v.mode == mSlot {
			off := v.off + unsafe.Offsetof(slice{}.len)
			if name == "cap" {
				off = v.off + unsafe.Offsetof(slice{}.cap)
			}
			return slotVal(off)
		}
		s := fn[slice](v)
		if name == "cap" {
			return expr(func(fp *Frame) int { return s(fp).cap })
		}
		return expr(func(fp *Frame) int { return s(fp).len })
	case *types.Basic:
		if v.mode == mSlot {
			return slotVal(v.off + 8)
		}
		s := fn[string](v)
		return expr(func(fp *Frame) int { return len(s(fp)) })
	case *types.Map:
		m := fn[unsafe.Pointer](v)
		return expr(func(fp *Frame) int { return maplen(m(fp)) })
	case *types.Chan:
		ch := fn[unsafe.Pointer](v)
		if name == "cap" {
			return expr(func(fp *Frame) int { return chancap(ch(fp)) })
		}
		return expr(func(fp *Frame) int { return chanlen(ch(fp)) })
	case *types.Array:
		return konst(int(u.Len()))
	case *types.Pointer:
		return konst(int(u.Elem().Underlying().(*types.Array).Len()))
	}
	panic("compile: " + name + " of " + t.String())
}

// wrapNil checks the receiver of a wrapper that dereferences it.
func (c *fnc) wrapNil(in *ssa.Call) {
	a := in.Call.Args
	p := fn[unsafe.Pointer](c.operand(a[0]))
	recv, method := fn[string](c.operand(a[1]))(nil), fn[string](c.operand(a[2]))(nil)
	c.define(in, expr(func(fp *Frame) unsafe.Pointer {
		p := p(fp)
		if p == nil {
			panic(nilReceiver(recv, method))
		}
		return p
	}), reads)
}

// nilReceiver is the runtime error of a method of values that was called with a
// nil pointer.
func nilReceiver(recv, method string) plainError {
	_, short, _ := strings.Cut(recv, ".")
	return plainError(fmt.Sprintf("value method %s.%s called using nil *%s pointer", recv, method, short))
}

// plainError is a runtime error with a text of its own.
type plainError string

func (e plainError) Error() string { return string(e) }
func (plainError) RuntimeError()   {}

func unsafeSlice(r *rtype, p unsafe.Pointer, n int) slice {
	if n < 0 || n == math.MaxInt || r.size > 0 && uintptr(n) > -uintptr(p)/r.size {
		panic(plainError("runtime error: unsafe.Slice: len out of range"))
	}
	if p == nil && n > 0 {
		panic(plainError("runtime error: unsafe.Slice: ptr is nil and len is not zero"))
	}
	return slice{p, n, n}
}

func (c *fnc) complex(in *ssa.Call) {
	a, b := c.operand(in.Call.Args[0]), c.operand(in.Call.Args[1])
	if kindOf(in.Type()) == kComplex64 {
		re, im := fn[float32](a), fn[float32](b)
		c.define(in, expr(func(fp *Frame) complex64 { return complex(re(fp), im(fp)) }), pure)
		return
	}
	re, im := fn[float64](a), fn[float64](b)
	c.define(in, expr(func(fp *Frame) complex128 { return complex(re(fp), im(fp)) }), pure)
}

func part(k kind, re bool, x val) val {
	if k == kComplex64 {
		f := fn[complex64](x)
		if re {
			return expr(func(fp *Frame) float32 { return real(f(fp)) })
		}
		return expr(func(fp *Frame) float32 { return imag(f(fp)) })
	}
	f := fn[complex128](x)
	if re {
		return expr(func(fp *Frame) float64 { return real(f(fp)) })
	}
	return expr(func(fp *Frame) float64 { return imag(f(fp)) })
}

func minMax(k kind, lo bool, x, y val) val {
	switch k {
	case kInt:
		return pick[int](lo, x, y)
	case kInt8:
		return pick[int8](lo, x, y)
	case kInt16:
		return pick[int16](lo, x, y)
	case kInt32:
		return pick[int32](lo, x, y)
	case kInt64:
		return pick[int64](lo, x, y)
	case kUint:
		return pick[uint](lo, x, y)
	case kUint8:
		return pick[uint8](lo, x, y)
	case kUint16:
		return pick[uint16](lo, x, y)
	case kUint32:
		return pick[uint32](lo, x, y)
	case kUint64:
		return pick[uint64](lo, x, y)
	case kUintptr:
		return pick[uintptr](lo, x, y)
	case kFloat32:
		return pick[float32](lo, x, y)
	case kFloat64:
		return pick[float64](lo, x, y)
	case kString:
		return pick[string](lo, x, y)
	}
	panic("compile: min or max")
}

func pick[T ordered](lo bool, x, y val) val {
	a, b := fn[T](x), fn[T](y)
	if lo {
		return expr(func(fp *Frame) T { a := a(fp); return min(a, b(fp)) })
	}
	return expr(func(fp *Frame) T { a := a(fp); return max(a, b(fp)) })
}

// print is print and println, in the runtime's own formats.
func (c *fnc) print(ln bool, ts []types.Type, args []val) instr {
	out := c.p.cfg.Stderr
	parts := make([]func(*Frame, []byte) []byte, len(args))
	for i, a := range args {
		parts[i] = printer(ts[i], a)
	}
	return func(fp *Frame) {
		var b []byte
		for i, p := range parts {
			if ln && i > 0 {
				b = append(b, ' ')
			}
			b = p(fp, b)
		}
		if ln {
			b = append(b, '\n')
		}
		w := fp.th.run.Stderr
		if w == nil {
			w = out
		}
		w.Write(b)
	}
}

func printer(t types.Type, v val) func(*Frame, []byte) []byte {
	switch k := kindOf(t); {
	case k == kBool:
		f := fn[bool](v)
		return func(fp *Frame, b []byte) []byte { return strconv.AppendBool(b, f(fp)) }
	case k <= kInt64:
		f := fn[int64](convertTo[int64](k, v))
		return func(fp *Frame, b []byte) []byte { return strconv.AppendInt(b, f(fp), 10) }
	case k <= kUintptr:
		f := fn[uint64](convertTo[uint64](k, v))
		return func(fp *Frame, b []byte) []byte { return strconv.AppendUint(b, f(fp), 10) }
	case k == kFloat32:
		f := fn[float32](v)
		return func(fp *Frame, b []byte) []byte { return strconv.AppendFloat(b, float64(f(fp)), 'g', -1, 32) }
	case k == kFloat64:
		f := fn[float64](v)
		return func(fp *Frame, b []byte) []byte { return strconv.AppendFloat(b, f(fp), 'g', -1, 64) }
	case k == kComplex64:
		f := fn[complex64](v)
		return func(fp *Frame, b []byte) []byte {
			return append(b, strconv.FormatComplex(complex128(f(fp)), 'g', -1, 64)...)
		}
	case k == kComplex128:
		f := fn[complex128](v)
		return func(fp *Frame, b []byte) []byte { return append(b, strconv.FormatComplex(f(fp), 'g', -1, 128)...) }
	case k == kString:
		f := fn[string](v)
		return func(fp *Frame, b []byte) []byte { return append(b, f(fp)...) }
	case k == kIface:
		f := fn[any](v)
		return func(fp *Frame, b []byte) []byte {
			x := f(fp)
			e := efaceOf(&x)
			return fmt.Appendf(b, "(%#x,%#x)", uintptr(unsafe.Pointer(e.typ)), uintptr(e.data))
		}
	case k == kSlice:
		f := fn[slice](v)
		return func(fp *Frame, b []byte) []byte {
			s := f(fp)
			return fmt.Appendf(b, "[%d/%d]%#x", s.len, s.cap, uintptr(s.p))
		}
	}
	f := fn[unsafe.Pointer](v)
	return func(fp *Frame, b []byte) []byte { return fmt.Appendf(b, "%#x", uintptr(f(fp))) }
}
