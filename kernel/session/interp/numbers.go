package interp

import "go/token"

type integers interface {
	int | int8 | int16 | int32 | int64 | uint | uint8 | uint16 | uint32 | uint64 | uintptr
}

type floats interface{ float32 | float64 }

type complexes interface{ complex64 | complex128 }

// operands evaluates x before y, as Go does where calls are involved.
func operands[T any](x, y any) (a, b func(*frame) T) {
	return x.(func(*frame) T), y.(func(*frame) T)
}

// common holds the operators that all numbers have.
func common[T integers | floats | complexes](op token.Token, x, y any) func(*frame) T {
	a, b := operands[T](x, y)
	switch op {
	case token.ADD:
		return func(f *frame) T {
			v := a(f)
			return v + b(f)
		}
	case token.SUB:
		return func(f *frame) T {
			v := a(f)
			return v - b(f)
		}
	case token.MUL:
		return func(f *frame) T {
			v := a(f)
			return v * b(f)
		}
	case token.QUO:
		return func(f *frame) T {
			v := a(f)
			return v / b(f)
		}
	}
	return nil
}

func negate[T integers | floats | complexes](op token.Token, x any) func(*frame) T {
	a := x.(func(*frame) T)
	if op == token.SUB {
		return func(f *frame) T { return -a(f) }
	}
	return a
}

type intKind[T integers] struct{ words[T] }

func (intKind[T]) compare(op token.Token, x, y any) func(*frame) bool { return ordered[T](op, x, y) }

func (intKind[T]) unary(op token.Token, x any) any {
	if op == token.XOR {
		a := x.(func(*frame) T)
		return func(f *frame) T { return ^a(f) }
	}
	return negate[T](op, x)
}

func (intKind[T]) binary(op token.Token, x, y any) any {
	if fn := common[T](op, x, y); fn != nil {
		return fn
	}
	a, b := operands[T](x, y)
	switch op {
	case token.REM:
		return func(f *frame) T {
			v := a(f)
			return v % b(f)
		}
	case token.AND:
		return func(f *frame) T {
			v := a(f)
			return v & b(f)
		}
	case token.OR:
		return func(f *frame) T {
			v := a(f)
			return v | b(f)
		}
	case token.XOR:
		return func(f *frame) T {
			v := a(f)
			return v ^ b(f)
		}
	default: // token.AND_NOT
		return func(f *frame) T {
			v := a(f)
			return v &^ b(f)
		}
	}
}

// shift is x << n or x >> n.
func (intKind[T]) shift(op token.Token, x any, n func(*frame) uint64) any {
	a := x.(func(*frame) T)
	if op == token.SHL {
		return func(f *frame) T {
			v := a(f)
			return v << n(f)
		}
	}
	return func(f *frame) T {
		v := a(f)
		return v >> n(f)
	}
}

func (intKind[T]) signedness() class {
	if minusOne := T(0) - 1; minusOne > 0 {
		return unsigned
	}
	return signed
}

func (intKind[T]) toInt(x any) func(*frame) int64 {
	a := x.(func(*frame) T)
	return func(f *frame) int64 { return int64(a(f)) }
}

func (intKind[T]) toUint(x any) func(*frame) uint64 {
	a := x.(func(*frame) T)
	return func(f *frame) uint64 { return uint64(a(f)) }
}

func (intKind[T]) toFloat(x any) func(*frame) float64 {
	a := x.(func(*frame) T)
	return func(f *frame) float64 { return float64(a(f)) }
}

func (intKind[T]) fromInt(x func(*frame) int64) any {
	return func(f *frame) T { return T(x(f)) }
}

func (intKind[T]) fromUint(x func(*frame) uint64) any {
	return func(f *frame) T { return T(x(f)) }
}

func (intKind[T]) fromFloat(x func(*frame) float64) any {
	return func(f *frame) T { return T(x(f)) }
}

type floatKind[T floats] struct{ words[T] }

func (floatKind[T]) compare(op token.Token, x, y any) func(*frame) bool { return ordered[T](op, x, y) }

func (floatKind[T]) unary(op token.Token, x any) any     { return negate[T](op, x) }
func (floatKind[T]) binary(op token.Token, x, y any) any { return common[T](op, x, y) }
func (floatKind[T]) signedness() class                   { return floating }

func (floatKind[T]) toInt(x any) func(*frame) int64 {
	a := x.(func(*frame) T)
	return func(f *frame) int64 { return int64(a(f)) }
}

func (floatKind[T]) toUint(x any) func(*frame) uint64 {
	a := x.(func(*frame) T)
	return func(f *frame) uint64 { return uint64(a(f)) }
}

func (floatKind[T]) toFloat(x any) func(*frame) float64 {
	a := x.(func(*frame) T)
	return func(f *frame) float64 { return float64(a(f)) }
}

func (floatKind[T]) fromInt(x func(*frame) int64) any {
	return func(f *frame) T { return T(x(f)) }
}

func (floatKind[T]) fromUint(x func(*frame) uint64) any {
	return func(f *frame) T { return T(x(f)) }
}

func (floatKind[T]) fromFloat(x func(*frame) float64) any {
	return func(f *frame) T { return T(x(f)) }
}

type complexKind[T complexes] struct{ words[T] }

func (complexKind[T]) compare(op token.Token, x, y any) func(*frame) bool { return equal[T](op, x, y) }

func (complexKind[T]) unary(op token.Token, x any) any     { return negate[T](op, x) }
func (complexKind[T]) binary(op token.Token, x, y any) any { return common[T](op, x, y) }

// convertNumber converts x of kind from to kind to, in one rounding.
func convertNumber(from, to number, x any) any {
	switch from.signedness() {
	case signed:
		return to.fromInt(from.toInt(x))
	case unsigned:
		return to.fromUint(from.toUint(x))
	}
	switch to.signedness() {
	case signed:
		return to.fromInt(from.toInt(x))
	case unsigned:
		return to.fromUint(from.toUint(x))
	}
	return to.fromFloat(from.toFloat(x))
}
