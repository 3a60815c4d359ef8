package yaegi

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"strings"
)

// A call is a call that is ready to be written: at once, deferred, or on a
// goroutine of its own.
type call struct {
	op   *op
	args []string
}

func (f *function) callExpr(x *ast.CallExpr) string {
	if f.info.Types[x.Fun].IsType() {
		t := f.typ(x.Fun)
		if tv := f.info.Types[x.Args[0]]; tv.Value != nil && !types.IsInterface(t) {
			if _, ok := t.Underlying().(*types.Basic); ok && isString(t) == isString(f.typ(x.Args[0])) {
				return f.constant(tv.Value, t)
			}
		}
		if f.info.Types[ast.Unparen(x.Args[0])].IsNil() {
			return f.zero(t)
		}
		return f.convert(f.expr(x.Args[0]), f.defaultType(x.Args[0]), t)
	}
	if id, ok := ast.Unparen(x.Fun).(*ast.Ident); ok {
		if b, ok := f.info.Uses[id].(*types.Builtin); ok {
			if text, ok := f.builtinText(x, b.Name()); ok {
				return text
			}
		}
	}
	c := f.prepare(x)
	return f.call(c.op, c.args...)
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

// prepare finds what a call calls and writes its arguments.
func (f *function) prepare(x *ast.CallExpr) call {
	fun := ast.Unparen(x.Fun)
	switch fx := fun.(type) {
	case *ast.Ident:
		switch obj := f.info.Uses[fx].(type) {
		case *types.Builtin:
			return f.builtinCall(x, obj.Name())
		case *types.Func:
			return f.funcCall(x, obj, f.instanceArgs(fx))
		}
	case *ast.IndexExpr:
		if obj, args := f.instantiated(fx.X); obj != nil {
			return f.funcCall(x, obj, args)
		}
	case *ast.IndexListExpr:
		if obj, args := f.instantiated(fx.X); obj != nil {
			return f.funcCall(x, obj, args)
		}
	case *ast.SelectorExpr:
		if b, ok := f.info.Uses[fx.Sel].(*types.Builtin); ok {
			return f.builtinCall(x, b.Name())
		}
		if obj, ok := f.info.Uses[fx.Sel].(*types.Func); ok && f.info.Selections[fx] == nil {
			return f.funcCall(x, obj, f.instanceArgs(fx.Sel))
		}
		if sel := f.info.Selections[fx]; sel != nil && sel.Kind() == types.MethodVal {
			return f.methodCall(x, fx)
		}
	case *ast.FuncLit:
		g := f.child(fx)
		in := g.capturedTypes()
		sig := f.info.TypeOf(fx).Underlying().(*types.Signature)
		return f.bodyCall("literal "+g.body.name, func() *body { return g.body }, in, g.capturedNames(), f.sub.apply(sig).(*types.Signature), x)
	}
	// A function value.
	t := f.typ(fun)
	sig := t.Underlying().(*types.Signature)
	o := f.op("value "+f.key(t), append([]types.Type{t}, paramTypes(sig)...), resultTypes(sig), func(_ *Frame, a []reflect.Value) []reflect.Value {
		notNil(a[0])
		return callReal(a[0], a[1:])
	})
	return f.with(call{o, []string{f.expr(fun)}}, x, sig)
}

func (f *function) instanceArgs(id *ast.Ident) []types.Type {
	var args []types.Type
	if inst, ok := f.info.Instances[id]; ok {
		for a := range inst.TypeArgs.Types() {
			args = append(args, f.sub.apply(a))
		}
	}
	return args
}

// instantiated is the generic function that x names, with its type arguments.
func (f *function) instantiated(x ast.Expr) (*types.Func, []types.Type) {
	var id *ast.Ident
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		id = x
	case *ast.SelectorExpr:
		id = x.Sel
	default:
		return nil, nil
	}
	obj, _ := f.info.Uses[id].(*types.Func)
	return obj, f.instanceArgs(id)
}

// instance is f[T] as a value.
func (f *function) instance(x ast.Expr) (operand, bool) {
	var base ast.Expr
	switch x := x.(type) {
	case *ast.IndexExpr:
		base = x.X
	case *ast.IndexListExpr:
		base = x.X
	}
	obj, args := f.instantiated(base)
	if obj == nil {
		return operand{}, false
	}
	return operand{f.funcAsValue(x, obj, args, f.typ(x)), f.typ(x), false}, true
}

func paramTypes(sig *types.Signature) []types.Type {
	var out []types.Type
	for v := range sig.Params().Variables() {
		out = append(out, v.Type())
	}
	return out
}

func resultTypes(sig *types.Signature) []types.Type {
	var out []types.Type
	for v := range sig.Results().Variables() {
		out = append(out, v.Type())
	}
	return out
}

// with is c with the arguments of the call x.
func (f *function) with(c call, x *ast.CallExpr, sig *types.Signature) call {
	if len(x.Args) == 1 {
		if _, ok := f.typ(x.Args[0]).(*types.Tuple); ok {
			return f.spread(c, x.Args[0], sig)
		}
	}
	return call{c.op, append(c.args, f.args(x, sig)...)}
}

// args are the arguments of a call, those of a variadic parameter as a slice.
func (f *function) args(x *ast.CallExpr, sig *types.Signature) []string {
	n := sig.Params().Len()
	var out []string
	for i := range n {
		t := sig.Params().At(i).Type()
		if i == n-1 && sig.Variadic() && !x.Ellipsis.IsValid() {
			var rest []string
			for _, a := range x.Args[i:] {
				rest = append(rest, f.as(a, t.(*types.Slice).Elem()))
			}
			out = append(out, f.sliceOfArgs(t, rest))
			break
		}
		out = append(out, f.as(x.Args[i], t))
	}
	return out
}

func (f *function) sliceOfArgs(t types.Type, args []string) string {
	if len(args) == 0 {
		return f.zero(t)
	}
	rt := f.e.rt(t)
	el := t.Underlying().(*types.Slice).Elem()
	text := f.call(f.op("no args "+f.key(t), nil, []types.Type{t}, func(*Frame, []reflect.Value) []reflect.Value {
		return []reflect.Value{reflect.MakeSlice(rt, 0, 0)}
	}))
	for i := 0; i < len(args); i += chunk {
		part := args[i:min(i+chunk, len(args))]
		in := []types.Type{t}
		for range part {
			in = append(in, el)
		}
		text = f.call(f.op("args "+f.key(t)+strings.Repeat("+", len(part)), in, []types.Type{t}, func(_ *Frame, a []reflect.Value) []reflect.Value {
			s := a[0]
			for _, v := range a[1:] {
				s = reflect.Append(s, fit(v, rt.Elem()))
			}
			return []reflect.Value{s}
		}), append([]string{text}, part...)...)
	}
	return text
}

// A tuple holds the results of a call that are arguments of another.
type tuple struct{ values []reflect.Value }

// spread is c with the results of the call x as its last arguments.
func (f *function) spread(c call, x ast.Expr, sig *types.Signature) call {
	results := f.typ(x).(*types.Tuple)
	in := resultTypes(types.NewSignatureType(nil, nil, nil, nil, results, false))
	pack := f.e.names.pack(f.rts(in))
	params := f.rts(paramTypes(sig))
	first := len(c.op.in) - len(params)
	inner := c.op
	o := f.e.names.op("spread "+inner.name+" "+pack, append(append([]reflect.Type{}, inner.in[:first]...), reflect.TypeFor[*tuple]()), inner.out, func(fr *Frame, a []reflect.Value) []reflect.Value {
		args := append([]reflect.Value{}, a[:first]...)
		values := a[first].Interface().(*tuple).values
		for i, p := range params {
			if i < len(params)-1 || !sig.Variadic() {
				args = append(args, fit(values[i], p))
				continue
			}
			rest := reflect.MakeSlice(p, 0, len(values)-i)
			for _, v := range values[i:] {
				rest = reflect.Append(rest, fit(v, p.Elem()))
			}
			args = append(args, rest)
		}
		for i := range args {
			args[i] = fit(args[i], inner.in[i])
		}
		return inner.fn(fr, args)
	})
	return call{o, append(c.args, fmt.Sprintf("t.%s(%s)", pack, f.expr(x)))}
}

// multi holds the values of a call with several results.
func (f *function) multi(x ast.Expr) []string {
	n := f.typ(x).(*types.Tuple).Len()
	text := f.expr(x)
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("t%d", f.serial())
	}
	f.line("%s := %s", strings.Join(names, ", "), text)
	return names
}

// funcCall calls a declared function.
func (f *function) funcCall(x *ast.CallExpr, obj *types.Func, args []types.Type) call {
	sig := f.typ(x.Fun).Underlying().(*types.Signature)
	if s := f.cell.slotOf(obj, args); s != nil && !f.e.special(obj) {
		return f.slotCall(s, nil, nil, sig, x)
	}
	return f.with(call{f.compiled(x, obj, sig), nil}, x, sig)
}

// slotCall calls what a slot has when the call is made.
func (f *function) slotCall(s *slot, recv []types.Type, recvText []string, sig *types.Signature, x *ast.CallExpr) call {
	return f.bodyCall(fmt.Sprintf("slot %p", s), func() *body { return s.body }, recv, recvText, sig, x)
}

func (f *function) bodyCall(key string, find func() *body, first []types.Type, firstText []string, sig *types.Signature, x *ast.CallExpr) call {
	e := f.e
	in := append(append([]types.Type{}, first...), paramTypes(sig)...)
	o := f.op(key, in, resultTypes(sig), func(fr *Frame, a []reflect.Value) []reflect.Value {
		b := find()
		if b == nil {
			panic(runtimeError("a function is called before its cell has run"))
		}
		return e.enter(fr, b, a)
	})
	return f.with(call{o, firstText}, x, sig)
}

// compiled is the operation that calls a compiled function.
func (f *function) compiled(n ast.Node, obj *types.Func, sig *types.Signature) *op {
	fn, ok := f.e.compiledFunc(obj)
	if !ok {
		f.fail(n, "the function %s", obj.FullName())
	}
	return f.op(fmt.Sprintf("compiled %s %s", obj.FullName(), f.key(sig)), paramTypes(sig), resultTypes(sig), func(fr *Frame, a []reflect.Value) []reflect.Value {
		return callCompiled(fr, fn(fr), a)
	})
}

// callCompiled calls a compiled function for a cell. Variadic ones that take the
// cell as an option are given it.
func callCompiled(fr *Frame, fn reflect.Value, a []reflect.Value) []reflect.Value {
	ft := fn.Type()
	if ft.IsVariadic() {
		last := len(a) - 1
		opt, el := fr.state.run.Option, ft.In(last).Elem()
		if opt.IsValid() && el.Kind() == reflect.Interface && el.NumMethod() > 0 && opt.Type().Implements(el) {
			rest := reflect.MakeSlice(ft.In(last), 0, a[last].Len()+1)
			rest = reflect.AppendSlice(rest, a[last])
			a = append(append([]reflect.Value{}, a[:last]...), reflect.Append(rest, opt))
			defer fr.state.run.Tell()()
		}
	}
	return callReal(fn, a)
}

// callReal calls a function value with erased arguments.
func callReal(fn reflect.Value, a []reflect.Value) []reflect.Value {
	ft := fn.Type()
	in := make([]reflect.Value, len(a))
	for i, v := range a {
		in[i] = fit(v, ft.In(i))
	}
	if ft.IsVariadic() {
		return fn.CallSlice(in)
	}
	return fn.Call(in)
}

// funcAsValue is a declared function as a value.
func (f *function) funcAsValue(n ast.Node, obj *types.Func, args []types.Type, t types.Type) string {
	rt := f.e.rt(t)
	e := f.e
	var make func(fr *Frame) reflect.Value
	key := "compiled value " + obj.FullName() + f.key(t)
	if s := f.cell.slotOf(obj, args); s != nil && !e.special(obj) {
		key = fmt.Sprintf("slot value %p", s)
		make = func(*Frame) reflect.Value {
			return reflect.MakeFunc(rt, func(args []reflect.Value) []reflect.Value { return e.callSlot(s, rt, args) })
		}
	} else {
		fn, ok := e.compiledFunc(obj)
		if !ok {
			f.fail(n, "the function %s", obj.FullName())
		}
		make = fn
	}
	return f.call(f.op(key, nil, []types.Type{t}, func(fr *Frame, _ []reflect.Value) []reflect.Value {
		return []reflect.Value{make(fr)}
	}))
}

// callSlot is a call of a cell's function from compiled code.
func (e *Engine) callSlot(s *slot, rt reflect.Type, args []reflect.Value) []reflect.Value {
	fr := e.entry()
	return fr.state.guard(rt, func() []reflect.Value {
		in := make([]reflect.Value, len(args))
		for i, a := range args {
			in[i] = erased(a)
		}
		if s.body == nil {
			panic(runtimeError("a function is called before its cell has run"))
		}
		return fitAll(e.enter(fr, s.body, in), rt)
	})
}
