package interp

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"reflect"
	"unicode/utf8"
)

// assignable is x as a value of type to, to which go/types let it be assigned.
func (c *compiler) assignable(x expr, to types.Type) expr {
	return c.assignableAs(x, to, c.m.typeOf(to))
}

// assignableAs is assignable with the layout that compiled code wants.
func (c *compiler) assignableAs(x expr, to types.Type, rt reflect.Type) expr {
	if x.isNil() {
		zero := reflect.Zero(rt)
		return expr{t: to, rt: rt, get: func(*frame) reflect.Value { return zero }}
	}
	if rt.Kind() == reflect.Interface {
		if _, ok := x.t.Underlying().(*types.Interface); ok {
			return c.interfaceToInterface(x, to, rt)
		}
		if isUntyped(x.t) {
			x = c.convertTo(x, types.Default(x.t))
		}
		get, m, t := x.value(), c.m, x.t
		if c.m.stdoutLike(x.rt) {
			get = c.m.natives.files(get)
		}
		box := m.boxer(t, rt)
		return expr{t: to, rt: rt, get: func(f *frame) reflect.Value {
			out := reflect.New(rt).Elem()
			v := get(f)
			if box != nil {
				v = box(v)
			}
			out.Set(v)
			return out
		}}
	}
	if x.rt == rt {
		x.t = to
		return x
	}
	if isUntyped(x.t) {
		x = c.convertTo(x, to)
		if x.rt == rt {
			return x
		}
	}
	get := x.value()
	return expr{t: to, rt: rt, get: func(f *frame) reflect.Value { return get(f).Convert(rt) }}
}

func (c *compiler) interfaceToInterface(x expr, to types.Type, rt reflect.Type) expr {
	if x.rt == rt && rt != anyType {
		x.t = to
		return x
	}
	get, m := x.value(), c.m
	return expr{t: to, rt: rt, get: func(f *frame) reflect.Value {
		v := get(f)
		if v.IsNil() {
			return reflect.Zero(rt)
		}
		t, inner := m.open(v.Elem())
		return m.toInterface(inner, t, rt)
	}}
}

// convertTo is x, a basic value, as a value of type t whose kind may differ only
// if x is untyped.
func (c *compiler) convertTo(x expr, t types.Type) expr {
	rt := c.m.typeOf(t)
	if x.rt == rt {
		x.t = t
		return x
	}
	if rt.Kind() == reflect.Interface {
		return c.assignableAs(x, t, rt)
	}
	if x.rt.Kind() == rt.Kind() && x.memory() != nil {
		return expr{t: t, rt: rt, fast: x.quick()}
	}
	from, ok1 := kinds[x.rt.Kind()].(number)
	to, ok2 := kinds[rt.Kind()].(number)
	if ok1 && ok2 {
		return expr{t: t, rt: rt, fast: convertNumber(from, to, x.quick()), konst: x.konst}
	}
	if ok1 && (rt.Kind() == reflect.Complex64 || rt.Kind() == reflect.Complex128) {
		re := from.toFloat(x.quick())
		return expr{t: t, rt: rt, get: func(f *frame) reflect.Value { return reflect.ValueOf(complex(re(f), 0)).Convert(rt) }}
	}
	get := x.value()
	return expr{t: t, rt: rt, get: func(f *frame) reflect.Value { return get(f).Convert(rt) }}
}

func (c *compiler) isConversion(call *ast.CallExpr) bool {
	tv, ok := c.info.Types[call.Fun]
	return ok && tv.IsType()
}

// conversion is T(x).
func (c *compiler) conversion(call *ast.CallExpr) expr {
	t := c.typeOf(call)
	x := c.expr(call.Args[0])
	if tv := c.info.Types[call.Args[0]]; tv.Value != nil && tv.Value.Kind() == constant.Int && isString(t) {
		n, _ := constant.Int64Val(tv.Value)
		return c.constant(constant.MakeString(string(rune(n))), t)
	}
	if x.isNil() {
		return c.assignable(x, t)
	}
	if isUntyped(x.t) && !x.konst {
		x = c.convertTo(x, types.Default(x.t))
	}
	rt := c.m.typeOf(t)
	if rt.Kind() == reflect.Interface || x.rt == rt {
		return c.assignable(x, t)
	}
	from, ok1 := x.memory().(number)
	to, ok2 := kinds[rt.Kind()].(number)
	if ok1 && ok2 {
		return c.fastExpr(t, convertNumber(from, to, x.quick()))
	}
	if ok1 && rt.Kind() == reflect.String {
		v := from.toInt(x.quick())
		return c.fastExpr(t, func(f *frame) string {
			if n := v(f); n == int64(rune(n)) {
				return string(rune(n))
			}
			return string(utf8.RuneError)
		})
	}
	if x.memory() != nil && x.rt.Kind() == rt.Kind() && x.rt.Kind() != reflect.Interface {
		// The same words under another name.
		if _, ok := kinds[rt.Kind()].(pointerKind); ok || rt.Kind() == reflect.String || rt.Kind() == reflect.Bool || rt.Kind() == reflect.Slice {
			return c.fastExpr(t, x.quick())
		}
	}
	if pk := x.rt.Kind(); (pk == reflect.Pointer || pk == reflect.UnsafePointer) && (rt.Kind() == reflect.Pointer || rt.Kind() == reflect.UnsafePointer) {
		return c.fastExpr(t, x.quick())
	}
	if x.rt.Kind() == reflect.UnsafePointer && rt.Kind() == reflect.Uintptr {
		p := x.quick().(func(*frame) ptr)
		return c.fastExpr(t, func(f *frame) uintptr { return uintptr(p(f)) })
	}
	if x.rt.Kind() == reflect.Struct && rt.Kind() == reflect.Struct {
		// Identical but for tags and names, so of one layout.
		addr := x.address()
		return c.getExpr(t, func(f *frame) reflect.Value { return reflect.NewAt(rt, addr(f)).Elem() })
	}
	if !x.rt.ConvertibleTo(rt) {
		c.fail(call.Pos(), "a conversion from %s to %s", x.t, t)
	}
	get := x.value()
	return c.getExpr(t, func(f *frame) reflect.Value { return get(f).Convert(rt) })
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

// asserted finds out whether the dynamic value v of an interface is a target,
// and what it is as one.
func (m *Machine) asserted(v reflect.Value, target types.Type, rt reflect.Type) (reflect.Value, bool) {
	if !v.IsValid() {
		return reflect.Value{}, false
	}
	t, inner := m.open(v)
	iface, ok := target.Underlying().(*types.Interface)
	if !ok {
		if t != nil {
			return inner, types.Identical(t, target)
		}
		if cellNamed(target) != nil && rt.Kind() != reflect.Struct && rt.Kind() != reflect.Pointer {
			return reflect.Value{}, false // it would have been boxed
		}
		return v, v.Type() == rt
	}
	switch {
	case t != nil:
		if !types.Implements(t, iface) {
			return reflect.Value{}, false
		}
	case rt.NumMethod() > 0:
		if !v.Type().Implements(rt) {
			return reflect.Value{}, false
		}
	default:
		for method := range iface.Methods() {
			if _, ok := v.Type().MethodByName(method.Name()); !ok {
				return reflect.Value{}, false
			}
		}
	}
	return m.toInterface(inner, t, rt), true
}

// typeAssert is x.(T); with commaOk set a failure is the zero value, and what
// get returns is invalid.
func (c *compiler) typeAssert(e *ast.TypeAssertExpr, commaOk bool) expr {
	t := c.typeOf(e.Type)
	rt, m := c.m.typeOf(t), c.m
	x := c.expr(e.X)
	get, from := x.value(), x.t
	return c.getExpr(t, func(f *frame) reflect.Value {
		v := get(f).Elem()
		out, ok := m.asserted(v, t, rt)
		if !ok {
			if commaOk {
				return reflect.Value{}
			}
			panic(m.assertionError(v, from, t))
		}
		return out
	})
}

func (m *Machine) assertionError(v reflect.Value, from, to types.Type) error {
	dynamic := "nil"
	if v.IsValid() {
		dynamic = v.Type().String()
		if t, _ := m.open(v); t != nil {
			dynamic = types.TypeString(t, qualifier)
		}
	}
	static := types.TypeString(from, qualifier)
	if i, ok := from.Underlying().(*types.Interface); ok && i.NumMethods() == 0 {
		static = "interface {}" // as Go's runtime says it
	}
	return runtimeError(fmt.Sprintf("interface conversion: %s is %s, not %s",
		static, dynamic, types.TypeString(to, qualifier)))
}
