package yaegi

import (
	"go/ast"
	"go/types"
	"reflect"
	"unsafe"
)

// selector is x.y: a field, a method as a value, or something of a package.
func (f *function) selector(x *ast.SelectorExpr) operand {
	if id, ok := x.X.(*ast.Ident); ok {
		if _, ok := f.info.Uses[id].(*types.PkgName); ok {
			return f.ident(x.Sel)
		}
	}
	if tv := f.info.Types[x.X]; tv.IsType() {
		return operand{f.methodExpr(x), f.typ(x), false}
	}
	obj, path := f.selected(x)
	if _, ok := obj.(*types.Var); ok {
		return f.fieldPath(f.place(x.X), path)
	}
	m := obj.(*types.Func)
	return operand{f.methodValue(x, m, f.fieldPath(f.place(x.X), path[:len(path)-1])), f.typ(x), false}
}

// selected is what a selector means once type parameters have become types.
func (f *function) selected(x *ast.SelectorExpr) (obj types.Object, path []int) {
	recv := f.typ(x.X)
	pkg := f.info.Uses[x.Sel].Pkg()
	obj, path, _ = types.LookupFieldOrMethod(recv, true, pkg, x.Sel.Name)
	if obj == nil {
		f.fail(x, "%s of a %s", x.Sel.Name, recv)
	}
	return obj, path
}

// fieldPath follows fields, through pointers where there are some.
func (f *function) fieldPath(o operand, path []int) operand {
	for _, i := range path {
		o = f.field(o, i)
	}
	return o
}

func (f *function) field(o operand, i int) operand {
	if p, ok := o.typ.Underlying().(*types.Pointer); ok {
		o = operand{f.load(o), p.Elem(), true}
	}
	st := o.typ.Underlying().(*types.Struct)
	t := st.Field(i).Type()
	if o.at {
		return operand{f.call(f.op("field "+f.key(o.typ)+st.Field(i).Id(), []types.Type{types.NewPointer(o.typ)}, []types.Type{types.NewPointer(t)}, func(_ *Frame, a []reflect.Value) []reflect.Value {
			notNil(a[0])
			return []reflect.Value{fieldPtr(a[0], i)}
		}), o.text), t, true}
	}
	return operand{f.call(f.op("value field "+f.key(o.typ)+st.Field(i).Id(), []types.Type{o.typ}, []types.Type{t}, func(_ *Frame, a []reflect.Value) []reflect.Value {
		p := reflect.New(a[0].Type())
		p.Elem().Set(a[0])
		return []reflect.Value{fieldPtr(p, i).Elem()}
	}), o.text), t, false}
}

// fieldPtr is a pointer to a field, exported or not, of the struct at p.
func fieldPtr(p reflect.Value, i int) reflect.Value {
	fd := p.Type().Elem().Field(i)
	return reflect.NewAt(fd.Type, unsafe.Add(p.UnsafePointer(), fd.Offset))
}

// index is x[i] but for maps.
func (f *function) index(x *ast.IndexExpr) operand {
	i := f.intIndex(x.Index)
	t := f.typ(x.X)
	if _, ok := t.Underlying().(*types.Basic); ok {
		o := f.op("index string", []types.Type{types.Typ[types.String], types.Typ[types.Int]}, []types.Type{types.Typ[types.Uint8]}, func(_ *Frame, a []reflect.Value) []reflect.Value {
			s := a[0].String()
			return []reflect.Value{reflect.ValueOf(s[a[1].Int()])}
		})
		return operand{f.call(o, f.as(x.X, types.Typ[types.String]), i), types.Typ[types.Uint8], false}
	}
	if s, ok := t.Underlying().(*types.Slice); ok {
		return operand{f.call(f.elem(t, s.Elem()), f.expr(x.X), i), s.Elem(), true}
	}
	o := f.place(x.X)
	if p, ok := t.Underlying().(*types.Pointer); ok {
		o = operand{f.load(o), p.Elem(), true}
	} else if !o.at {
		o.text, o.at = f.newPtr(o.typ, o.text), true
	}
	el := o.typ.Underlying().(*types.Array).Elem()
	return operand{f.call(f.arrayElem(o.typ, el), o.text, i), el, true}
}

// intIndex is an index as an int.
func (f *function) intIndex(x ast.Expr) string {
	t := types.Default(f.typ(x))
	if tv := f.info.Types[x]; tv.Value != nil {
		return f.constant(tv.Value, types.Typ[types.Int])
	}
	return f.convert(f.expr(x), t, types.Typ[types.Int])
}

// elem is a pointer to an element of a slice.
func (f *function) elem(t, el types.Type) *op {
	return f.op("elem "+f.key(t), []types.Type{t, types.Typ[types.Int]}, []types.Type{types.NewPointer(el)}, func(_ *Frame, a []reflect.Value) []reflect.Value {
		i := checkIndex(int(a[1].Int()), a[0].Len())
		return []reflect.Value{a[0].Index(i).Addr()}
	})
}

// arrayElem is a pointer to an element of the array at a pointer.
func (f *function) arrayElem(t, el types.Type) *op {
	return f.op("array elem "+f.key(t), []types.Type{types.NewPointer(t), types.Typ[types.Int]}, []types.Type{types.NewPointer(el)}, func(_ *Frame, a []reflect.Value) []reflect.Value {
		notNil(a[0])
		i := checkIndex(int(a[1].Int()), a[0].Elem().Len())
		return []reflect.Value{a[0].Elem().Index(i).Addr()}
	})
}

// checkIndex panics as Go does if i is out of range.
func checkIndex(i, n int) int {
	_ = make([]struct{}, n)[i]
	return i
}

// slice is x[i:j:k].
func (f *function) slice(x *ast.SliceExpr) string {
	t := f.typ(x.X)
	bound := func(b ast.Expr) string {
		if b == nil {
			return "int(-1)"
		}
		return f.call(f.op("bound", []types.Type{types.Typ[types.Int]}, []types.Type{types.Typ[types.Int]}, func(_ *Frame, a []reflect.Value) []reflect.Value {
			if a[0].Int() < 0 {
				_ = ""[:a[0].Int()] // the panic of Go
			}
			return a
		}), f.intIndex(b))
	}
	var from string
	var in types.Type
	switch u := t.Underlying().(type) {
	case *types.Array:
		from, in = f.addr(x.X).text, types.NewPointer(t)
	case *types.Pointer:
		from, in = f.expr(x.X), types.NewPointer(u.Elem())
	default:
		from, in = f.expr(x.X), t
		if b, ok := t.Underlying().(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
			in = types.Typ[types.String]
		}
	}
	out := f.defaultType(x)
	int_ := types.Typ[types.Int]
	return f.call(f.op("slice "+f.key(in), []types.Type{in, int_, int_, int_}, []types.Type{out}, func(_ *Frame, a []reflect.Value) []reflect.Value {
		return []reflect.Value{sliceOf(a[0], int(a[1].Int()), int(a[2].Int()), int(a[3].Int()))}
	}), from, bound(x.Low), bound(x.High), bound(x.Max))
}

// sliceOf slices v, with the panics of Go; -1 stands for a bound that is left
// out.
func sliceOf(v reflect.Value, i, j, k int) reflect.Value {
	i = max(i, 0)
	if v.Kind() == reflect.String {
		s := v.String()
		if j < 0 {
			j = len(s)
		}
		return reflect.ValueOf(s[i:j])
	}
	n, c := 0, 0
	if v.Kind() == reflect.Pointer {
		notNil(v)
		v = v.Elem()
		n, c = v.Len(), v.Len()
	} else {
		n, c = v.Len(), v.Cap()
	}
	if j < 0 {
		j = n
	}
	model := make([]struct{}, n, c)
	if k < 0 {
		_ = model[i:j]
		return v.Slice(i, j)
	}
	_ = model[i:j:k]
	return v.Slice3(i, j, k)
}

// mapIndex is m[k], with whether it is there if ok is set.
func (f *function) mapIndex(x *ast.IndexExpr, ok bool) string {
	t := f.typ(x.X)
	m := t.Underlying().(*types.Map)
	return f.call(f.mapGet(t, m, ok), f.expr(x.X), f.as(x.Index, m.Key()))
}

func (f *function) mapGet(t types.Type, m *types.Map, ok bool) *op {
	out := []types.Type{m.Elem()}
	key := "map "
	if ok {
		out = append(out, types.Typ[types.Bool])
		key = "map ok "
	}
	zero := reflect.Zero(f.e.rt(m.Elem()))
	kt := f.e.rt(m.Key())
	return f.op(key+f.key(t), []types.Type{t, m.Key()}, out, func(_ *Frame, a []reflect.Value) []reflect.Value {
		v := a[0].MapIndex(fit(a[1], kt))
		there := v.IsValid()
		if !there {
			v = zero
		}
		if ok {
			return []reflect.Value{v, reflect.ValueOf(there)}
		}
		return []reflect.Value{v}
	})
}

// assertion is x.(T).
func (f *function) assertion(x *ast.TypeAssertExpr, ok bool) string {
	return f.call(f.assert(f.typ(x.X), f.typ(x.Type), ok), f.expr(x.X))
}

func (f *function) assert(from, to types.Type, ok bool) *op {
	out := []types.Type{to}
	key := "assert "
	if ok {
		out = append(out, types.Typ[types.Bool])
		key = "assert ok "
	}
	it, rt := f.e.rt(from), f.e.rt(to)
	return f.op(key+f.key(from)+f.key(to), []types.Type{from}, out, func(_ *Frame, a []reflect.Value) []reflect.Value {
		v, is := asserted(a[0], rt)
		if ok {
			return []reflect.Value{v, reflect.ValueOf(is)}
		}
		if !is {
			panic(assertionError(a[0], it, rt))
		}
		return []reflect.Value{v}
	})
}

func asserted(x reflect.Value, rt reflect.Type) (v reflect.Value, ok bool) {
	if x.IsNil() {
		return reflect.Zero(rt), false
	}
	x = x.Elem()
	if rt.Kind() == reflect.Interface {
		if !x.Type().Implements(rt) {
			return reflect.Zero(rt), false
		}
		return fit(x, rt), true
	}
	if x.Type() != rt {
		return reflect.Zero(rt), false
	}
	return x, true
}

func assertionError(x reflect.Value, it, rt reflect.Type) error {
	text := "interface conversion: "
	name := it.String()
	if it.Name() == "" && it.NumMethod() == 0 {
		name = "interface {}"
	}
	switch {
	case x.IsNil() && rt.Kind() == reflect.Interface:
		text += "interface is nil, not " + rt.String()
	case x.IsNil():
		text += name + " is nil, not " + rt.String()
	case rt.Kind() == reflect.Interface:
		text += x.Elem().Type().String() + " is not " + rt.String() + ": missing method " + missingMethod(x.Elem().Type(), rt)
	default:
		text += name + " is " + x.Elem().Type().String() + ", not " + rt.String()
	}
	return typeError(text)
}

// A typeError is a *runtime.TypeAssertionError, which only the runtime makes.
type typeError string

func (e typeError) Error() string { return string(e) }
func (e typeError) RuntimeError() {}

func missingMethod(t, it reflect.Type) string {
	for m := range it.Methods() {
		if _, ok := t.MethodByName(m.Name); !ok {
			return m.Name
		}
	}
	return "of another package"
}
