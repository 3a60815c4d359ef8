package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
)

// A target is where an assignment goes: prepare evaluates what it depends on and
// returns what stores a value.
type target struct {
	t       types.Type
	rt      reflect.Type
	prepare func(*frame) func(reflect.Value)
}

// target compiles the left side of an assignment; t is the type of what is
// assigned, for a new variable and for the blank one.
func (c *compiler) target(e ast.Expr, t types.Type) target {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		if id.Name == "_" {
			t = types.Default(t)
			return target{t, c.m.typeOf(t), func(*frame) func(reflect.Value) { return func(reflect.Value) {} }}
		}
		if v, ok := c.info.Defs[id].(*types.Var); ok {
			t, rt := c.typ(v.Type()), c.m.typeOf(c.typ(v.Type()))
			init := c.newVariable(v)
			return target{t, rt, func(f *frame) func(reflect.Value) {
				return func(val reflect.Value) { reflect.NewAt(rt, init(f)).Elem().Set(val) }
			}}
		}
	}
	if ix, ok := ast.Unparen(e).(*ast.IndexExpr); ok {
		x := c.expr(ix.X)
		if u, ok := x.t.Underlying().(*types.Map); ok {
			m, key := x.value(), c.assignableAs(c.expr(ix.Index), u.Key(), x.rt.Key()).value()
			return target{u.Elem(), x.rt.Elem(), func(f *frame) func(reflect.Value) {
				m := copyOf(m(f))
				k := copyOf(key(f))
				return func(v reflect.Value) { setMap(m, k, v) }
			}}
		}
	}
	x := c.expr(e)
	if x.addr == nil {
		c.fail(e.Pos(), "an assignment to this")
	}
	rt, addr := x.rt, x.addr
	return target{x.t, rt, func(f *frame) func(reflect.Value) {
		p := addr(f)
		return func(v reflect.Value) { reflect.NewAt(rt, p).Elem().Set(v) }
	}}
}

func setMap(m, k, v reflect.Value) {
	if m.IsNil() {
		panic(runtimeError("assignment to entry in nil map"))
	}
	m.SetMapIndex(k, v)
}

// newVariable makes a slot for v; init makes its memory, which is zero.
func (c *compiler) newVariable(v *types.Var) (init func(*frame) ptr) {
	if g := c.m.vars[v]; g != nil {
		// A variable that is declared again starts over in the same memory.
		return func(*frame) ptr {
			reflect.NewAt(g.rt, g.p).Elem().SetZero()
			return g.p
		}
	}
	rt := c.m.typeOf(c.typ(v.Type()))
	i := c.fn.add(slot{rt: rt, fresh: c.escapes[v]})
	c.fn.slots[v] = i
	if c.escapes[v] {
		return func(f *frame) ptr {
			p := reflect.New(rt).UnsafePointer()
			f.vars[i] = p
			return p
		}
	}
	return func(f *frame) ptr {
		p := f.vars[i]
		reflect.NewAt(rt, p).Elem().SetZero()
		return p
	}
}

// initialize declares v with the value x, which was compiled before v.
func (c *compiler) initialize(v *types.Var, x expr) func(*frame) {
	x = c.assignable(x, c.typ(v.Type()))
	if g := c.m.vars[v]; g != nil {
		return c.storeVia(x, func(*frame) ptr { return g.p })
	}
	rt := x.rt
	i := c.fn.add(slot{rt: rt, fresh: c.escapes[v]})
	c.fn.slots[v] = i
	if !c.escapes[v] {
		if m := x.memory(); m != nil {
			return m.storeLocal(i, x.quick())
		}
		return c.storeVia(x, func(f *frame) ptr { return f.vars[i] })
	}
	store := x.storeTo()
	return func(f *frame) {
		p := reflect.New(rt).UnsafePointer()
		store(f, p)
		f.vars[i] = p
	}
}

// storeVia evaluates the address, then the value, then stores.
func (c *compiler) storeVia(x expr, addr func(*frame) ptr) func(*frame) {
	store := x.storeTo()
	return func(f *frame) {
		p := addr(f)
		store(f, p)
	}
}

func (c *compiler) assignStmt(s *ast.AssignStmt) func(*frame) {
	switch {
	case s.Tok != token.ASSIGN && s.Tok != token.DEFINE:
		op := assignOps[s.Tok]
		return c.update(s.Lhs[0], op, func() expr { return c.expr(s.Rhs[0]) })
	case len(s.Lhs) == len(s.Rhs) && len(s.Lhs) == 1:
		return c.assignOne(s.Lhs[0], s.Rhs[0])
	case len(s.Lhs) == len(s.Rhs):
		xs := make([]expr, len(s.Rhs))
		for i, r := range s.Rhs {
			xs[i] = c.expr(r)
		}
		targets := make([]target, len(s.Lhs))
		for i, l := range s.Lhs {
			targets[i] = c.target(l, xs[i].t)
			xs[i] = c.assignableAs(xs[i], targets[i].t, targets[i].rt)
		}
		values := c.values(xs)
		return func(f *frame) {
			sets := make([]func(reflect.Value), len(targets))
			for i, t := range targets {
				sets[i] = t.prepare(f)
			}
			for i, v := range values(f) {
				sets[i](v)
			}
		}
	}
	return c.assignTuple(s.Lhs, s.Rhs[0])
}

var assignOps = map[token.Token]token.Token{
	token.ADD_ASSIGN: token.ADD, token.SUB_ASSIGN: token.SUB, token.MUL_ASSIGN: token.MUL,
	token.QUO_ASSIGN: token.QUO, token.REM_ASSIGN: token.REM, token.AND_ASSIGN: token.AND,
	token.OR_ASSIGN: token.OR, token.XOR_ASSIGN: token.XOR, token.SHL_ASSIGN: token.SHL,
	token.SHR_ASSIGN: token.SHR, token.AND_NOT_ASSIGN: token.AND_NOT,
}

func (c *compiler) assignOne(l, r ast.Expr) func(*frame) {
	x := c.expr(r)
	if id, ok := ast.Unparen(l).(*ast.Ident); ok {
		if id.Name == "_" {
			if x.isNil() {
				return func(*frame) {}
			}
			get := x.value()
			return func(f *frame) { get(f) }
		}
		if v, ok := c.info.Defs[id].(*types.Var); ok {
			return c.initialize(v, x)
		}
		if v, ok := c.info.Uses[id].(*types.Var); ok {
			if i := c.fn.find(v); i >= 0 {
				if x = c.assignable(x, c.typ(v.Type())); x.memory() != nil {
					return x.memory().storeLocal(i, x.quick())
				}
			}
		}
	}
	if ix, ok := ast.Unparen(l).(*ast.IndexExpr); ok {
		if _, ok := underlying(c.info, ix.X).(*types.Map); ok || len(c.subst) > 0 {
			t := c.target(l, x.t)
			get := c.assignableAs(x, t.t, t.rt).value()
			return func(f *frame) {
				set := t.prepare(f)
				set(get(f))
			}
		}
	}
	to := c.expr(l)
	if to.addr == nil {
		c.fail(l.Pos(), "an assignment to this")
	}
	x = c.assignableAs(x, to.t, to.rt)
	return c.storeVia(x, to.addr)
}

// assignTuple assigns several values of one expression.
func (c *compiler) assignTuple(lhs []ast.Expr, r ast.Expr) func(*frame) {
	ts, run := c.tuple(r)
	targets := make([]target, len(lhs))
	converts := make([]func(*frame) reflect.Value, len(lhs))
	slots := make([]int, len(lhs))
	for i, l := range lhs {
		targets[i] = c.target(l, ts[i])
		slots[i] = c.fn.add(slot{rt: reflect.TypeFor[reflect.Value]()})
		from := c.of(ts[i])
		s := slots[i]
		from.get = func(f *frame) reflect.Value { return *(*reflect.Value)(f.vars[s]) }
		converts[i] = c.assignableAs(from, targets[i].t, targets[i].rt).value()
	}
	return func(f *frame) {
		sets := make([]func(reflect.Value), len(targets))
		for i, t := range targets {
			sets[i] = t.prepare(f)
		}
		for i, v := range run(f) {
			*(*reflect.Value)(f.vars[slots[i]]) = v
		}
		for i, set := range sets {
			set(converts[i](f))
			*(*reflect.Value)(f.vars[slots[i]]) = reflect.Value{}
		}
	}
}

// tuple is an expression with several values: a call, or a comma-ok form.
func (c *compiler) tuple(r ast.Expr) ([]types.Type, func(*frame) []reflect.Value) {
	commaOk := func(x expr) ([]types.Type, func(*frame) []reflect.Value) {
		get, zero := x.value(), reflect.Zero(x.rt)
		return []types.Type{x.t, types.Typ[types.Bool]}, func(f *frame) []reflect.Value {
			v := get(f)
			if !v.IsValid() {
				return []reflect.Value{zero, reflect.ValueOf(false)}
			}
			return []reflect.Value{copyOf(v), reflect.ValueOf(true)}
		}
	}
	switch e := ast.Unparen(r).(type) {
	case *ast.CallExpr:
		return c.callValues(e)
	case *ast.TypeAssertExpr:
		return commaOk(c.typeAssert(e, true))
	case *ast.UnaryExpr:
		return commaOk(c.receive(e, true))
	case *ast.IndexExpr:
		x := c.expr(e.X)
		u := x.t.Underlying().(*types.Map)
		m, k := x.value(), c.assignableAs(c.expr(e.Index), u.Key(), x.rt.Key()).value()
		return commaOk(expr{t: u.Elem(), rt: x.rt.Elem(), get: func(f *frame) reflect.Value { return m(f).MapIndex(k(f)) }})
	}
	c.fail(r.Pos(), "this expression with several values")
	return nil, nil
}

// update is l op= y, and l++ with y = 1. The operands of l are evaluated once.
func (c *compiler) update(l ast.Expr, op token.Token, y func() expr) func(*frame) {
	if ix, ok := ast.Unparen(l).(*ast.IndexExpr); ok {
		x := c.expr(ix.X)
		if u, ok := x.t.Underlying().(*types.Map); ok {
			return c.updateMap(x, u, ix.Index, op, y())
		}
	}
	x := c.expr(l)
	if id, ok := ast.Unparen(l).(*ast.Ident); ok {
		if v, ok := c.info.Uses[id].(*types.Var); ok {
			if i := c.fn.find(v); i >= 0 && x.memory() != nil {
				return x.memory().storeLocal(i, c.operation(op, x, y(), x.t).quick())
			}
		}
	}
	keep := c.fn.add(slot{rt: reflect.TypeFor[ptr]()})
	addr := x.addr
	held := expr{t: x.t, rt: x.rt, addr: func(f *frame) ptr { return *(*ptr)(f.vars[keep]) }}
	store := c.operation(op, held, y(), x.t).storeTo()
	return func(f *frame) {
		p := addr(f)
		*(*ptr)(f.vars[keep]) = p
		store(f, p)
	}
}

func (c *compiler) updateMap(x expr, u *types.Map, index ast.Expr, op token.Token, y expr) func(*frame) {
	keep := c.fn.add(slot{rt: reflect.TypeFor[reflect.Value]()})
	m, k := x.value(), c.assignableAs(c.expr(index), u.Key(), x.rt.Key()).value()
	held := expr{t: u.Elem(), rt: x.rt.Elem(), get: func(f *frame) reflect.Value { return *(*reflect.Value)(f.vars[keep]) }}
	result := c.operation(op, held, y, u.Elem()).value()
	zero := reflect.Zero(x.rt.Elem())
	return func(f *frame) {
		m := copyOf(m(f))
		k := copyOf(k(f))
		v := m.MapIndex(k)
		if !v.IsValid() {
			v = zero
		}
		*(*reflect.Value)(f.vars[keep]) = v
		setMap(m, k, result(f))
	}
}
