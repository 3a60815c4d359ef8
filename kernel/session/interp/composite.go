package interp

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"reflect"
	"unsafe"
)

// compositeLit is T{...}; for an elided &T inside another literal t is a pointer.
func (c *compiler) compositeLit(e *ast.CompositeLit, t types.Type) expr {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		x := c.compositeLit(e, p.Elem())
		rt, store := x.rt, x.storeTo()
		return c.fastExpr(t, func(f *frame) ptr {
			p := reflect.New(rt).UnsafePointer()
			store(f, p)
			return p
		})
	}
	rt := c.m.typeOf(t)
	switch u := t.Underlying().(type) {
	case *types.Struct:
		return c.structLit(e, t, u, rt)
	case *types.Slice:
		stores, n := c.elements(e, u.Elem())
		size := rt.Elem().Size()
		return c.getExpr(t, func(f *frame) reflect.Value {
			s := reflect.MakeSlice(rt, n, n)
			for _, st := range stores {
				st.store(f, unsafe.Add(s.UnsafePointer(), uintptr(st.index)*size))
			}
			return s
		})
	case *types.Array:
		stores, _ := c.elements(e, u.Elem())
		size := rt.Elem().Size()
		return c.getExpr(t, func(f *frame) reflect.Value {
			p := reflect.New(rt)
			for _, st := range stores {
				st.store(f, unsafe.Add(p.UnsafePointer(), uintptr(st.index)*size))
			}
			return p.Elem()
		})
	case *types.Map:
		var keys, values []func(*frame) reflect.Value
		for _, el := range e.Elts {
			kv := el.(*ast.KeyValueExpr)
			keys = append(keys, c.element(kv.Key, u.Key()).value())
			values = append(values, c.element(kv.Value, u.Elem()).value())
		}
		return c.getExpr(t, func(f *frame) reflect.Value {
			m := reflect.MakeMapWithSize(rt, len(keys))
			for i, key := range keys {
				k := copyOf(key(f))
				m.SetMapIndex(k, values[i](f))
			}
			return m
		})
	}
	c.fail(e.Pos(), "a literal of type %s", t)
	return expr{}
}

// element is a value inside a literal, whose own type may be left out.
func (c *compiler) element(e ast.Expr, t types.Type) expr {
	if lit, ok := e.(*ast.CompositeLit); ok && lit.Type == nil {
		return c.compositeLit(lit, t)
	}
	return c.assignable(c.expr(e), t)
}

type elementStore struct {
	index int
	store func(*frame, ptr)
}

func (c *compiler) elements(e *ast.CompositeLit, t types.Type) (stores []elementStore, n int) {
	i := 0
	for _, el := range e.Elts {
		if kv, ok := el.(*ast.KeyValueExpr); ok {
			k, _ := constant.Int64Val(constant.ToInt(c.info.Types[kv.Key].Value))
			i, el = int(k), kv.Value
		}
		stores = append(stores, elementStore{i, c.element(el, t).storeTo()})
		i++
		n = max(n, i)
	}
	return stores, n
}

func (c *compiler) structLit(e *ast.CompositeLit, t types.Type, s *types.Struct, rt reflect.Type) expr {
	type fieldStore struct {
		offset uintptr
		store  func(*frame, ptr)
	}
	var stores []fieldStore
	for i, el := range e.Elts {
		if kv, ok := el.(*ast.KeyValueExpr); ok {
			name := kv.Key.(*ast.Ident).Name
			for j := range s.NumFields() {
				if s.Field(j).Name() == name {
					i = j
				}
			}
			el = kv.Value
		}
		field := s.Field(i)
		x := c.elementAs(el, field.Type(), rt.Field(i).Type)
		stores = append(stores, fieldStore{rt.Field(i).Offset, x.storeTo()})
	}
	return c.getExpr(t, func(f *frame) reflect.Value {
		p := reflect.New(rt)
		for _, st := range stores {
			st.store(f, unsafe.Add(p.UnsafePointer(), st.offset))
		}
		return p.Elem()
	})
}

// elementAs is element with the layout that a compiled struct has.
func (c *compiler) elementAs(e ast.Expr, t types.Type, rt reflect.Type) expr {
	if lit, ok := e.(*ast.CompositeLit); ok && lit.Type == nil {
		return c.compositeLit(lit, t)
	}
	return c.assignableAs(c.expr(e), t, rt)
}

func indexError(i, n int) error {
	return runtimeError(fmt.Sprintf("runtime error: index out of range [%d] with length %d", i, n))
}

// index is x[i]: of slices, arrays, strings, maps and pointers to arrays, or an
// instance of a generic function.
func (c *compiler) index(e *ast.IndexExpr) expr {
	if tv := c.info.Types[e.Index]; tv.IsType() {
		return c.funcInstance(e, e.X)
	}
	x := c.expr(e.X)
	switch u := x.t.Underlying().(type) {
	case *types.Map:
		return c.mapIndex(x, u, e.Index)
	case *types.Basic: // string
		s, i := x.quick().(func(*frame) string), c.intExpr(e.Index)
		return c.fastExpr(types.Typ[types.Uint8], func(f *frame) uint8 {
			s := s(f)
			i := i(f)
			if uint(i) >= uint(len(s)) {
				panic(indexError(i, len(s)))
			}
			return s[i]
		})
	case *types.Slice:
		s, i := x.quick().(func(*frame) sliceWords), c.intExpr(e.Index)
		size := x.rt.Elem().Size()
		return expr{t: u.Elem(), rt: x.rt.Elem(), addr: func(f *frame) ptr {
			s := s(f)
			i := i(f)
			if uint(i) >= uint(s.len) {
				panic(indexError(i, s.len))
			}
			return unsafe.Add(s.data, uintptr(i)*size)
		}}
	case *types.Pointer:
		x = c.deref(x, u.Elem())
		return c.arrayIndex(x, e.Index)
	case *types.Array:
		return c.arrayIndex(x, e.Index)
	}
	c.fail(e.Pos(), "an index into %s", x.t)
	return expr{}
}

func (c *compiler) arrayIndex(x expr, index ast.Expr) expr {
	a := x.t.Underlying().(*types.Array)
	n, size := int(a.Len()), x.rt.Elem().Size()
	base, i := x.address(), c.intExpr(index)
	addr := func(f *frame) ptr {
		p := base(f)
		i := i(f)
		if uint(i) >= uint(n) {
			panic(indexError(i, n))
		}
		return unsafe.Add(p, uintptr(i)*size)
	}
	out := expr{t: a.Elem(), rt: x.rt.Elem()}
	if x.addr != nil {
		out.addr = addr
	} else {
		rt := out.rt
		out.get = func(f *frame) reflect.Value { return reflect.NewAt(rt, addr(f)).Elem() }
	}
	return out
}

// mapIndex is m[k]; of a missing key get returns the zero value.
func (c *compiler) mapIndex(x expr, u *types.Map, index ast.Expr) expr {
	m, k := x.value(), c.assignableAs(c.expr(index), u.Key(), x.rt.Key()).value()
	zero := reflect.Zero(x.rt.Elem())
	return expr{t: u.Elem(), rt: x.rt.Elem(), get: func(f *frame) reflect.Value {
		v := m(f).MapIndex(k(f))
		if !v.IsValid() {
			return zero
		}
		return v
	}}
}

// slice is x[lo:hi:max].
func (c *compiler) slice(e *ast.SliceExpr) expr {
	x := c.expr(e.X)
	t := c.typeOf(e)
	if isUntyped(t) {
		t = types.Typ[types.String]
	}
	var bounds [3]func(*frame) int
	for i, b := range []ast.Expr{e.Low, e.High, e.Max} {
		if b != nil {
			bounds[i] = c.intExpr(b)
		}
	}
	get := x.value()
	if p, ok := x.t.Underlying().(*types.Pointer); ok {
		get = c.deref(x, p.Elem()).value()
	} else if _, ok := x.t.Underlying().(*types.Array); ok && x.addr == nil {
		c.fail(e.Pos(), "slicing an array that is not a variable")
	}
	return c.getExpr(t, func(f *frame) reflect.Value {
		v := get(f)
		lo, hi := 0, v.Len()
		if bounds[0] != nil {
			lo = bounds[0](f)
		}
		if bounds[1] != nil {
			hi = bounds[1](f)
		}
		limit := v.Len()
		if v.Kind() != reflect.String {
			limit = v.Cap()
		}
		if bounds[2] != nil {
			m := bounds[2](f)
			if m < hi || m > limit {
				panic(runtimeError(fmt.Sprintf("runtime error: slice bounds out of range [::%d] with capacity %d", m, limit)))
			}
			if lo > hi || lo < 0 {
				panic(sliceError(lo, hi, limit))
			}
			return v.Slice3(lo, hi, m)
		}
		if lo < 0 || lo > hi || hi > limit {
			panic(sliceError(lo, hi, limit))
		}
		return v.Slice(lo, hi)
	})
}

func sliceError(lo, hi, limit int) error {
	if hi > limit || hi < 0 {
		return runtimeError(fmt.Sprintf("runtime error: slice bounds out of range [:%d] with capacity %d", hi, limit))
	}
	return runtimeError(fmt.Sprintf("runtime error: slice bounds out of range [%d:%d]", lo, hi))
}
