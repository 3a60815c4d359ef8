package yaegi

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"reflect"
	"slices"
	"strings"
)

// chunk limits the arguments of one operation: package reflect takes no more
// than 128.
const chunk = 50

// composite is a composite literal of type t.
func (f *function) composite(x *ast.CompositeLit, t types.Type) string {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		return f.structLit(x, t, u)
	case *types.Map:
		return f.mapLit(x, t, u)
	case *types.Slice:
		return f.sequenceLit(x, t, u.Elem(), -1)
	case *types.Array:
		return f.sequenceLit(x, t, u.Elem(), int(u.Len()))
	}
	f.fail(x, "a literal of %s", t)
	return ""
}

// element is an element of a literal, whose type can be left out.
func (f *function) element(x ast.Expr, t types.Type) string {
	if lit, ok := x.(*ast.CompositeLit); ok && lit.Type == nil {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			return f.newPtr(p.Elem(), f.composite(lit, p.Elem()))
		}
		return f.composite(lit, t)
	}
	return f.as(x, t)
}

func (f *function) structLit(x *ast.CompositeLit, t types.Type, st *types.Struct) string {
	var at []int
	var in []types.Type
	var args []string
	for i, el := range x.Elts {
		value := el
		if kv, ok := el.(*ast.KeyValueExpr); ok {
			value = kv.Value
			i = slices.IndexFunc(slices.Collect(st.Fields()), func(v *types.Var) bool { return v.Name() == kv.Key.(*ast.Ident).Name })
		}
		at = append(at, i)
		in = append(in, st.Field(i).Type())
		args = append(args, f.element(value, st.Field(i).Type()))
	}
	rt := f.e.rt(t)
	return f.call(f.op(fmt.Sprintf("struct %s %v", f.key(t), at), in, []types.Type{t}, func(_ *Frame, a []reflect.Value) []reflect.Value {
		p := reflect.New(rt)
		for j, i := range at {
			to := fieldPtr(p, i).Elem()
			to.Set(fit(a[j], to.Type()))
		}
		return []reflect.Value{p.Elem()}
	}), args...)
}

// sequenceLit is a literal of a slice, or of an array of n elements.
func (f *function) sequenceLit(x *ast.CompositeLit, t, el types.Type, n int) string {
	var at []int
	var args []string
	next, length := 0, 0
	for _, e := range x.Elts {
		value := e
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			value = kv.Value
			i, _ := constant.Int64Val(constant.ToInt(f.info.Types[kv.Key].Value))
			next = int(i)
		}
		at = append(at, next)
		args = append(args, f.element(value, el))
		next++
		length = max(length, next)
	}
	if n < 0 {
		n = length
	}
	rt := f.e.rt(t)
	text := f.call(f.op(fmt.Sprintf("sequence %s %d", f.key(t), n), nil, []types.Type{t}, func(*Frame, []reflect.Value) []reflect.Value {
		if rt.Kind() == reflect.Slice {
			return []reflect.Value{reflect.MakeSlice(rt, n, n)}
		}
		return []reflect.Value{reflect.Zero(rt)}
	}))
	for i := 0; i < len(at); i += chunk {
		part := at[i:min(i+chunk, len(at))]
		in := []types.Type{t}
		for range part {
			in = append(in, el)
		}
		text = f.call(f.op(fmt.Sprintf("fill %s %v", f.key(t), part), in, []types.Type{t}, func(_ *Frame, a []reflect.Value) []reflect.Value {
			s := a[0]
			if s.Kind() == reflect.Array {
				s = reflect.New(rt).Elem()
				s.Set(a[0])
			}
			for j, i := range part {
				s.Index(i).Set(fit(a[j+1], rt.Elem()))
			}
			return []reflect.Value{s}
		}), append([]string{text}, args[i:i+len(part)]...)...)
	}
	return text
}

func (f *function) mapLit(x *ast.CompositeLit, t types.Type, m *types.Map) string {
	rt := f.e.rt(t)
	text := f.call(f.op("make map "+f.key(t), nil, []types.Type{t}, func(*Frame, []reflect.Value) []reflect.Value {
		return []reflect.Value{reflect.MakeMap(rt)}
	}))
	for i := 0; i < len(x.Elts); i += chunk {
		part := x.Elts[i:min(i+chunk, len(x.Elts))]
		in, args := []types.Type{t}, []string{text}
		for _, el := range part {
			kv := el.(*ast.KeyValueExpr)
			in = append(in, m.Key(), m.Elem())
			args = append(args, f.element(kv.Key, m.Key()), f.element(kv.Value, m.Elem()))
		}
		text = f.call(f.op("fill map "+f.key(t)+strings.Repeat("+", len(part)), in, []types.Type{t}, func(_ *Frame, a []reflect.Value) []reflect.Value {
			for j := 1; j < len(a); j += 2 {
				a[0].SetMapIndex(fit(a[j], rt.Key()), fit(a[j+1], rt.Elem()))
			}
			return []reflect.Value{a[0]}
		}), args...)
	}
	return text
}
