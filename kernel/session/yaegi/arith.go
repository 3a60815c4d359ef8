package yaegi

import (
	"go/token"
	"go/types"
	"reflect"
	"strconv"
)

// Shifts, division and complex numbers are operations: yaegi takes a negative
// count for a large one, computes complex64 as complex128, and divides constants
// in its own way.

func (f *function) shift(op token.Token, t, ct types.Type) *op {
	rt, size := f.e.rt(t), f.e.rt(t).Bits()
	return f.op("shift "+op.String()+f.key(t)+f.key(ct), []types.Type{t, ct}, []types.Type{t}, func(_ *Frame, a []reflect.Value) []reflect.Value {
		n := shiftCount(a[1], size)
		out := reflect.New(rt).Elem()
		switch {
		case out.CanInt() && op == token.SHL:
			out.SetInt(truncate(a[0].Int()<<n, size))
		case out.CanInt():
			out.SetInt(a[0].Int() >> n)
		case op == token.SHL:
			out.SetUint(a[0].Uint() << n)
		default:
			out.SetUint(a[0].Uint() >> n)
		}
		return []reflect.Value{out}
	})
}

// shiftCount is a count of at most 64, which shifts everything out.
func shiftCount(v reflect.Value, size int) uint64 {
	if v.CanInt() {
		if v.Int() < 0 {
			panic(runtimeError("negative shift amount"))
		}
		return min(uint64(v.Int()), 64)
	}
	return min(v.Uint(), 64)
}

func truncate(v int64, size int) int64 { return v << (64 - size) >> (64 - size) }

// goArith computes as Go does, for each kind of number by itself.
func (f *function) goArith(op token.Token, t types.Type) *op {
	rt := f.e.rt(t)
	return f.op("arith "+op.String()+f.key(t), []types.Type{t, t}, []types.Type{t}, func(_ *Frame, a []reflect.Value) []reflect.Value {
		out := reflect.New(rt).Elem()
		switch rt.Kind() {
		case reflect.Complex64:
			out.SetComplex(complex128(complexOp(op, complex64(a[0].Complex()), complex64(a[1].Complex()))))
		case reflect.Complex128:
			out.SetComplex(complexOp(op, a[0].Complex(), a[1].Complex()))
		case reflect.Float32:
			out.SetFloat(float64(float32(a[0].Float()) / float32(a[1].Float())))
		case reflect.Float64:
			out.SetFloat(a[0].Float() / a[1].Float())
		default:
			if out.CanInt() {
				out.SetInt(truncate(integerOp(op, a[0].Int(), a[1].Int()), rt.Bits()))
			} else {
				out.SetUint(integerOp(op, a[0].Uint(), a[1].Uint()))
			}
		}
		return []reflect.Value{out}
	})
}

func complexOp[T complex64 | complex128](op token.Token, a, b T) T {
	switch op {
	case token.ADD:
		return a + b
	case token.SUB:
		return a - b
	case token.MUL:
		return a * b
	case token.QUO:
		return a / b
	}
	panic("complex numbers have no " + strconv.Quote(op.String()))
}

func integerOp[T int64 | uint64](op token.Token, a, b T) T {
	switch op {
	case token.QUO:
		return a / b
	case token.REM:
		return a % b
	case token.AND_NOT:
		return a &^ b
	}
	panic("integers do not come here for " + strconv.Quote(op.String()))
}
