package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
)

// block compiles a list of statements.
func (c *compiler) block(list []ast.Stmt) func(*frame) ctl {
	var codes []func(*frame) ctl
	var at []token.Pos
	for _, s := range list {
		if code := c.stmt(s); code != nil {
			codes = append(codes, code)
			at = append(at, s.Pos())
		}
	}
	switch len(codes) {
	case 0:
		return func(*frame) ctl { return next }
	case 1:
		code, pos := codes[0], at[0]
		return func(f *frame) ctl {
			f.pos = pos
			return code(f)
		}
	}
	return func(f *frame) ctl {
		for i, code := range codes {
			f.pos = at[i]
			if k := code(f); k != next {
				return k
			}
		}
		return next
	}
}

func then(do func(*frame)) func(*frame) ctl {
	return func(f *frame) ctl {
		do(f)
		return next
	}
}

// stmt compiles a statement; nil if there is nothing to do at run time.
func (c *compiler) stmt(s ast.Stmt) func(*frame) ctl {
	defer c.at(s)()
	label := c.label
	c.label = ""
	switch s := s.(type) {
	case *ast.EmptyStmt:
		return nil
	case *ast.BlockStmt:
		return c.labelled(label, c.block(s.List))
	case *ast.LabeledStmt:
		c.label = s.Label.Name
		return c.stmt(s.Stmt)
	case *ast.ExprStmt:
		return then(c.exprStmt(s.X))
	case *ast.AssignStmt:
		return then(c.assignStmt(s))
	case *ast.IncDecStmt:
		op := token.ADD
		if s.Tok == token.DEC {
			op = token.SUB
		}
		return then(c.update(s.X, op, func() expr {
			one := c.constant(constantOne, types.Typ[types.UntypedInt])
			return one
		}))
	case *ast.DeclStmt:
		return c.declStmt(s.Decl.(*ast.GenDecl))
	case *ast.ReturnStmt:
		return c.returnStmt(s)
	case *ast.IfStmt:
		return c.labelled(label, c.ifStmt(s))
	case *ast.ForStmt:
		return c.forStmt(s, label)
	case *ast.RangeStmt:
		return c.rangeStmt(s, label)
	case *ast.SwitchStmt:
		return c.switchStmt(s, label)
	case *ast.TypeSwitchStmt:
		return c.typeSwitch(s, label)
	case *ast.SelectStmt:
		return c.selectStmt(s, label)
	case *ast.SendStmt:
		return then(c.send(s))
	case *ast.BranchStmt:
		return c.branch(s)
	case *ast.GoStmt:
		prepare, pos := c.prepareAny(s.Call), s.Pos()
		return func(f *frame) ctl {
			call := prepare(f)
			fn := f.fn
			f.goStmt(func(th *thread) {
				fr := &frame{fn: fn, th: th, pos: pos}
				th.top = fr
				call(fr)
			})
			return next
		}
	case *ast.DeferStmt:
		c.fn.fn.defers = true
		prepare := c.prepareAny(s.Call)
		return func(f *frame) ctl {
			call := prepare(f)
			f.defers = append(f.defers, func() { call(f) })
			return next
		}
	}
	c.fail(s.Pos(), "this statement (%T)", s)
	return nil
}

// prepareAny is prepare for builtins too, whose arguments are evaluated late.
func (c *compiler) prepareAny(e *ast.CallExpr) func(*frame) func(*frame) []reflect.Value {
	if tv := c.info.Types[e.Fun]; !tv.IsBuiltin() {
		return c.prepare(e)
	}
	if builtinName(e.Fun) == "recover" {
		return func(f *frame) func(*frame) []reflect.Value {
			// Deferred itself, recover stops the panic of the function.
			return func(f *frame) []reflect.Value {
				recovered(&frame{deferOf: f})
				return nil
			}
		}
	}
	// Arguments that are not constants are evaluated now, into variables.
	sub := *e
	sub.Args = nil
	type kept struct {
		init func(*frame)
	}
	var inits []kept
	info := *c.info
	info.Types = map[ast.Expr]types.TypeAndValue{}
	for k, v := range c.info.Types {
		info.Types[k] = v
	}
	info.Uses = map[*ast.Ident]types.Object{}
	for k, v := range c.info.Uses {
		info.Uses[k] = v
	}
	for _, a := range e.Args {
		tv := c.info.Types[a]
		if tv.Value != nil || tv.IsType() || tv.IsNil() {
			sub.Args = append(sub.Args, a)
			continue
		}
		v := types.NewVar(a.Pos(), nil, "_arg", c.typ(tv.Type))
		id := ast.NewIdent("_arg")
		c.escapes[v] = true
		inits = append(inits, kept{c.initialize(v, c.expr(a))})
		info.Uses[id] = v
		info.Types[id] = types.TypeAndValue{Type: tv.Type}
		sub.Args = append(sub.Args, id)
	}
	info.Types[&sub] = c.info.Types[e]
	saved := c.info
	c.info = &info
	build := c.subFunction(c.fn.fn.name, func(c *compiler) {
		c.fn.fn.body = then(c.exprStmt(&sub))
	})
	c.info = saved
	return func(f *frame) func(*frame) []reflect.Value {
		for _, k := range inits {
			k.init(f)
		}
		cl := build(f)
		return func(f *frame) []reflect.Value { return cl.invoke(f, f.th, nil) }
	}
}

func (c *compiler) exprStmt(e ast.Expr) func(*frame) {
	switch x := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		if !c.isConversion(x) {
			if tv := c.info.Types[x.Fun]; !tv.IsBuiltin() {
				if slot, recv, args := c.staticCall(x); slot != nil {
					made := c.makeFrame(slot, recv, args, x.Pos())
					return func(f *frame) { made(f).release() }
				}
			}
			if fast, ok := c.mathCall(x, types.Typ[types.Float64]); ok {
				get := fast.quick().(func(*frame) float64)
				return func(f *frame) { get(f) }
			}
			_, run := c.callValues(x)
			return func(f *frame) { run(f) }
		}
	}
	x := c.expr(e)
	if x.isNil() {
		return func(*frame) {}
	}
	get := x.value()
	return func(f *frame) { get(f) }
}

func (c *compiler) declStmt(d *ast.GenDecl) func(*frame) ctl {
	if d.Tok != token.VAR {
		return nil // constants and types are go/types' business
	}
	var codes []func(*frame)
	for _, spec := range d.Specs {
		vs := spec.(*ast.ValueSpec)
		var names []ast.Expr
		for _, n := range vs.Names {
			names = append(names, n)
		}
		switch {
		case len(vs.Values) == 0:
			for _, n := range vs.Names {
				if v, ok := c.info.Defs[n].(*types.Var); ok && n.Name != "_" {
					init := c.newVariable(v)
					codes = append(codes, func(f *frame) { init(f) })
				}
			}
		case len(vs.Values) == len(names):
			// Like :=, but each name may have the declared type.
			for i, n := range vs.Names {
				codes = append(codes, c.assignOne(n, vs.Values[i]))
			}
		default:
			codes = append(codes, c.assignTuple(names, vs.Values[0]))
		}
	}
	return func(f *frame) ctl {
		for _, code := range codes {
			code(f)
		}
		return next
	}
}

func (c *compiler) returnStmt(s *ast.ReturnStmt) func(*frame) ctl {
	results := c.fn.fn.results
	if len(s.Results) == 0 {
		return func(*frame) ctl { return ret }
	}
	if len(s.Results) == 1 && len(c.fn.results) > 1 {
		ts, run := c.tuple(s.Results[0])
		slots := make([]int, len(ts))
		converts := make([]func(*frame) reflect.Value, len(ts))
		for i, t := range ts {
			slots[i] = c.fn.add(slot{rt: reflect.TypeFor[reflect.Value]()})
			from := c.of(t)
			from.get = func(f *frame) reflect.Value { return *(*reflect.Value)(f.vars[slots[i]]) }
			converts[i] = c.assignable(from, c.fn.results[i]).value()
		}
		return func(f *frame) ctl {
			for i, v := range run(f) {
				*(*reflect.Value)(f.vars[slots[i]]) = v
			}
			for i, r := range results {
				reflect.NewAt(f.fn.slots[r].rt, f.vars[r]).Elem().Set(converts[i](f))
			}
			return ret
		}
	}
	xs := make([]expr, len(s.Results))
	for i, r := range s.Results {
		xs[i] = c.assignable(c.expr(r), c.fn.results[i])
	}
	if len(xs) == 1 {
		store, r := xs[0].storeTo(), results[0]
		return func(f *frame) ctl {
			// The value first: it may panic with the old result in place.
			store(f, f.vars[r])
			return ret
		}
	}
	values := c.values(xs)
	return func(f *frame) ctl {
		for i, v := range values(f) {
			r := results[i]
			reflect.NewAt(f.fn.slots[r].rt, f.vars[r]).Elem().Set(v)
		}
		return ret
	}
}

func (c *compiler) ifStmt(s *ast.IfStmt) func(*frame) ctl {
	var init func(*frame) ctl
	if s.Init != nil {
		init = c.stmt(s.Init)
	}
	cond, yes := c.boolExpr(s.Cond), c.block(s.Body.List)
	no := func(*frame) ctl { return next }
	if s.Else != nil {
		no = c.stmt(s.Else)
		if no == nil {
			no = func(*frame) ctl { return next }
		}
	}
	test := func(f *frame) ctl {
		if cond(f) {
			return yes(f)
		}
		return no(f)
	}
	if init == nil {
		return test
	}
	return func(f *frame) ctl {
		init(f)
		return test(f)
	}
}

// labelled lets break leave a statement that is not a loop by its label.
func (c *compiler) labelled(label string, code func(*frame) ctl) func(*frame) ctl {
	if label == "" || code == nil {
		return code
	}
	return func(f *frame) ctl {
		k := code(f)
		if k == brk && f.label == label {
			f.label = ""
			return next
		}
		return k
	}
}

func (c *compiler) branch(s *ast.BranchStmt) func(*frame) ctl {
	label := ""
	if s.Label != nil {
		label = s.Label.Name
	}
	kind := next
	switch s.Tok {
	case token.BREAK:
		kind = brk
	case token.CONTINUE:
		kind = cont
	case token.FALLTHROUGH:
		kind = fall
	default:
		c.fail(s.Pos(), "goto")
	}
	return func(f *frame) ctl {
		f.label = label
		return kind
	}
}
