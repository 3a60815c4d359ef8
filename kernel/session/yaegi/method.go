package yaegi

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
)

// methodCall is x.m(...).
func (f *function) methodCall(x *ast.CallExpr, fx *ast.SelectorExpr) call {
	obj, path := f.selected(fx)
	m, ok := obj.(*types.Func)
	if !ok {
		f.fail(fx, "a call of the field %s", fx.Sel.Name)
	}
	o := f.fieldPath(f.place(fx.X), path[:len(path)-1])
	sig := f.typ(fx).Underlying().(*types.Signature)
	op, recv := f.methodOp(fx, m, o)
	return f.with(call{op, []string{recv}}, x, sig)
}

// methodOp is the operation that calls a method with its receiver first, and the
// receiver that o is.
func (f *function) methodOp(n ast.Node, m *types.Func, o operand) (*op, string) {
	sig := m.Signature()
	plain := types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
	if types.IsInterface(o.typ) {
		return f.invoke(m, o.typ, plain), f.load(o)
	}
	text, rt := f.receiver(o, sig.Recv().Type())
	in := append([]types.Type{rt}, paramTypes(plain)...)
	e := f.e
	if s := f.cell.slotOf(m, receiverArgs(rt)); s != nil {
		return f.op(fmt.Sprintf("method slot %p", s), in, resultTypes(plain), func(fr *Frame, a []reflect.Value) []reflect.Value {
			if s.body == nil {
				panic(runtimeError("a method is called before its cell has run"))
			}
			return e.enter(fr, s.body, a)
		}), text
	}
	fn, ok := e.compiledMethod(rt, m)
	if !ok {
		f.fail(n, "the method %s", m.FullName())
	}
	return f.op("method "+f.key(rt)+m.Name(), in, resultTypes(plain), func(fr *Frame, a []reflect.Value) []reflect.Value {
		return callCompiled(fr, fn, a)
	}), text
}

// receiver is o as a method with a receiver of type want takes it: its address,
// what it points to, or itself.
func (f *function) receiver(o operand, want types.Type) (string, types.Type) {
	_, wantPtr := types.Unalias(want).(*types.Pointer)
	p, isPtr := types.Unalias(o.typ).(*types.Pointer)
	switch {
	case wantPtr && !isPtr:
		if !o.at {
			o.text = f.newPtr(o.typ, o.text)
		}
		return o.text, types.NewPointer(o.typ)
	case !wantPtr && isPtr:
		return f.load(operand{f.load(o), p.Elem(), true}), p.Elem()
	}
	return f.load(o), o.typ
}

// invoke calls a method of an interface value.
func (f *function) invoke(m *types.Func, t types.Type, sig *types.Signature) *op {
	e := f.e
	return f.op("invoke "+f.key(t)+m.Id(), append([]types.Type{t}, paramTypes(sig)...), resultTypes(sig), func(fr *Frame, a []reflect.Value) []reflect.Value {
		if a[0].IsNil() {
			notNil(a[0])
		}
		x := a[0].Elem()
		if m.Exported() {
			return callCompiled(fr, x.MethodByName(m.Name()), a[1:])
		}
		return e.unexported(fr, x, m, a[1:])
	})
}

// unexported calls an unexported method of a cell's type, which package reflect
// does not find.
func (e *Engine) unexported(fr *Frame, x reflect.Value, m *types.Func, args []reflect.Value) []reflect.Value {
	known, ok := e.named.Load(x.Type())
	if !ok {
		panic(typeError("a method " + m.Name() + " of " + x.Type().String() + ", which no cell declares"))
	}
	t := known.(types.Type)
	sel := types.NewMethodSet(t).Lookup(m.Pkg(), m.Name())
	sig := sel.Type().(*types.Signature)
	vars := []*types.Var{types.NewParam(0, nil, "", t)}
	for v := range sig.Params().Variables() {
		vars = append(vars, v)
	}
	ft := e.rt(types.NewSignatureType(nil, nil, nil, types.NewTuple(vars...), sig.Results(), sig.Variadic()))
	return callReal(e.method(sel, ft), append([]reflect.Value{x}, args...))
}

// method gives compiled code a function for a method of a type that a cell
// declares, with the receiver as its first parameter of ft.
func (e *Engine) method(sel *types.Selection, ft reflect.Type) reflect.Value {
	m := sel.Obj().(*types.Func)
	return reflect.MakeFunc(ft, func(args []reflect.Value) []reflect.Value {
		recv := args[0]
		index := sel.Index()
		for _, i := range index[:len(index)-1] {
			if recv.Kind() == reflect.Pointer {
				notNil(recv)
				recv = fieldPtr(recv, i).Elem()
				continue
			}
			p := reflect.New(recv.Type())
			p.Elem().Set(recv)
			recv = fieldPtr(p, i).Elem()
		}
		args = append([]reflect.Value{recv}, args[1:]...)
		s := e.methodSlot(m, sel)
		if s == nil {
			return e.promoted(m, ft, args)
		}
		_, wantPtr := types.Unalias(s.recv).(*types.Pointer)
		switch isPtr := recv.Kind() == reflect.Pointer && recv.Type().Name() == ""; {
		case wantPtr && !isPtr:
			args[0] = recv.Addr()
		case !wantPtr && isPtr:
			notNil(recv)
			args[0] = recv.Elem()
		}
		return e.callSlot(s, ft, args)
	})
}

// promoted calls a method of a compiled type, or of an interface, that a cell's
// type embeds.
func (e *Engine) promoted(m *types.Func, ft reflect.Type, args []reflect.Value) []reflect.Value {
	recv := args[0]
	method := recv.MethodByName(m.Name())
	if !method.IsValid() && recv.CanAddr() {
		method = recv.Addr().MethodByName(m.Name())
	}
	if ft.IsVariadic() {
		return method.CallSlice(args[1:])
	}
	return method.Call(args[1:])
}

// methodSlot is the slot of the method that a selection selects, nil for
// compiled ones.
func (e *Engine) methodSlot(m *types.Func, sel *types.Selection) *slot {
	e.mu.Lock()
	defer e.mu.Unlock()
	if s := e.slots[m]; s != nil {
		return s
	}
	args := receiverArgs(m.Signature().Recv().Type())
	if len(args) == 0 {
		return nil
	}
	src := e.sourceOf(m)
	if src == nil {
		return nil
	}
	c := &cell{e: e}
	s := c.copyOf(m.Origin(), src, args)
	if s.body != nil {
		return s
	}
	// The method of an instance that no text has called yet.
	c.finish()
	if err := c.eval(); err != nil {
		panic(err)
	}
	c.install()
	return s
}

// methodValue is x.m as a value: the receiver is evaluated now.
func (f *function) methodValue(x *ast.SelectorExpr, m *types.Func, o operand) string {
	t := f.typ(x)
	rt := f.e.rt(t)
	e := f.e
	op, recv := f.methodOp(x, m, o)
	isInterface := types.IsInterface(o.typ)
	v := e.names.op("bound "+op.name, op.in[:1], []reflect.Type{rt}, func(fr *Frame, a []reflect.Value) []reflect.Value {
		r := a[0]
		if isInterface {
			notNil(r)
		}
		return []reflect.Value{reflect.MakeFunc(rt, func(args []reflect.Value) []reflect.Value {
			in := []reflect.Value{r}
			for _, a := range args {
				in = append(in, erased(a))
			}
			fr := e.entry()
			return fr.state.guard(rt, func() []reflect.Value { return fitAll(op.fn(fr, in), rt) })
		})}
	})
	return f.call(v, recv)
}

// methodExpr is T.m: the method as a function with the receiver first.
func (f *function) methodExpr(x *ast.SelectorExpr) string {
	recv := f.typ(x.X)
	t := f.typ(x)
	rt := f.e.rt(t)
	obj, path, _ := types.LookupFieldOrMethod(recv, true, f.info.Uses[x.Sel].Pkg(), x.Sel.Name)
	m, ok := obj.(*types.Func)
	if !ok {
		f.fail(x, "%s.%s", recv, x.Sel.Name)
	}
	// A function of its own: its first parameter is the receiver.
	g := f.newFunction(f.body.title, f.info, f.sub)
	g.root, g.parent = &root{shared: map[*types.Var]bool{}, locals: map[*types.Var]*local{}}, f
	sig := t.Underlying().(*types.Signature)
	var params, names []string
	for i := range sig.Params().Len() {
		names = append(names, fmt.Sprintf("p%d", i))
		params = append(params, names[i]+" "+f.typeText(sig.Params().At(i).Type()))
	}
	g.returns = resultTypes(sig)
	o := g.fieldPath(operand{names[0], recv, false}, path[:len(path)-1])
	mop, first := g.methodOp(x, m, o)
	text := g.call(mop, append([]string{first}, names[1:]...)...)
	if len(g.returns) > 0 {
		g.line("return %s", text)
	} else {
		g.line("%s", text)
	}
	g.emit(params)
	e := f.e
	return f.call(f.e.names.op("method expr "+g.body.name, nil, []reflect.Type{rt}, func(*Frame, []reflect.Value) []reflect.Value {
		return []reflect.Value{e.funcValue(rt, g.body, nil)}
	}))
}
