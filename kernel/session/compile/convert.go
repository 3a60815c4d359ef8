package compile

import (
	"go/constant"
	"go/types"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// convertTo converts a number of kind k to T.
func convertTo[T integer | float](k kind, x val) val {
	switch k {
	case kInt:
		return cast[T, int](x)
	case kInt8:
		return cast[T, int8](x)
	case kInt16:
		return cast[T, int16](x)
	case kInt32:
		return cast[T, int32](x)
	case kInt64:
		return cast[T, int64](x)
	case kUint:
		return cast[T, uint](x)
	case kUint8:
		return cast[T, uint8](x)
	case kUint16:
		return cast[T, uint16](x)
	case kUint32:
		return cast[T, uint32](x)
	case kUint64:
		return cast[T, uint64](x)
	case kUintptr:
		return cast[T, uintptr](x)
	case kFloat32:
		return cast[T, float32](x)
	case kFloat64:
		return cast[T, float64](x)
	}
	panic("compile: conversion between numbers")
}

func cast[T, U integer | float](x val) val {
	switch x.mode {
	case mConst:
		return konst(T(constOf[U](x)))
	case mSlot:
		off := x.off
		return expr(func(fp *Frame) T { return T(*slotPtr[U](fp, off)) })
	}
	f := fn[U](x)
	return expr(func(fp *Frame) T { return T(f(fp)) })
}

// toInt makes an index of an integer of kind k.
func toInt(k kind, x val) val {
	if k == kInt {
		return x
	}
	if k == kUint || k == kUint64 || k == kUintptr {
		f := fn[uint64](convertTo[uint64](k, x))
		return expr(func(fp *Frame) int { return int(min(f(fp), 1<<63-1)) })
	}
	return convertTo[int](k, x)
}

func (c *fnc) convert(in, from ssa.Value) {
	x := c.operand(from)
	v, e := c.conversion(in.Type(), from.Type(), x)
	c.define(in, v, e)
}

// conversion converts x, a src, to dst.
func (c *fnc) conversion(dst, src types.Type, x val) (val, effect) {
	dk, sk := kindOf(dst), kindOf(src)
	switch {
	case dk == kString && sk == kString, dk == kPtr && sk == kPtr, dk == kMem, dk == kIface, dk == kBool, dk == kSlice && sk == kSlice:
		return x, pure
	case dk == kString && sk == kSlice:
		s := fn[slice](x)
		if isByte(src.Underlying().(*types.Slice).Elem()) {
			return expr(func(fp *Frame) string { s := s(fp); return string(*(*[]byte)(unsafe.Pointer(&s))) }), reads
		}
		return expr(func(fp *Frame) string { s := s(fp); return string(*(*[]rune)(unsafe.Pointer(&s))) }), reads
	case dk == kString:
		n := fn[int64](runeOf(sk, x))
		return expr(func(fp *Frame) string {
			if n := n(fp); n == int64(rune(n)) {
				return string(rune(n))
			}
			return "\uFFFD"
		}), pure
	case dk == kSlice && sk == kString:
		s := fn[string](x)
		if isByte(dst.Underlying().(*types.Slice).Elem()) {
			return expr(func(fp *Frame) slice { b := []byte(s(fp)); return *(*slice)(unsafe.Pointer(&b)) }), reads
		}
		return expr(func(fp *Frame) slice { b := []rune(s(fp)); return *(*slice)(unsafe.Pointer(&b)) }), reads
	case dk == kUintptr && sk == kPtr:
		p := fn[unsafe.Pointer](x)
		return expr(func(fp *Frame) uintptr { return uintptr(p(fp)) }), pure
	case dk == kPtr && sk == kUintptr:
		u := fn[uintptr](x)
		return expr(func(fp *Frame) unsafe.Pointer { n := u(fp); return *(*unsafe.Pointer)(unsafe.Pointer(&n)) }), pure
	case dk == kComplex64 || dk == kComplex128:
		return complexCast(dk, sk, x), pure
	}
	switch dk {
	case kInt:
		return convertTo[int](sk, x), pure
	case kInt8:
		return convertTo[int8](sk, x), pure
	case kInt16:
		return convertTo[int16](sk, x), pure
	case kInt32:
		return convertTo[int32](sk, x), pure
	case kInt64:
		return convertTo[int64](sk, x), pure
	case kUint:
		return convertTo[uint](sk, x), pure
	case kUint8:
		return convertTo[uint8](sk, x), pure
	case kUint16:
		return convertTo[uint16](sk, x), pure
	case kUint32:
		return convertTo[uint32](sk, x), pure
	case kUint64:
		return convertTo[uint64](sk, x), pure
	case kUintptr:
		return convertTo[uintptr](sk, x), pure
	case kFloat32:
		return convertTo[float32](sk, x), pure
	case kFloat64:
		return convertTo[float64](sk, x), pure
	}
	panic("compile: conversion of " + src.String() + " to " + dst.String())
}

func runeOf(k kind, x val) val {
	if k == kUint64 || k == kUint || k == kUintptr {
		f := fn[uint64](convertTo[uint64](k, x))
		return expr(func(fp *Frame) int64 { return int64(min(f(fp), 1<<40)) })
	}
	return convertTo[int64](k, x)
}

func complexCast(dk, sk kind, x val) val {
	if dk == sk {
		return x
	}
	if dk == kComplex64 {
		f := fn[complex128](x)
		return expr(func(fp *Frame) complex64 { return complex64(f(fp)) })
	}
	f := fn[complex64](x)
	return expr(func(fp *Frame) complex128 { return complex128(f(fp)) })
}

func isByte(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Kind() == types.Uint8
}

func (c *fnc) sliceToArray(in *ssa.SliceToArrayPointer) {
	c.note(in.Pos())
	n := int(in.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Array).Len())
	s := fn[slice](c.operand(in.X))
	c.define(in, expr(func(fp *Frame) unsafe.Pointer {
		s := s(fp)
		if s.len < n {
			tooShort(s.len, n)
		}
		return s.p
	}), reads)
}

// constant is the value of a constant, at the full precision of its type.
func (c *fnc) constant(k *ssa.Const) val {
	t := k.Type()
	if k.Value == nil {
		if kindOf(t) == kTuple {
			return val{}
		}
		return c.p.opsFor(t).zero()
	}
	v := k.Value
	switch kindOf(t) {
	case kBool:
		return konst(constant.BoolVal(v))
	case kString:
		if v.Kind() == constant.Int {
			n, _ := constant.Int64Val(v)
			return konst(string(rune(n)))
		}
		return konst(constant.StringVal(v))
	case kInt:
		return konst(int(int64Of(v)))
	case kInt8:
		return konst(int8(int64Of(v)))
	case kInt16:
		return konst(int16(int64Of(v)))
	case kInt32:
		return konst(int32(int64Of(v)))
	case kInt64:
		return konst(int64(int64Of(v)))
	case kUint:
		return konst(uint(uint64Of(v)))
	case kUint8:
		return konst(uint8(uint64Of(v)))
	case kUint16:
		return konst(uint16(uint64Of(v)))
	case kUint32:
		return konst(uint32(uint64Of(v)))
	case kUint64:
		return konst(uint64(uint64Of(v)))
	case kUintptr:
		return konst(uintptr(uint64Of(v)))
	case kFloat32:
		f, _ := constant.Float32Val(constant.ToFloat(v))
		return konst(f)
	case kFloat64:
		f, _ := constant.Float64Val(constant.ToFloat(v))
		return konst(f)
	case kComplex64:
		z := constant.ToComplex(v)
		re, _ := constant.Float32Val(constant.Real(z))
		im, _ := constant.Float32Val(constant.Imag(z))
		return konst(complex(re, im))
	case kComplex128:
		z := constant.ToComplex(v)
		re, _ := constant.Float64Val(constant.Real(z))
		im, _ := constant.Float64Val(constant.Imag(z))
		return konst(complex(re, im))
	case kPtr: // unsafe.Pointer(uintptr)
		n := uint64Of(v)
		return konst(*(*unsafe.Pointer)(unsafe.Pointer(&n)))
	}
	panic("compile: constant of type " + t.String())
}

func int64Of(v constant.Value) int64 {
	n, _ := constant.Int64Val(constant.ToInt(v))
	return n
}

func uint64Of(v constant.Value) uint64 {
	n, _ := constant.Uint64Val(constant.ToInt(v))
	return n
}
