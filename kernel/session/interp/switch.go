package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
)

// leaveSwitch ends a break that was for the switch.
func leaveSwitch(f *frame, k ctl, label string) ctl {
	if k == brk && (f.label == "" || f.label == label) {
		f.label = ""
		return next
	}
	return k
}

func (c *compiler) switchStmt(s *ast.SwitchStmt, label string) func(*frame) ctl {
	init := func(*frame) ctl { return next }
	if s.Init != nil {
		init = c.stmt(s.Init)
	}
	setTag := func(*frame) {}
	var tag expr
	if s.Tag != nil {
		x := c.expr(s.Tag)
		if isUntyped(x.t) && !x.isNil() {
			x = c.convertTo(x, types.Default(x.t))
		}
		// Evaluated once, into a variable that nothing else can name.
		i := c.fn.add(slot{rt: x.rt})
		tag = expr{t: x.t, rt: x.rt, addr: func(f *frame) ptr { return f.vars[i] }}
		setTag = c.storeVia(x, tag.addr)
	}
	var tests [][]func(*frame) bool
	var bodies []func(*frame) ctl
	def := -1
	for i, clause := range s.Body.List {
		cc := clause.(*ast.CaseClause)
		if cc.List == nil {
			def = i
		}
		var list []func(*frame) bool
		for _, e := range cc.List {
			if s.Tag == nil {
				list = append(list, c.boolExpr(e))
			} else {
				list = append(list, c.comparison(token.EQL, tag, c.expr(e)))
			}
		}
		tests = append(tests, list)
		bodies = append(bodies, c.block(cc.Body))
	}
	return func(f *frame) ctl {
		init(f)
		setTag(f)
		chosen := def
	search:
		for i, list := range tests {
			for _, test := range list {
				if test(f) {
					chosen = i
					break search
				}
			}
		}
		for i := chosen; i >= 0 && i < len(bodies); i++ {
			if k := bodies[i](f); k != fall {
				return leaveSwitch(f, k, label)
			}
		}
		return next
	}
}

func (c *compiler) typeSwitch(s *ast.TypeSwitchStmt, label string) func(*frame) ctl {
	init := func(*frame) ctl { return next }
	if s.Init != nil {
		init = c.stmt(s.Init)
	}
	var operand ast.Expr
	switch a := s.Assign.(type) {
	case *ast.ExprStmt:
		operand = a.X
	case *ast.AssignStmt:
		operand = a.Rhs[0]
	}
	x := c.expr(ast.Unparen(operand).(*ast.TypeAssertExpr).X)
	get := x.value()
	type option struct {
		t  types.Type
		rt reflect.Type // nil for case nil
	}
	type clause struct {
		options []option
		bind    func(f *frame, whole, asserted reflect.Value)
		body    func(*frame) ctl
	}
	var clauses []clause
	def := -1
	for i, st := range s.Body.List {
		cc := st.(*ast.CaseClause)
		if cc.List == nil {
			def = i
		}
		cl := clause{bind: func(*frame, reflect.Value, reflect.Value) {}}
		for _, e := range cc.List {
			if c.info.Types[e].IsNil() {
				cl.options = append(cl.options, option{})
				continue
			}
			t := c.typeOf(e)
			cl.options = append(cl.options, option{t, c.m.typeOf(t)})
		}
		if v, ok := c.info.Implicits[cc].(*types.Var); ok {
			fresh, rt := c.newVariable(v), c.m.typeOf(c.typ(v.Type()))
			single := len(cl.options) == 1 && cl.options[0].rt != nil
			cl.bind = func(f *frame, whole, asserted reflect.Value) {
				if !single {
					asserted = whole
				}
				reflect.NewAt(rt, fresh(f)).Elem().Set(asserted)
			}
		}
		cl.body = c.block(cc.Body)
		clauses = append(clauses, cl)
	}
	m := c.m
	return func(f *frame) ctl {
		init(f)
		whole := copyOf(get(f))
		v := whole.Elem()
		for _, cl := range clauses {
			for _, o := range cl.options {
				if o.rt == nil {
					if v.IsValid() {
						continue
					}
					cl.bind(f, whole, whole)
					return leaveSwitch(f, cl.body(f), label)
				}
				if out, ok := m.asserted(v, o.t, o.rt); ok {
					cl.bind(f, whole, out)
					return leaveSwitch(f, cl.body(f), label)
				}
			}
		}
		if def < 0 {
			return next
		}
		clauses[def].bind(f, whole, whole)
		return leaveSwitch(f, clauses[def].body(f), label)
	}
}
