package interp

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"strings"
)

func builtinName(fun ast.Expr) string {
	switch x := ast.Unparen(fun).(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return "unsafe." + x.Sel.Name
	}
	return ""
}

// builtin is a call of a predeclared function. One without a result evaluates to
// nothing in particular.
func (c *compiler) builtin(e *ast.CallExpr) expr {
	t := c.typeOf(e)
	name := builtinName(e.Fun)
	pos := e.Pos()
	void := func(do func(f *frame)) expr {
		return expr{t: types.NewTuple(), rt: anyType, get: func(f *frame) reflect.Value {
			f.pos = pos
			do(f)
			return reflect.Value{}
		}}
	}
	switch name {
	case "len", "cap":
		return c.length(e, name, t)
	case "append":
		return c.appendCall(e, t)
	case "unsafe.Sizeof": // of a type parameter, or it would be a constant
		size := c.expr(e.Args[0]).rt.Size()
		return c.fastExpr(t, func(*frame) uintptr { return size })
	case "make":
		return c.makeCall(e, t)
	case "new":
		return c.newCall(e, t)
	case "min", "max":
		x := c.convertTo(c.expr(e.Args[0]), t)
		for _, a := range e.Args[1:] {
			x = c.smaller(name, x, c.convertTo(c.expr(a), t))
		}
		return x
	case "complex":
		re, im := c.floatOperand(e.Args[0], t), c.floatOperand(e.Args[1], t)
		rt := c.m.typeOf(t)
		return c.getExpr(t, func(f *frame) reflect.Value {
			a := re(f)
			return reflect.ValueOf(complex(a, im(f))).Convert(rt)
		})
	case "real", "imag":
		x, rt := c.expr(e.Args[0]).value(), c.m.typeOf(t)
		return c.getExpr(t, func(f *frame) reflect.Value {
			v := x(f).Complex()
			if name == "real" {
				return reflect.ValueOf(real(v)).Convert(rt)
			}
			return reflect.ValueOf(imag(v)).Convert(rt)
		})
	case "copy":
		dst, src := c.expr(e.Args[0]).value(), c.expr(e.Args[1]).value()
		return c.fastExpr(t, func(f *frame) int {
			d := dst(f)
			return reflect.Copy(d, src(f))
		})
	case "recover":
		return c.getExpr(t, recovered)
	case "panic":
		x := c.assignable(c.expr(e.Args[0]), types.NewInterfaceType(nil, nil)).value()
		return void(func(f *frame) { panic(x(f).Interface()) })
	case "print", "println":
		return void(c.printCall(e, name))
	case "delete":
		m := c.expr(e.Args[0])
		get, key := m.value(), c.assignableAs(c.expr(e.Args[1]), m.t.Underlying().(*types.Map).Key(), m.rt.Key()).value()
		return void(func(f *frame) {
			if m := get(f); !m.IsNil() {
				m.SetMapIndex(key(f), reflect.Value{})
			}
		})
	case "clear":
		x := c.expr(e.Args[0]).value()
		return void(func(f *frame) { x(f).Clear() })
	case "close":
		x := c.expr(e.Args[0]).value()
		return void(func(f *frame) { x(f).Close() })
	}
	c.fail(e.Pos(), "%s", name)
	return expr{}
}

// recovered is recover(): the value of the panic that runs the function which
// calls it as a deferred one.
func recovered(f *frame) reflect.Value {
	out := reflect.New(anyType).Elem()
	d := f.deferOf
	if d == nil || !d.panicking {
		return out
	}
	if _, stop := d.panicked.(stopSignal); stop {
		return out
	}
	d.panicking = false
	out.Set(reflect.ValueOf(d.panicked))
	d.panicked = nil
	return out
}

func (c *compiler) length(e *ast.CallExpr, name string, t types.Type) expr {
	x := c.expr(e.Args[0])
	switch u := x.t.Underlying().(type) {
	case *types.Slice:
		s := x.quick().(func(*frame) sliceWords)
		if name == "len" {
			return c.fastExpr(t, func(f *frame) int { return s(f).len })
		}
		return c.fastExpr(t, func(f *frame) int { return s(f).cap })
	case *types.Basic:
		s := x.quick().(func(*frame) string)
		return c.fastExpr(t, func(f *frame) int { return len(s(f)) })
	case *types.Pointer: // to an array
		n := int(u.Elem().Underlying().(*types.Array).Len())
		get := x.value()
		return c.fastExpr(t, func(f *frame) int { get(f); return n })
	}
	get := x.value()
	if name == "len" {
		return c.fastExpr(t, func(f *frame) int { return get(f).Len() })
	}
	return c.fastExpr(t, func(f *frame) int { return get(f).Cap() })
}

func (c *compiler) appendCall(e *ast.CallExpr, t types.Type) expr {
	rt := c.m.typeOf(t)
	s := c.assignable(c.expr(e.Args[0]), t)
	get := s.value()
	if e.Ellipsis.IsValid() {
		more := c.expr(e.Args[1])
		if isString(more.t) {
			str := more.quick().(func(*frame) string)
			return c.getExpr(t, func(f *frame) reflect.Value {
				v := get(f)
				return reflect.AppendSlice(v, reflect.ValueOf([]byte(str(f))).Convert(rt))
			})
		}
		if more.isNil() {
			return s
		}
		add := more.value()
		return c.getExpr(t, func(f *frame) reflect.Value {
			v := get(f)
			return reflect.AppendSlice(v, add(f))
		})
	}
	elem := t.Underlying().(*types.Slice).Elem()
	stores := make([]func(*frame, ptr), len(e.Args)-1)
	for i, a := range e.Args[1:] {
		stores[i] = c.assignableAs(c.expr(a), elem, rt.Elem()).storeTo()
	}
	n, ert := len(stores), rt.Elem()
	return c.getExpr(t, func(f *frame) reflect.Value {
		s := reflect.New(rt).Elem()
		s.Set(get(f))
		// Evaluated before the slice grows: they may refer to it.
		fresh := make([]ptr, n)
		for i, store := range stores {
			fresh[i] = reflect.New(ert).UnsafePointer()
			store(f, fresh[i])
		}
		old := s.Len()
		s.Grow(n)
		s.SetLen(old + n)
		for i, p := range fresh {
			s.Index(old + i).Set(reflect.NewAt(ert, p).Elem())
		}
		return s
	})
}

func (c *compiler) makeCall(e *ast.CallExpr, t types.Type) expr {
	rt := c.m.typeOf(t)
	var sizes []func(*frame) int
	for _, a := range e.Args[1:] {
		sizes = append(sizes, c.intExpr(a))
	}
	size := func(f *frame, i int) int {
		if i >= len(sizes) {
			return 0
		}
		n := sizes[i](f)
		if n < 0 || n > 1<<48 {
			panic(runtimeError("runtime error: makeslice: len out of range"))
		}
		return n
	}
	switch t.Underlying().(type) {
	case *types.Slice:
		return c.getExpr(t, func(f *frame) reflect.Value {
			n := size(f, 0)
			if len(sizes) == 1 {
				return reflect.MakeSlice(rt, n, n)
			}
			capacity := size(f, 1)
			if capacity < n {
				panic(runtimeError("runtime error: makeslice: cap out of range"))
			}
			return reflect.MakeSlice(rt, n, capacity)
		})
	case *types.Map:
		return c.getExpr(t, func(f *frame) reflect.Value { return reflect.MakeMapWithSize(rt, size(f, 0)) })
	}
	both := reflect.ChanOf(reflect.BothDir, rt.Elem())
	return c.getExpr(t, func(f *frame) reflect.Value { return reflect.MakeChan(both, size(f, 0)).Convert(rt) })
}

// newCall is new(T), and new(x) of Go 1.26.
func (c *compiler) newCall(e *ast.CallExpr, t types.Type) expr {
	elem := t.Underlying().(*types.Pointer).Elem()
	rt := c.m.typeOf(elem)
	if c.info.Types[e.Args[0]].IsType() {
		return c.fastExpr(t, func(*frame) ptr { return reflect.New(rt).UnsafePointer() })
	}
	store := c.assignable(c.expr(e.Args[0]), elem).storeTo()
	return c.fastExpr(t, func(f *frame) ptr {
		p := reflect.New(rt).UnsafePointer()
		store(f, p)
		return p
	})
}

// smaller is min or max of two; NaN wins, and -0 is less than 0.
func (c *compiler) smaller(name string, x, y expr) expr {
	a, b := x.value(), y.value()
	return c.getExpr(x.t, func(f *frame) reflect.Value {
		v := copyOf(a(f))
		w := b(f)
		var less bool
		switch {
		case v.CanInt():
			less = v.Int() < w.Int()
		case v.CanUint():
			less = v.Uint() < w.Uint()
		case v.CanFloat():
			p, q := v.Float(), w.Float()
			if p != p {
				return v
			}
			if q != q {
				return w
			}
			less = min(p, q) == p && (p != q || 1/p < 1/q)
		default:
			less = v.String() < w.String()
		}
		if less == (name == "min") {
			return v
		}
		return w
	})
}

func (c *compiler) floatOperand(e ast.Expr, t types.Type) func(*frame) float64 {
	x := c.expr(e)
	n, ok := x.memory().(number)
	if !ok {
		c.fail(e.Pos(), "complex of %s and more, for a %s", x.t, t)
	}
	return n.toFloat(x.quick())
}

// printCall is print or println: to the cell's stderr.
func (c *compiler) printCall(e *ast.CallExpr, name string) func(*frame) {
	var args []func(*frame) reflect.Value
	for _, a := range e.Args {
		x := c.expr(a)
		if isUntyped(x.t) && !x.isNil() {
			x = c.convertTo(x, types.Default(x.t))
		}
		args = append(args, x.value())
	}
	return func(f *frame) {
		var b strings.Builder
		for i, a := range args {
			if i > 0 && name == "println" {
				b.WriteByte(' ')
			}
			if v := a(f); v.IsValid() {
				fmt.Fprint(&b, v.Interface())
			} else {
				b.WriteString("nil")
			}
		}
		if name == "println" {
			b.WriteByte('\n')
		}
		// Like Go's own println, it has nobody to tell of a failure.
		_, _ = f.th.run.Stderr.Write([]byte(b.String()))
	}
}
