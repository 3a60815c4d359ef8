package compile

import (
	"go/constant"
	"go/token"
	"go/types"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// binaryEffect: division may panic, and so may == of interfaces.
func binaryEffect(in *ssa.BinOp) effect {
	switch k := kindOf(in.X.Type()); in.Op {
	case token.QUO, token.REM:
		if c, ok := in.Y.(*ssa.Const); k < kFloat32 && (!ok || c.Value == nil || constant.Sign(c.Value) == 0) {
			return reads
		}
	case token.SHL, token.SHR:
		if b, ok := in.Y.Type().Underlying().(*types.Basic); ok && b.Info()&types.IsUnsigned == 0 {
			return reads
		}
	case token.EQL, token.NEQ:
		if k == kIface || k == kMem {
			return reads
		}
	}
	return pure
}

func (c *fnc) binary(in *ssa.BinOp, x, y val) val {
	k := kindOf(in.X.Type())
	if k <= kFloat64 && commutes(in.Op) && x.mode == mConst {
		x, y = y, x // what is quick is an operation on a slot and a constant
	}
	switch in.Op {
	case token.SHL, token.SHR:
		return shift(k, in.Op == token.SHL, kindOf(in.Y.Type()), x, y)
	case token.EQL, token.NEQ:
		return c.equality(in, k, x, y)
	case token.QUO, token.REM:
		if binaryEffect(in) != pure {
			c.note(in.Pos())
		}
	}
	switch k {
	case kInt:
		if in.Op == token.ADD {
			if v, ok := linear(x, y); ok {
				return v
			}
		}
		v := integerOp[int](in.Op, x, y)
		v.hint = intHint(in.Op, x, y)
		return v
	case kInt8:
		return integerOp[int8](in.Op, x, y)
	case kInt16:
		return integerOp[int16](in.Op, x, y)
	case kInt32:
		return integerOp[int32](in.Op, x, y)
	case kInt64:
		return integerOp[int64](in.Op, x, y)
	case kUint:
		return integerOp[uint](in.Op, x, y)
	case kUint8:
		return integerOp[uint8](in.Op, x, y)
	case kUint16:
		return integerOp[uint16](in.Op, x, y)
	case kUint32:
		return integerOp[uint32](in.Op, x, y)
	case kUint64:
		return integerOp[uint64](in.Op, x, y)
	case kUintptr:
		return integerOp[uintptr](in.Op, x, y)
	case kFloat32:
		return floatOp[float32](in.Op, x, y)
	case kFloat64:
		return floatOp[float64](in.Op, x, y)
	case kComplex64:
		return arithmetic[complex64](in.Op, x, y)
	case kComplex128:
		return arithmetic[complex128](in.Op, x, y)
	case kString:
		if in.Op == token.ADD {
			return concatenation(x, y, in.Pos())
		}
		return ordering[string](in.Op, x, y)
	}
	panic("compile: operator " + in.Op.String())
}

func commutes(op token.Token) bool {
	switch op {
	case token.ADD, token.MUL, token.AND, token.OR, token.XOR, token.EQL, token.NEQ:
		return true
	}
	return false
}

func (c *fnc) equality(in *ssa.BinOp, k kind, x, y val) val {
	if v, ok := equalsConst(k, x, y, in.Op == token.EQL); ok {
		return v
	}
	var eq val
	switch {
	case k == kInt:
		v := eql[int](x, y)
		if in.Op == token.NEQ {
			v = neq[int](x, y)
		}
		v.hint = intHint(in.Op, x, y)
		return v
	case k == kSlice: // one of them is nil
		if isZero(in.X) {
			x = y
		}
		s := fn[slice](x)
		eq = expr(func(fp *Frame) bool { return s(fp).p == nil })
	case k == kIface && (isZero(in.X) || isZero(in.Y)):
		if isZero(in.X) {
			x = y
		}
		i := fn[any](x)
		eq = expr(func(fp *Frame) bool { return i(fp) == nil })
	case in.Op == token.NEQ:
		switch k {
		case kInt8:
			return neq[int8](x, y)
		case kInt16:
			return neq[int16](x, y)
		case kInt32:
			return neq[int32](x, y)
		case kInt64:
			return neq[int64](x, y)
		case kUint:
			return neq[uint](x, y)
		case kUint8:
			return neq[uint8](x, y)
		case kUint16:
			return neq[uint16](x, y)
		case kUint32:
			return neq[uint32](x, y)
		case kUint64:
			return neq[uint64](x, y)
		case kUintptr:
			return neq[uintptr](x, y)
		case kFloat32:
			return neq[float32](x, y)
		case kFloat64:
			return neq[float64](x, y)
		case kString:
			return neq[string](x, y)
		case kPtr:
			return neq[unsafe.Pointer](x, y)
		}
		fallthrough
	default:
		eq = c.p.opsFor(in.X.Type()).equal(x, y)
	}
	if in.Op == token.NEQ {
		f := fn[bool](eq)
		return expr(func(fp *Frame) bool { return !f(fp) })
	}
	return eq
}

func integerOp[T integer](op token.Token, x, y val) val {
	switch op {
	case token.REM:
		return remainder[T](x, y)
	case token.QUO:
		return quotient[T](x, y)
	case token.AND:
		return stored(and[T](x, y), x, y, andTo[T], andAt[T])
	case token.OR:
		return stored(or[T](x, y), x, y, orTo[T], orAt[T])
	case token.XOR:
		return stored(xor[T](x, y), x, y, xorTo[T], xorAt[T])
	case token.AND_NOT:
		return andNot[T](x, y)
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		return ordering[T](op, x, y)
	}
	return arithmetic[T](op, x, y)
}

func floatOp[T float](op token.Token, x, y val) val {
	switch op {
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		return ordering[T](op, x, y)
	}
	return arithmetic[T](op, x, y)
}

func ordering[T ordered](op token.Token, x, y val) val {
	switch op {
	case token.LSS:
		return lss[T](x, y)
	case token.LEQ:
		return leq[T](x, y)
	case token.GTR:
		return gtr[T](x, y)
	}
	return geq[T](x, y)
}

func arithmetic[T number](op token.Token, x, y val) val {
	switch op {
	case token.ADD:
		return stored(add[T](x, y), x, y, addTo[T], addAt[T])
	case token.SUB:
		return stored(sub[T](x, y), x, y, subTo[T], subAt[T])
	case token.MUL:
		return stored(mul[T](x, y), x, y, mulTo[T], mulAt[T])
	case token.QUO:
		return stored(quo[T](x, y), x, y, quoTo[T], quoAt[T])
	}
	panic("compile: operator " + op.String())
}

// stored is v, an operator's value of x and y, that is stored in a slot by to, and by
// at where x was loaded from.
func stored(v, x, y val, to func(off uintptr, x, y val) instr, at func(a, y val) instr) val {
	v.to = func(off uintptr) instr { return to(off, x, y) }
	v.onto = func(a val) instr {
		if x.isLoadedFrom(a) {
			return at(a, y)
		}
		return nil
	}
	return v
}

func negate(k kind, x val) val {
	switch k {
	case kInt:
		return neg[int](x)
	case kInt8:
		return neg[int8](x)
	case kInt16:
		return neg[int16](x)
	case kInt32:
		return neg[int32](x)
	case kInt64:
		return neg[int64](x)
	case kUint:
		return neg[uint](x)
	case kUint8:
		return neg[uint8](x)
	case kUint16:
		return neg[uint16](x)
	case kUint32:
		return neg[uint32](x)
	case kUint64:
		return neg[uint64](x)
	case kUintptr:
		return neg[uintptr](x)
	case kFloat32:
		return neg[float32](x)
	case kFloat64:
		return neg[float64](x)
	case kComplex64:
		return neg[complex64](x)
	case kComplex128:
		return neg[complex128](x)
	}
	panic("compile: operator -")
}

func neg[T number](x val) val {
	f := fn[T](x)
	return expr(func(fp *Frame) T { return -f(fp) })
}

func complement(k kind, x val) val {
	switch k {
	case kInt:
		return not[int](x)
	case kInt8:
		return not[int8](x)
	case kInt16:
		return not[int16](x)
	case kInt32:
		return not[int32](x)
	case kInt64:
		return not[int64](x)
	case kUint:
		return not[uint](x)
	case kUint8:
		return not[uint8](x)
	case kUint16:
		return not[uint16](x)
	case kUint32:
		return not[uint32](x)
	case kUint64:
		return not[uint64](x)
	case kUintptr:
		return not[uintptr](x)
	}
	panic("compile: operator ^")
}

func not[T integer](x val) val {
	f := fn[T](x)
	return expr(func(fp *Frame) T { return ^f(fp) })
}

// shift has the count as an int64 if it is signed, for a negative one panics,
// else as a uint64.
func shift(k kind, left bool, yk kind, x, y val) val {
	switch k {
	case kInt:
		return shiftOp[int](left, yk, x, y)
	case kInt8:
		return shiftOp[int8](left, yk, x, y)
	case kInt16:
		return shiftOp[int16](left, yk, x, y)
	case kInt32:
		return shiftOp[int32](left, yk, x, y)
	case kInt64:
		return shiftOp[int64](left, yk, x, y)
	case kUint:
		return shiftOp[uint](left, yk, x, y)
	case kUint8:
		return shiftOp[uint8](left, yk, x, y)
	case kUint16:
		return shiftOp[uint16](left, yk, x, y)
	case kUint32:
		return shiftOp[uint32](left, yk, x, y)
	case kUint64:
		return shiftOp[uint64](left, yk, x, y)
	case kUintptr:
		return shiftOp[uintptr](left, yk, x, y)
	}
	panic("compile: shift")
}

func shiftOp[T integer](left bool, yk kind, x, y val) val {
	if y.mode == mConst {
		if n := fn[uint64](convertTo[uint64](yk, y))(nil); n < 64 {
			return shiftBy[T](left, x, n)
		}
	}
	f := fn[T](x)
	if y.mode == mSlot && yk == kInt {
		n := y.off
		if left {
			return expr(func(fp *Frame) T { x := f(fp); return x << *slotPtr[int](fp, n) })
		}
		return expr(func(fp *Frame) T { x := f(fp); return x >> *slotPtr[int](fp, n) })
	}
	if yk <= kInt64 {
		n := fn[int64](convertTo[int64](yk, y))
		if left {
			return expr(func(fp *Frame) T { x := f(fp); return x << n(fp) })
		}
		return expr(func(fp *Frame) T { x := f(fp); return x >> n(fp) })
	}
	n := fn[uint64](convertTo[uint64](yk, y))
	if left {
		return expr(func(fp *Frame) T { x := f(fp); return x << n(fp) })
	}
	return expr(func(fp *Frame) T { x := f(fp); return x >> n(fp) })
}

// shiftBy is shiftOp by a constant below 64, of which the mask tells Go.
func shiftBy[T integer](left bool, x val, n uint64) val {
	if x.mode == mSlot {
		a := x.off
		v := expr(func(fp *Frame) T { return *slotPtr[T](fp, a) >> (n & 63) })
		v.to = func(off uintptr) instr {
			return func(fp *Frame) { *slotPtr[T](fp, off) = *slotPtr[T](fp, a) >> (n & 63) }
		}
		if left {
			v = expr(func(fp *Frame) T { return *slotPtr[T](fp, a) << (n & 63) })
			v.to = func(off uintptr) instr {
				return func(fp *Frame) { *slotPtr[T](fp, off) = *slotPtr[T](fp, a) << (n & 63) }
			}
		}
		return v
	}
	f := fn[T](x)
	if left {
		return expr(func(fp *Frame) T { return f(fp) << (n & 63) })
	}
	return expr(func(fp *Frame) T { return f(fp) >> (n & 63) })
}
