package compile

import (
	"go/token"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// shim compiles a call of a compiled function of a common signature as a plain
// Go call.
func (c *fnc) shim(in *ssa.Call, f *Func, args []val) (val, bool) {
	if f.sig.Results().Len() != 1 {
		return val{}, false
	}
	ks := make([]kind, len(args))
	for i := range args {
		ks[i] = kindOf(paramType(f, i))
	}
	fv, pos := f.native, in.Pos()
	res := kindOf(in.Type())
	switch len(ks) {
	case 0:
		switch res {
		case kInt:
			return native0[int](fv, pos), true
		case kFloat64:
			return native0[float64](fv, pos), true
		case kFloat32:
			return native0[float32](fv, pos), true
		case kBool:
			return native0[bool](fv, pos), true
		case kPtr:
			return native0[unsafe.Pointer](fv, pos), true
		}
	case 1:
		a := args[0]
		switch ks[0] {
		case kInt:
			return native1Of[int](fv, pos, res, a)
		case kInt32:
			return native1Of[int32](fv, pos, res, a)
		case kInt64:
			return native1Of[int64](fv, pos, res, a)
		case kUint32:
			return native1Of[uint32](fv, pos, res, a)
		case kUint64:
			return native1Of[uint64](fv, pos, res, a)
		case kFloat32:
			return native1Of[float32](fv, pos, res, a)
		case kFloat64:
			return native1Of[float64](fv, pos, res, a)
		case kString:
			return native1Of[string](fv, pos, res, a)
		case kPtr:
			return native1Of[unsafe.Pointer](fv, pos, res, a)
		case kSlice:
			return native1Of[slice](fv, pos, res, a)
		}
	case 2:
		a, b := args[0], args[1]
		switch {
		case ks[0] == kFloat64 && ks[1] == kFloat64:
			return native2Of[float64, float64](fv, pos, res, a, b)
		case ks[0] == kFloat32 && ks[1] == kFloat32:
			return native2Of[float32, float32](fv, pos, res, a, b)
		case ks[0] == kInt && ks[1] == kInt:
			return native2Of[int, int](fv, pos, res, a, b)
		case ks[0] == kString && ks[1] == kString:
			return native2Of[string, string](fv, pos, res, a, b)
		case ks[0] == kString && ks[1] == kSlice:
			return native2Of[string, slice](fv, pos, res, a, b)
		case ks[0] == kSlice && ks[1] == kString:
			return native2Of[slice, string](fv, pos, res, a, b)
		case ks[0] == kPtr && ks[1] == kInt:
			return native2Of[unsafe.Pointer, int](fv, pos, res, a, b)
		case ks[0] == kPtr && ks[1] == kFloat64:
			return native2Of[unsafe.Pointer, float64](fv, pos, res, a, b)
		case ks[0] == kPtr && ks[1] == kPtr:
			return native2Of[unsafe.Pointer, unsafe.Pointer](fv, pos, res, a, b)
		case ks[0] == kPtr && ks[1] == kString:
			return native2Of[unsafe.Pointer, string](fv, pos, res, a, b)
		}
	}
	return val{}, false
}

func native1Of[A any](fv unsafe.Pointer, pos token.Pos, res kind, a val) (val, bool) {
	switch res {
	case kInt:
		return native1[A, int](fv, pos, a), true
	case kInt32:
		return native1[A, int32](fv, pos, a), true
	case kInt64:
		return native1[A, int64](fv, pos, a), true
	case kUint64:
		return native1[A, uint64](fv, pos, a), true
	case kFloat32:
		return native1[A, float32](fv, pos, a), true
	case kFloat64:
		return native1[A, float64](fv, pos, a), true
	case kBool:
		return native1[A, bool](fv, pos, a), true
	case kString:
		return native1[A, string](fv, pos, a), true
	case kPtr:
		return native1[A, unsafe.Pointer](fv, pos, a), true
	case kSlice:
		return native1[A, slice](fv, pos, a), true
	}
	return val{}, false
}

func native2Of[A, B any](fv unsafe.Pointer, pos token.Pos, res kind, a, b val) (val, bool) {
	switch res {
	case kInt:
		return native2[A, B, int](fv, pos, a, b), true
	case kInt32:
		return native2[A, B, int32](fv, pos, a, b), true
	case kInt64:
		return native2[A, B, int64](fv, pos, a, b), true
	case kUint64:
		return native2[A, B, uint64](fv, pos, a, b), true
	case kFloat32:
		return native2[A, B, float32](fv, pos, a, b), true
	case kFloat64:
		return native2[A, B, float64](fv, pos, a, b), true
	case kBool:
		return native2[A, B, bool](fv, pos, a, b), true
	case kString:
		return native2[A, B, string](fv, pos, a, b), true
	case kPtr:
		return native2[A, B, unsafe.Pointer](fv, pos, a, b), true
	case kSlice:
		return native2[A, B, slice](fv, pos, a, b), true
	}
	return val{}, false
}

func native0[R any](fv unsafe.Pointer, pos token.Pos) val {
	f := *(*func() R)(unsafe.Pointer(&fv))
	return expr(func(fp *Frame) R { fp.pos = pos; return f() })
}

func native1[A, R any](fv unsafe.Pointer, pos token.Pos, a val) val {
	f := *(*func(A) R)(unsafe.Pointer(&fv))
	if a.mode == mSlot {
		off := a.off
		return expr(func(fp *Frame) R { fp.pos = pos; return f(*slotPtr[A](fp, off)) })
	}
	x := fn[A](a)
	return expr(func(fp *Frame) R { x := x(fp); fp.pos = pos; return f(x) })
}

func native2[A, B, R any](fv unsafe.Pointer, pos token.Pos, a, b val) val {
	f := *(*func(A, B) R)(unsafe.Pointer(&fv))
	x, y := fn[A](a), fn[B](b)
	return expr(func(fp *Frame) R {
		x := x(fp)
		y := y(fp)
		fp.pos = pos
		return f(x, y)
	})
}
