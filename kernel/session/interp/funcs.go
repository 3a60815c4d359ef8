package interp

import (
	"go/ast"
	"go/types"
	"reflect"
	"sync"

	"setun/dsl/symbols"
)

// closureOf compiles a function literal; make puts a closure together from the
// variables around it.
func (c *compiler) closureOf(e *ast.FuncLit) (make func(*frame) *closure) {
	sig := c.info.TypeOf(e).(*types.Signature)
	return c.subFunction(c.fn.fn.name+".func", func(c *compiler) {
		c.compileFunc(nil, e.Type, sig, e.Body)
	})
}

// subFunction compiles a function within the one under way.
func (c *compiler) subFunction(name string, compile func(*compiler)) func(*frame) *closure {
	inner := &compiler{m: c.m, info: c.info, subst: c.subst, escapes: c.escapes}
	inner.fn = newScope(c.fn, name)
	compile(inner)
	fn, sources := inner.fn.fn, inner.fn.sources
	return func(f *frame) *closure {
		cl := &closure{fn: fn, captured: make([]ptr, len(sources))}
		for i, s := range sources {
			cl.captured[i] = f.vars[s]
		}
		return cl
	}
}

func (c *compiler) funcLit(e *ast.FuncLit) expr {
	build := c.closureOf(e)
	t := c.typeOf(e)
	rt, m := c.m.typeOf(t), c.m
	return c.getExpr(t, func(f *frame) reflect.Value {
		cl := build(f)
		return m.compiled(rt, f.th.run, func() *closure { return cl })
	})
}

// funcValue is a declared function as a value.
func (c *compiler) funcValue(id *ast.Ident, obj *types.Func) expr {
	t := c.typeOf(id)
	if inst, ok := c.info.Instances[id]; ok {
		t = c.typ(inst.Type)
	}
	if s := c.slotFor(id, obj); s != nil {
		rt, m := c.m.typeOf(t), c.m
		// One func value a slot, whatever is behind it.
		value := sync.OnceValue(func() reflect.Value {
			return m.compiled(rt, nil, func() *closure { return &closure{fn: s.fn} })
		})
		return c.getExpr(t, func(*frame) reflect.Value { return value() })
	}
	v := c.compiledFunc(id, obj)
	x := c.getExpr(t, func(*frame) reflect.Value { return v })
	if v.Type() != x.rt {
		rt := x.rt
		v = v.Convert(rt)
	}
	return x
}

// compiledFunc is a function of a compiled package.
func (c *compiler) compiledFunc(id *ast.Ident, obj *types.Func) reflect.Value {
	if v, ok := c.m.natives.function(c, id, obj); ok {
		return v
	}
	v, ok := symbols.Lookup(obj.Pkg().Path(), obj.Name())
	if !ok {
		what := "the function "
		if obj.Signature().TypeParams().Len() > 0 {
			what = "the generic function "
		}
		c.fail(id.Pos(), what+"%s.%s, which is not among the compiled ones", obj.Pkg().Name(), obj.Name())
	}
	c.m.learn(obj.Type(), v.Type())
	return v
}

// slotFor is the interpreted function that id names, nil for a compiled one.
func (c *compiler) slotFor(id *ast.Ident, obj *types.Func) *funcSlot {
	if s := c.m.funcs[obj.Origin()]; s != nil && !isGeneric(obj) {
		return s
	}
	src := c.m.generic[obj.Origin()]
	if src == nil && isGeneric(obj.Origin()) {
		src = c.m.librarySource(obj.Origin())
	}
	if src != nil {
		args := c.info.Instances[id].TypeArgs
		return c.m.instance(obj.Origin(), src, c.subst.list(args))
	}
	return nil
}

func (c *compiler) funcInstance(e ast.Expr, x ast.Expr) expr {
	id, ok := ast.Unparen(x).(*ast.Ident)
	if sel, isSel := ast.Unparen(x).(*ast.SelectorExpr); isSel {
		id, ok = sel.Sel, true
	}
	if ok {
		if obj, isFunc := c.info.Uses[id].(*types.Func); isFunc {
			return c.funcValue(id, obj)
		}
	}
	c.fail(e.Pos(), "this instance of a generic function")
	return expr{}
}

// method finds the method of t that a cell declared, or one promoted from an
// embedded field; nil if t has none of that name.
func (m *Machine) method(t types.Type, name string) *types.Selection {
	n := cellNamed(t)
	if n == nil {
		return nil
	}
	return types.NewMethodSet(t).Lookup(n.Obj().Pkg(), name)
}

// call calls a method of an object.
func (m *Machine) call(o *object, name string, args ...reflect.Value) []reflect.Value {
	return m.boundMethod(o, name)(args)
}

// boundMethod is the method of an object, for compiled code to call.
func (m *Machine) boundMethod(o *object, name string) func([]reflect.Value) []reflect.Value {
	return func(args []reflect.Value) []reflect.Value {
		return m.methodOf(o.typ, name)(m.entry(nil, &function{name: name}), o.val, args)
	}
}

// A methodFunc calls a method on a receiver.
type methodFunc func(f *frame, recv reflect.Value, args []reflect.Value) []reflect.Value

// methodOf is the method of t called name, which t is known to have.
func (m *Machine) methodOf(t types.Type, name string) methodFunc {
	m.methodMu.Lock()
	defer m.methodMu.Unlock()
	byName, _ := m.methods.At(t).(map[string]methodFunc)
	if byName == nil {
		byName = map[string]methodFunc{}
		m.methods.Set(t, byName)
	}
	if byName[name] == nil {
		sel := m.method(t, name)
		byName[name] = m.onReceiver(t, sel.Obj().(*types.Func), sel.Index())
	}
	return byName[name]
}

// onReceiver compiles the method found at path from a receiver of type t.
func (m *Machine) onReceiver(t types.Type, obj *types.Func, path []int) methodFunc {
	c := &compiler{m: m, info: &types.Info{}, fn: newScope(nil, obj.Name())}
	// The receiver is the only variable of the frame that the call is made in.
	x := c.addrExpr(t, func(f *frame) ptr { return f.vars[0] })
	call := c.methodCall(x, obj, path)
	return func(f *frame, recv reflect.Value, args []reflect.Value) []reflect.Value {
		fr := &frame{th: f.th, fn: f.fn, caller: f, depth: f.depth, pos: f.pos, vars: []ptr{pointerTo(recv)}}
		return call.with(fr, call.receiver(fr), args)
	}
}

// A boundCall is a method call ready to be made on a receiver.
type boundCall struct {
	receiver func(*frame) reflect.Value // evaluates what the method is called on
	// with calls the method on a receiver.
	with methodFunc
}

// methodCall finds how to call method obj on x, path being the fields to follow
// and last the method.
func (c *compiler) methodCall(x expr, obj *types.Func, path []int) boundCall {
	x = c.fieldPath(x, path[:len(path)-1])
	name := obj.Name()
	if _, ok := x.t.Underlying().(*types.Interface); ok {
		return c.interfaceCall(x, name)
	}
	origin := obj.Origin()
	slot := c.m.funcs[origin]
	if src := c.m.generic[origin]; src != nil {
		slot = c.m.instance(origin, src, receiverArgs(x.t))
	}
	if slot != nil {
		recv := c.receiverAs(x, isPointerReceiver(origin))
		return boundCall{
			receiver: func(f *frame) reflect.Value { return copyOf(recv(f)) },
			with: func(f *frame, recv reflect.Value, args []reflect.Value) []reflect.Value {
				cl := closure{fn: slot.fn}
				return cl.invoke(f, f.th, append([]reflect.Value{recv}, args...))
			},
		}
	}
	recv := c.receiverAs(x, isPointerReceiver(obj))
	rt := x.rt
	if rt.Kind() != reflect.Pointer && isPointerReceiver(obj) {
		rt = reflect.PointerTo(rt)
	} else if rt.Kind() == reflect.Pointer && !isPointerReceiver(obj) {
		rt = rt.Elem()
	}
	method, ok := rt.MethodByName(name)
	if !ok {
		panic(unsupported{msg: "the method " + name + " of " + types.TypeString(x.t, qualifier)})
	}
	c.m.learn(obj.Type(), reflect.Zero(rt).Method(method.Index).Type())
	index := method.Index
	native := c.m.natives.method(rt, name)
	return boundCall{
		receiver: recv,
		with: func(f *frame, recv reflect.Value, args []reflect.Value) []reflect.Value {
			if native != nil {
				if out, ok := native(f, recv, args); ok {
					return out
				}
			}
			return f.th.run.call(recv.Method(index), args)
		},
	}
}

// callCompiled calls a Go function; the last argument of a variadic one is the
// slice.
func callCompiled(fn reflect.Value, args []reflect.Value) []reflect.Value {
	if fn.Type().IsVariadic() {
		return fn.CallSlice(args)
	}
	return fn.Call(args)
}

func isPointerReceiver(obj *types.Func) bool {
	_, ok := types.Unalias(obj.Signature().Recv().Type()).(*types.Pointer)
	return ok
}

// receiverAs is x as a pointer or as a value.
func (c *compiler) receiverAs(x expr, wantPtr bool) func(*frame) reflect.Value {
	p, isPtr := x.t.Underlying().(*types.Pointer)
	switch {
	case wantPtr && !isPtr:
		addr, rt := x.address(), c.m.typeOf(types.NewPointer(x.t))
		if rt.Kind() == reflect.Pointer {
			rt = reflect.PointerTo(x.rt)
		}
		return func(f *frame) reflect.Value {
			p := addr(f)
			return reflect.NewAt(rt, ptr(&p)).Elem()
		}
	case !wantPtr && isPtr:
		return c.deref(x, p.Elem()).value()
	}
	return x.value()
}

// interfaceCall calls a method of whatever is in the interface.
func (c *compiler) interfaceCall(x expr, name string) boundCall {
	m, get := c.m, x.value()
	return boundCall{
		receiver: func(f *frame) reflect.Value {
			v := get(f)
			if v.IsNil() {
				panic(errNil)
			}
			return v.Elem()
		},
		with: func(f *frame, recv reflect.Value, args []reflect.Value) []reflect.Value {
			if t, inner := m.open(recv); t != nil {
				return m.methodOf(t, name)(f, inner, args)
			}
			return callCompiled(recv.MethodByName(name), args)
		},
	}
}

// methodValue is x.M without a call: bound to a copy of x.
func (c *compiler) methodValue(e *ast.SelectorExpr, sel *types.Selection) expr {
	obj, path := c.methodObject(e, sel)
	call := c.methodCall(c.expr(e.X), obj, path)
	t := c.typeOf(e)
	rt, m := c.m.typeOf(t), c.m
	return c.getExpr(t, func(f *frame) reflect.Value {
		recv := copyOf(call.receiver(f))
		run, fn := f.th.run, f.fn
		return reflect.MakeFunc(rt, func(args []reflect.Value) []reflect.Value {
			f := m.entry(run, fn)
			return f.th.run.guard(f.th, rt, func() []reflect.Value { return call.with(f, recv, args) })
		})
	})
}

// methodExpr is T.M: a function whose first parameter is the receiver.
func (c *compiler) methodExpr(e *ast.SelectorExpr, sel *types.Selection) expr {
	t := c.typeOf(e)
	rt, m := c.m.typeOf(t), c.m
	obj, path := c.methodObject(e, sel)
	call := m.onReceiver(c.typ(sel.Recv()), obj, path)
	return c.getExpr(t, func(f *frame) reflect.Value {
		run, fn := f.th.run, f.fn
		return reflect.MakeFunc(rt, func(args []reflect.Value) []reflect.Value {
			f := m.entry(run, fn)
			return f.th.run.guard(f.th, rt, func() []reflect.Value { return call(f, args[0], args[1:]) })
		})
	})
}

// entry is a frame for calls that come from compiled code; run is whose they are
// if the goroutine does not tell.
func (m *Machine) entry(run *Run, fn *function) *frame {
	if r := m.current(); r != nil {
		run = r
	}
	return &frame{th: &thread{run: run}, fn: fn}
}
