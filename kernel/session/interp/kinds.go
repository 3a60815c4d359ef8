package interp

import (
	"cmp"
	"go/token"
	"reflect"
	"unsafe"
)

type ptr = unsafe.Pointer

// Memory of the kinds that are not basic but of one size: reading and writing
// them as these types moves the same words, write barriers included.
type (
	sliceWords struct {
		data     ptr
		len, cap int
	}
	ifaceWords [2]ptr
)

// A fast closure is a func(*frame) T for the T of its kind; it travels as any.
// memory makes such closures; every kind but struct and array has one.
type memory interface {
	load(addr func(*frame) ptr) any
	local(slot int) any
	global(p ptr) any
	unbox(get func(*frame) reflect.Value) any
	box(rt reflect.Type, fast any) func(*frame) reflect.Value
	storeTo(fast any) func(*frame, ptr)
	storeLocal(slot int, fast any) func(*frame)
	constant(v reflect.Value) any
	result(call func(*frame) *frame) any // the first result of a call
}

// comparer adds == and !=.
type comparer interface {
	compare(op token.Token, x, y any) func(*frame) bool
}

// arithmetic adds the binary and unary operators of a kind.
type arithmetic interface {
	comparer
	binary(op token.Token, x, y any) any
	unary(op token.Token, x any) any
}

// number adds conversion and shifts.
type number interface {
	arithmetic
	signedness() class
	toInt(x any) func(*frame) int64
	toUint(x any) func(*frame) uint64
	toFloat(x any) func(*frame) float64
	fromInt(x func(*frame) int64) any
	fromUint(x func(*frame) uint64) any
	fromFloat(x func(*frame) float64) any
}

type class int

const (
	signed class = iota
	unsigned
	floating
)

var kinds = [reflect.UnsafePointer + 1]memory{
	reflect.Bool:          boolKind{},
	reflect.Int:           intKind[int]{},
	reflect.Int8:          intKind[int8]{},
	reflect.Int16:         intKind[int16]{},
	reflect.Int32:         intKind[int32]{},
	reflect.Int64:         intKind[int64]{},
	reflect.Uint:          intKind[uint]{},
	reflect.Uint8:         intKind[uint8]{},
	reflect.Uint16:        intKind[uint16]{},
	reflect.Uint32:        intKind[uint32]{},
	reflect.Uint64:        intKind[uint64]{},
	reflect.Uintptr:       intKind[uintptr]{},
	reflect.Float32:       floatKind[float32]{},
	reflect.Float64:       floatKind[float64]{},
	reflect.Complex64:     complexKind[complex64]{},
	reflect.Complex128:    complexKind[complex128]{},
	reflect.String:        stringKind{},
	reflect.Pointer:       pointerKind{},
	reflect.UnsafePointer: pointerKind{},
	reflect.Map:           pointerKind{},
	reflect.Chan:          pointerKind{},
	reflect.Func:          pointerKind{},
	reflect.Slice:         words[sliceWords]{},
	reflect.Interface:     words[ifaceWords]{},
}

type words[T any] struct{}

func (words[T]) load(addr func(*frame) ptr) any {
	return func(f *frame) T { return *(*T)(addr(f)) }
}

func (words[T]) local(slot int) any {
	return func(f *frame) T { return *(*T)(f.vars[slot]) }
}

func (words[T]) global(p ptr) any {
	return func(*frame) T { return *(*T)(p) }
}

func (words[T]) unbox(get func(*frame) reflect.Value) any {
	return func(f *frame) T { return *(*T)(pointerTo(get(f))) }
}

func (words[T]) box(rt reflect.Type, fast any) func(*frame) reflect.Value {
	x := fast.(func(*frame) T)
	return func(f *frame) reflect.Value {
		v := new(T)
		*v = x(f)
		return reflect.NewAt(rt, ptr(v)).Elem()
	}
}

func (words[T]) storeTo(fast any) func(*frame, ptr) {
	x := fast.(func(*frame) T)
	return func(f *frame, p ptr) { *(*T)(p) = x(f) }
}

func (words[T]) storeLocal(slot int, fast any) func(*frame) {
	x := fast.(func(*frame) T)
	return func(f *frame) {
		v := x(f)
		*(*T)(f.vars[slot]) = v
	}
}

func (words[T]) constant(v reflect.Value) any {
	x := *(*T)(pointerTo(v))
	return func(*frame) T { return x }
}

func (words[T]) result(call func(*frame) *frame) any {
	return func(f *frame) T {
		callee := call(f)
		v := *(*T)(callee.vars[callee.fn.results[0]])
		callee.release()
		return v
	}
}

// pointerTo is the address of v, or of a copy if v has none.
func pointerTo(v reflect.Value) ptr {
	if v.CanAddr() {
		return ptr(v.UnsafeAddr())
	}
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return p.UnsafePointer()
}

type boolKind struct{ words[bool] }

func (boolKind) compare(op token.Token, x, y any) func(*frame) bool { return equal[bool](op, x, y) }

type pointerKind struct{ words[ptr] }

func (pointerKind) compare(op token.Token, x, y any) func(*frame) bool { return equal[ptr](op, x, y) }

type stringKind struct{ words[string] }

func (stringKind) compare(op token.Token, x, y any) func(*frame) bool {
	return ordered[string](op, x, y)
}

func (stringKind) unary(token.Token, any) any { return nil }

func (stringKind) binary(_ token.Token, x, y any) any {
	a, b := x.(func(*frame) string), y.(func(*frame) string)
	return func(f *frame) string {
		s := a(f)
		return s + b(f)
	}
}

func equal[T comparable](op token.Token, x, y any) func(*frame) bool {
	a, b := x.(func(*frame) T), y.(func(*frame) T)
	if op == token.EQL {
		return func(f *frame) bool {
			v := a(f)
			return v == b(f)
		}
	}
	return func(f *frame) bool {
		v := a(f)
		return v != b(f)
	}
}

func ordered[T cmp.Ordered](op token.Token, x, y any) func(*frame) bool {
	a, b := x.(func(*frame) T), y.(func(*frame) T)
	switch op {
	case token.LSS:
		return func(f *frame) bool {
			v := a(f)
			return v < b(f)
		}
	case token.LEQ:
		return func(f *frame) bool {
			v := a(f)
			return v <= b(f)
		}
	case token.GTR:
		return func(f *frame) bool {
			v := a(f)
			return v > b(f)
		}
	case token.GEQ:
		return func(f *frame) bool {
			v := a(f)
			return v >= b(f)
		}
	}
	return equal[T](op, x, y)
}
