package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
)

// call is a call as a value; one without results has no value.
func (c *compiler) call(e *ast.CallExpr) expr {
	if c.isConversion(e) {
		return c.conversion(e)
	}
	if tv := c.info.Types[e.Fun]; tv.IsBuiltin() {
		return c.builtin(e)
	}
	t := c.typeOf(e)
	if tuple, ok := t.(*types.Tuple); ok {
		if tuple.Len() != 1 {
			c.fail(e.Pos(), "this call as one value")
		}
		t = tuple.At(0).Type()
	}
	pos := e.Pos()
	if slot, recv, args := c.staticCall(e); slot != nil {
		x := c.of(t)
		made := c.makeFrame(slot, recv, args, pos)
		if m := x.memory(); m != nil {
			x.fast = m.result(made)
			return x
		}
		x.get = func(f *frame) reflect.Value { return made(f).resultValues()[0] }
		return x
	}
	if x, ok := c.mathCall(e, t); ok {
		return x
	}
	results, run := c.callValues(e)
	x := expr{t: results[0], rt: c.resultLayout(e, results[0])}
	x.get = func(f *frame) reflect.Value { return run(f)[0] }
	return x
}

// resultLayout is the layout of the only result of a call: that of the function
// called where it is a compiled one.
func (c *compiler) resultLayout(e *ast.CallExpr, t types.Type) reflect.Type {
	return c.m.typeOf(t)
}

// staticCall finds the interpreted function that a call names, with its
// arguments; the slot is nil for all other calls.
func (c *compiler) staticCall(e *ast.CallExpr) (slot *funcSlot, recv *expr, args []expr) {
	fun := ast.Unparen(e.Fun)
	var id *ast.Ident
	switch x := fun.(type) {
	case *ast.Ident:
		id = x
	case *ast.SelectorExpr:
		if sel := c.info.Selections[x]; sel != nil {
			return c.staticMethod(e, x, sel)
		}
		id = x.Sel
	default:
		id = calleeIdent(fun)
	}
	if id == nil {
		return nil, nil, nil
	}
	obj, ok := c.info.Uses[id].(*types.Func)
	if !ok {
		return nil, nil, nil
	}
	if slot = c.slotFor(id, obj); slot == nil {
		return nil, nil, nil
	}
	return slot, nil, c.args(e, c.typeOf(e.Fun).(*types.Signature), nil)
}

func (c *compiler) staticMethod(e *ast.CallExpr, x *ast.SelectorExpr, sel *types.Selection) (*funcSlot, *expr, []expr) {
	if sel.Kind() != types.MethodVal {
		return nil, nil, nil
	}
	obj, path := c.methodObject(x, sel)
	slot := c.m.funcs[obj.Origin()]
	src := c.m.generic[obj.Origin()]
	if slot == nil && src == nil {
		return nil, nil, nil
	}
	on := c.fieldPath(c.expr(x.X), path[:len(path)-1])
	if _, ok := on.t.Underlying().(*types.Interface); ok {
		return nil, nil, nil
	}
	if src != nil {
		slot = c.m.instance(obj.Origin(), src, receiverArgs(on.t))
	}
	get := c.receiverAs(on, isPointerReceiver(obj.Origin()))
	rt := on.rt
	if p, isPtr := on.t.Underlying().(*types.Pointer); isPtr != isPointerReceiver(obj.Origin()) {
		if isPtr {
			rt = c.m.typeOf(p.Elem())
		} else {
			rt = c.m.typeOf(types.NewPointer(on.t))
		}
	}
	recv := expr{t: on.t, rt: rt, get: get}
	return slot, &recv, c.args(e, c.typeOf(e.Fun).(*types.Signature), nil)
}

// methodObject is the method that a selector calls and the path to it; in a
// generic function it depends on the type at hand.
func (c *compiler) methodObject(x *ast.SelectorExpr, sel *types.Selection) (*types.Func, []int) {
	if len(c.subst) == 0 {
		return sel.Obj().(*types.Func), sel.Index()
	}
	obj, index, _ := types.LookupFieldOrMethod(c.typ(sel.Recv()), true, sel.Obj().Pkg(), sel.Obj().Name())
	return obj.(*types.Func), index
}

// makeFrame evaluates the arguments and calls the function; the results are in
// the frame that it returns.
func (c *compiler) makeFrame(slot *funcSlot, recv *expr, args []expr, pos token.Pos) func(*frame) *frame {
	if recv != nil {
		args = append([]expr{*recv}, args...)
	}
	stores := make([]func(*frame, ptr), len(args))
	for i, a := range args {
		stores[i] = a.storeTo()
	}
	return func(f *frame) *frame {
		f.pos = pos
		fn := slot.fn
		fr := fn.enter(f, f.th)
		for i, store := range stores {
			store(f, fr.vars[fn.params[i]])
		}
		f.pos = pos
		fr.call()
		return fr
	}
}

// callValues is a call with all of its results.
func (c *compiler) callValues(e *ast.CallExpr) ([]types.Type, func(*frame) []reflect.Value) {
	if tv := c.info.Types[e.Fun]; tv.IsBuiltin() {
		x := c.builtin(e)
		if t, ok := c.typeOf(e).(*types.Tuple); x.get == nil && x.fast == nil || ok && t.Len() == 0 {
			get := x.value()
			return nil, func(f *frame) []reflect.Value { get(f); return nil }
		}
		get := x.value()
		return []types.Type{x.t}, func(f *frame) []reflect.Value { return []reflect.Value{get(f)} }
	}
	pos := e.Pos()
	var results []types.Type
	sig := c.typeOf(e.Fun).Underlying().(*types.Signature)
	for v := range sig.Results().Variables() {
		results = append(results, v.Type())
	}
	if slot, recv, args := c.staticCall(e); slot != nil {
		made := c.makeFrame(slot, recv, args, pos)
		return results, func(f *frame) []reflect.Value { return made(f).resultValues() }
	}
	prepare := c.prepare(e)
	return results, func(f *frame) []reflect.Value {
		f.pos = pos
		call := prepare(f)
		f.pos = pos
		return call(f)
	}
}

// prepare evaluates the function and the arguments of a call, in memory of their
// own, and returns what makes the call: the two halves of go and defer.
func (c *compiler) prepare(e *ast.CallExpr) func(*frame) func(*frame) []reflect.Value {
	sig := c.typeOf(e.Fun).Underlying().(*types.Signature)
	fun := ast.Unparen(e.Fun)
	if slot, recv, args := c.staticCall(e); slot != nil {
		if recv != nil {
			args = append([]expr{*recv}, args...)
		}
		values := c.values(args)
		return func(f *frame) func(*frame) []reflect.Value {
			in := values(f)
			return func(f *frame) []reflect.Value {
				cl := closure{fn: slot.fn}
				return cl.invoke(f, f.th, in)
			}
		}
	}
	switch x := fun.(type) {
	case *ast.FuncLit:
		build, values := c.closureOf(x), c.values(c.args(e, sig, nil))
		return func(f *frame) func(*frame) []reflect.Value {
			cl := build(f)
			in := values(f)
			return func(f *frame) []reflect.Value { return cl.invoke(f, f.th, in) }
		}
	case *ast.SelectorExpr:
		if sel := c.info.Selections[x]; sel != nil && sel.Kind() == types.MethodVal {
			obj, path := c.methodObject(x, sel)
			call := c.methodCall(c.expr(x.X), obj, path)
			values := c.values(c.args(e, sig, nil))
			return func(f *frame) func(*frame) []reflect.Value {
				recv := call.receiver(f)
				in := values(f)
				return func(f *frame) []reflect.Value { return call.with(f, recv, in) }
			}
		}
	}
	if id := calleeIdent(fun); id != nil {
		if obj, ok := c.info.Uses[id].(*types.Func); ok && obj.Signature().Recv() == nil {
			if native := c.m.natives.call(obj); native != nil {
				values := c.values(c.args(e, sig, nil))
				return func(f *frame) func(*frame) []reflect.Value {
					in := values(f)
					return func(f *frame) []reflect.Value { return native(f, in) }
				}
			}
			fn := c.compiledFunc(id, obj)
			values := c.values(c.args(e, sig, fn.Type()))
			return func(f *frame) func(*frame) []reflect.Value {
				in := values(f)
				return func(f *frame) []reflect.Value { return f.th.run.call(fn, in) }
			}
		}
	}
	fn, values := c.expr(e.Fun).value(), c.values(c.args(e, sig, nil))
	return func(f *frame) func(*frame) []reflect.Value {
		fn := copyOf(fn(f))
		in := values(f)
		return func(f *frame) []reflect.Value {
			if fn.IsNil() {
				panic(errNil)
			}
			if f.th.deferOf != nil {
				f.th.run.pending.Store(f.th.deferOf)
				f.th.deferOf = nil
			}
			return f.th.run.call(fn, in)
		}
	}
}

func calleeIdent(fun ast.Expr) *ast.Ident {
	switch x := fun.(type) {
	case *ast.Ident:
		return x
	case *ast.SelectorExpr:
		return x.Sel
	case *ast.IndexExpr:
		return calleeIdent(x.X)
	case *ast.IndexListExpr:
		return calleeIdent(x.X)
	}
	return nil
}

// call calls a compiled function; if the run's option can stand among its
// variadic arguments it is appended to them.
func (run *Run) call(fn reflect.Value, in []reflect.Value) []reflect.Value {
	t := fn.Type()
	if !t.IsVariadic() || !run.Option.IsValid() {
		return callCompiled(fn, in)
	}
	last := t.In(t.NumIn() - 1)
	if e := last.Elem(); e.Kind() != reflect.Interface || e.NumMethod() == 0 || !run.Option.Type().Implements(e) {
		return callCompiled(fn, in)
	}
	s := in[len(in)-1]
	extended := reflect.MakeSlice(last, 0, s.Len()+1)
	extended = reflect.Append(reflect.AppendSlice(extended, s), run.Option)
	defer run.Tell()()
	return callCompiled(fn, append(in[:len(in)-1:len(in)-1], extended))
}

// values evaluates expressions into memory of their own.
func (c *compiler) values(args []expr) func(*frame) []reflect.Value {
	rts := make([]reflect.Type, len(args))
	stores := make([]func(*frame, ptr), len(args))
	for i, a := range args {
		rts[i], stores[i] = a.rt, a.storeTo()
	}
	return func(f *frame) []reflect.Value {
		out := make([]reflect.Value, len(args), len(args)+1)
		for i, store := range stores {
			p := reflect.New(rts[i])
			store(f, p.UnsafePointer())
			out[i] = p.Elem()
		}
		return out
	}
}

// args compiles the arguments for a signature; those of a variadic parameter
// become one slice. rt is the layout that a compiled function wants, nil for
// that of the signature.
func (c *compiler) args(e *ast.CallExpr, sig *types.Signature, rt reflect.Type) []expr {
	var given []expr
	if len(e.Args) == 1 {
		if call, ok := ast.Unparen(e.Args[0]).(*ast.CallExpr); ok {
			if tuple, ok := c.typeOf(call).(*types.Tuple); ok && tuple.Len() > 1 {
				given = c.spread(call, tuple)
			}
		}
	}
	if given == nil {
		for _, a := range e.Args {
			given = append(given, c.expr(a))
		}
	}
	params := sig.Params()
	layout := func(i int) reflect.Type {
		if rt != nil {
			return rt.In(i)
		}
		return c.m.typeOf(params.At(i).Type())
	}
	var out []expr
	n := params.Len()
	if sig.Variadic() && !e.Ellipsis.IsValid() {
		n--
	}
	for i := range n {
		out = append(out, c.assignableAs(given[i], params.At(i).Type(), layout(i)))
	}
	if n < params.Len() {
		out = append(out, c.variadic(given[n:], params.At(n).Type(), layout(n)))
	}
	return out
}

// variadic packs arguments into a slice; none at all are a nil slice.
func (c *compiler) variadic(given []expr, t types.Type, rt reflect.Type) expr {
	elem := types.Type(types.Typ[types.Uint8])
	if s, ok := t.Underlying().(*types.Slice); ok {
		elem = s.Elem()
	}
	if len(given) == 0 {
		zero := reflect.Zero(rt)
		return expr{t: t, rt: rt, get: func(*frame) reflect.Value { return zero }}
	}
	stores := make([]func(*frame, ptr), len(given))
	for i, x := range given {
		stores[i] = c.assignableAs(x, elem, rt.Elem()).storeTo()
	}
	return expr{t: t, rt: rt, get: func(f *frame) reflect.Value {
		s := reflect.MakeSlice(rt, len(stores), len(stores))
		for i, store := range stores {
			store(f, s.Index(i).Addr().UnsafePointer())
		}
		return s
	}}
}

// spread is f(g()) with several results of g: the first evaluates the call and
// keeps the rest in a slot of this frame.
func (c *compiler) spread(call *ast.CallExpr, tuple *types.Tuple) []expr {
	results, run := c.callValues(call)
	keep := c.fn.add(slot{rt: reflect.TypeFor[[]reflect.Value](), fresh: false})
	out := make([]expr, tuple.Len())
	for i, t := range results {
		x := c.of(t)
		x.get = func(f *frame) reflect.Value {
			kept := (*[]reflect.Value)(f.vars[keep])
			if i == 0 {
				v := run(f)
				*kept = v
			}
			return (*kept)[i]
		}
		out[i] = x
	}
	return out
}

// mathCall calls the most common shapes of compiled functions without reflect.
func (c *compiler) mathCall(e *ast.CallExpr, t types.Type) (expr, bool) {
	id := calleeIdent(ast.Unparen(e.Fun))
	if id == nil || c.info.Instances[id].TypeArgs != nil {
		return expr{}, false
	}
	obj, ok := c.info.Uses[id].(*types.Func)
	if !ok || obj.Pkg() == nil || obj.Signature().Recv() != nil || c.m.natives.call(obj) != nil || obj.Signature().TypeParams().Len() > 0 {
		return expr{}, false
	}
	v := c.compiledFunc(id, obj)
	pos := e.Pos()
	switch fn := v.Interface().(type) {
	case func(float64) float64:
		x := c.args(e, obj.Signature(), v.Type())[0].quick().(func(*frame) float64)
		return c.fastExpr(t, func(f *frame) float64 {
			f.pos = pos
			return fn(x(f))
		}), true
	case func(float64, float64) float64:
		args := c.args(e, obj.Signature(), v.Type())
		if len(e.Args) != 2 {
			return expr{}, false
		}
		x, y := args[0].quick().(func(*frame) float64), args[1].quick().(func(*frame) float64)
		return c.fastExpr(t, func(f *frame) float64 {
			f.pos = pos
			a := x(f)
			return fn(a, y(f))
		}), true
	}
	return expr{}, false
}
