package yaegi

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"strings"
)

// builtinText is a call of a builtin that is no operation; ok is false for the
// others.
func (f *function) builtinText(x *ast.CallExpr, name string) (text string, ok bool) {
	switch name {
	case "new":
		if f.info.Types[x.Args[0]].IsType() {
			t := f.typ(x.Args[0])
			return f.newPtr(t, f.zero(t)), true
		}
		t := f.defaultType(x.Args[0])
		return f.newPtr(t, f.as(x.Args[0], t)), true
	case "min", "max":
		return f.minMax(x, name), true
	case "make":
		return f.make(x), true
	case "append":
		return f.append(x), true
	}
	return "", false
}

// builtinCall is a call of a builtin as an operation, so that it can be deferred.
func (f *function) builtinCall(x *ast.CallExpr, name string) call {
	int_ := []types.Type{types.Typ[types.Int]}
	var t types.Type
	var first string
	if len(x.Args) > 0 {
		t = f.defaultType(x.Args[0])
		first = f.expr(x.Args[0])
	}
	switch name {
	case "len", "cap":
		return call{f.length(name, t), []string{first}}
	case "close":
		return call{f.op("close "+f.key(t), []types.Type{t}, nil, func(_ *Frame, a []reflect.Value) []reflect.Value {
			if a[0].IsNil() {
				var nothing chan int
				close(nothing)
			}
			a[0].Close()
			return nil
		}), []string{first}}
	case "delete":
		m := t.Underlying().(*types.Map)
		kt := f.e.rt(m.Key())
		return call{f.op("delete "+f.key(t), []types.Type{t, m.Key()}, nil, func(_ *Frame, a []reflect.Value) []reflect.Value {
			if !a[0].IsNil() {
				a[0].SetMapIndex(fit(a[1], kt), reflect.Value{})
			}
			return nil
		}), []string{first, f.as(x.Args[1], m.Key())}}
	case "clear":
		return call{f.op("clear "+f.key(t), []types.Type{t}, nil, func(_ *Frame, a []reflect.Value) []reflect.Value {
			a[0].Clear()
			return nil
		}), []string{first}}
	case "copy":
		from := f.defaultType(x.Args[1])
		return call{f.op("copy "+f.key(t)+f.key(from), []types.Type{t, from}, int_, func(_ *Frame, a []reflect.Value) []reflect.Value {
			return []reflect.Value{reflect.ValueOf(reflect.Copy(a[0], a[1]))}
		}), []string{first, f.expr(x.Args[1])}}
	case "panic":
		any_ := types.NewInterfaceType(nil, nil)
		return call{f.op("panic", []types.Type{any_}, nil, func(_ *Frame, a []reflect.Value) []reflect.Value {
			panic(a[0].Interface())
		}), []string{f.as(x.Args[0], any_)}}
	case "recover":
		any_ := types.NewInterfaceType(nil, nil)
		return call{f.op("recover", nil, []types.Type{any_}, func(fr *Frame, _ []reflect.Value) []reflect.Value {
			v := fr.recovered()
			return []reflect.Value{reflect.ValueOf(&v).Elem()}
		}), nil}
	case "print", "println":
		return f.print(x, name)
	case "Sizeof": // of a type parameter; others are constants
		size := f.e.rt(t).Size()
		return call{f.op("size of "+f.key(t), []types.Type{t}, []types.Type{types.Typ[types.Uintptr]}, func(_ *Frame, a []reflect.Value) []reflect.Value {
			return []reflect.Value{reflect.ValueOf(size)}
		}), []string{first}}
	case "complex":
		ft := f.typ(x.Args[0])
		out := f.defaultType(x)
		if b, ok := ft.Underlying().(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
			ft = f.typ(x.Args[1])
		}
		return call{f.op("complex of "+f.key(out)+f.key(ft), []types.Type{ft, ft}, []types.Type{out}, func(_ *Frame, a []reflect.Value) []reflect.Value {
			return []reflect.Value{reflect.ValueOf(complex(a[0].Float(), a[1].Float()))}
		}), []string{f.as(x.Args[0], ft), f.as(x.Args[1], ft)}}
	case "real", "imag":
		return call{f.op(name+" "+f.key(t), []types.Type{t}, []types.Type{f.defaultType(x)}, func(_ *Frame, a []reflect.Value) []reflect.Value {
			if name == "real" {
				return []reflect.Value{reflect.ValueOf(real(a[0].Complex()))}
			}
			return []reflect.Value{reflect.ValueOf(imag(a[0].Complex()))}
		}), []string{first}}
	}
	f.fail(x, "the builtin %s", name)
	return call{}
}

// length is len or cap.
func (f *function) length(name string, t types.Type) *op {
	return f.op(name+" "+f.key(t), []types.Type{t}, []types.Type{types.Typ[types.Int]}, func(_ *Frame, a []reflect.Value) []reflect.Value {
		v := a[0]
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return []reflect.Value{reflect.ValueOf(v.Type().Elem().Len())}
			}
			v = v.Elem()
		}
		if name == "len" {
			return []reflect.Value{reflect.ValueOf(v.Len())}
		}
		return []reflect.Value{reflect.ValueOf(v.Cap())}
	})
}

func (f *function) minMax(x *ast.CallExpr, name string) string {
	t := f.defaultType(x)
	o := f.op(name+" "+f.key(t), []types.Type{t, t}, []types.Type{t}, func(_ *Frame, a []reflect.Value) []reflect.Value {
		return []reflect.Value{pick(name == "min", a[0], a[1])}
	})
	text := f.as(x.Args[0], t)
	for _, a := range x.Args[1:] {
		text = f.call(o, text, f.as(a, t))
	}
	return text
}

// pick is the smaller or the larger of two ordered values.
func pick(smaller bool, a, b reflect.Value) reflect.Value {
	less := false
	switch {
	case a.CanInt():
		less = b.Int() < a.Int()
	case a.CanUint():
		less = b.Uint() < a.Uint()
	case a.CanFloat():
		x := min(a.Float(), b.Float())
		if !smaller {
			x = max(a.Float(), b.Float())
		}
		out := reflect.New(a.Type()).Elem()
		out.SetFloat(x)
		return out
	default:
		less = b.String() < a.String()
	}
	if less == smaller {
		return b
	}
	return a
}

func (f *function) make(x *ast.CallExpr) string {
	t := f.typ(x.Args[0])
	rt := f.e.rt(t)
	int_ := types.Typ[types.Int]
	sizes := []string{"int(0)", "int(-1)"}
	for i, a := range x.Args[1:] {
		sizes[i] = f.intIndex(a)
	}
	return f.call(f.op("make "+f.key(t), []types.Type{int_, int_}, []types.Type{t}, func(_ *Frame, a []reflect.Value) []reflect.Value {
		n, c := int(a[0].Int()), int(a[1].Int())
		switch rt.Kind() {
		case reflect.Map:
			return []reflect.Value{reflect.MakeMapWithSize(rt, max(n, 0))}
		case reflect.Chan:
			if n < 0 {
				panic(runtimeError("makechan: size out of range"))
			}
			return []reflect.Value{reflect.MakeChan(rt, n)}
		}
		if n < 0 || uintptr(n) > 1<<47/max(rt.Elem().Size(), 1) {
			panic(runtimeError("makeslice: len out of range"))
		}
		if c == -1 {
			c = n
		}
		if c < n {
			panic(runtimeError("makeslice: cap out of range"))
		}
		return []reflect.Value{reflect.MakeSlice(rt, n, c)}
	}), sizes...)
}

func (f *function) append(x *ast.CallExpr) string {
	t := f.defaultType(x)
	text := f.as(x.Args[0], t)
	if x.Ellipsis.IsValid() {
		from := f.defaultType(x.Args[1])
		if f.info.Types[x.Args[1]].IsNil() {
			return text
		}
		return f.call(f.op("append all "+f.key(t)+f.key(from), []types.Type{t, from}, []types.Type{t}, func(_ *Frame, a []reflect.Value) []reflect.Value {
			if a[1].Kind() == reflect.String {
				a[1] = reflect.ValueOf([]byte(a[1].String())).Convert(reflect.SliceOf(a[0].Type().Elem()))
			}
			return []reflect.Value{reflect.AppendSlice(a[0], fit(a[1], a[0].Type()))}
		}), text, f.expr(x.Args[1]))
	}
	el := t.Underlying().(*types.Slice).Elem()
	rt := f.e.rt(el)
	args := x.Args[1:]
	for i := 0; i < len(args); i += chunk {
		part := args[i:min(i+chunk, len(args))]
		in, texts := []types.Type{t}, []string{text}
		for _, a := range part {
			in, texts = append(in, el), append(texts, f.as(a, el))
		}
		text = f.call(f.op("append "+f.key(t)+strings.Repeat("+", len(part)), in, []types.Type{t}, func(_ *Frame, a []reflect.Value) []reflect.Value {
			values := make([]reflect.Value, len(a)-1)
			for i, v := range a[1:] {
				values[i] = fit(v, rt)
			}
			return []reflect.Value{reflect.Append(a[0], values...)}
		}), texts...)
	}
	return text
}

// print is print or println, which write to the error stream of the cell.
func (f *function) print(x *ast.CallExpr, name string) call {
	var in []types.Type
	var args []string
	key := name
	for _, a := range x.Args {
		t := f.defaultType(a)
		in, args = append(in, t), append(args, f.as(a, t))
		key += " " + f.key(t)
	}
	return call{f.op(key, in, nil, func(fr *Frame, a []reflect.Value) []reflect.Value {
		var parts []string
		for _, v := range a {
			parts = append(parts, printed(v))
		}
		text := strings.Join(parts, "")
		if name == "println" {
			text = strings.Join(parts, " ") + "\n"
		}
		// Nobody is told of a stream that takes nothing.
		_, _ = fr.state.run.Stderr.Write([]byte(text))
		return nil
	}), args}
}

func printed(v reflect.Value) string {
	switch {
	case v.CanFloat():
		return fmt.Sprintf("%+.6e", v.Float())
	case basic(v.Kind()):
		return fmt.Sprint(v.Interface())
	case v.Kind() == reflect.Interface:
		if v.IsNil() {
			return "(0x0,0x0)"
		}
		return printed(v.Elem())
	}
	return fmt.Sprintf("%#x", v.Pointer())
}
