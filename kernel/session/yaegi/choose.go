package yaegi

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"strings"
)

// switchStmt becomes a switch over conditions.
func (f *function) switchStmt(s *ast.SwitchStmt, label string) {
	if s.Init != nil {
		f.stmt(s.Init)
	}
	tag := ""
	var t types.Type
	if s.Tag != nil {
		t = f.defaultType(s.Tag)
		tag = f.temp(f.as(s.Tag, t))
	}
	f.open(label, "switch", false)
	for _, cl := range s.Body.List {
		cc := cl.(*ast.CaseClause)
		var conds []string
		for _, x := range cc.List {
			switch {
			case tag == "":
				conds = append(conds, f.expr(x))
			default:
				conds = append(conds, f.caseIs(tag, t, s.Tag, x))
			}
		}
		f.clause(conds, cc.List == nil)
		f.stmts(cc.Body)
	}
	f.close()
}

func (f *function) clause(conds []string, isDefault bool) {
	if isDefault {
		f.line("default:")
		return
	}
	f.line("case %s:", strings.Join(conds, " || "))
}

// caseIs compares the value of a switch with that of a case.
func (f *function) caseIs(tag string, t types.Type, tagExpr, x ast.Expr) string {
	ct := f.comparedType(tagExpr, x)
	return f.compare(token.EQL, f.convert(tag, t, ct), f.as(x, ct), ct)
}

func (f *function) typeSwitch(s *ast.TypeSwitchStmt, label string) {
	if s.Init != nil {
		f.stmt(s.Init)
	}
	var x *ast.TypeAssertExpr
	switch a := s.Assign.(type) {
	case *ast.ExprStmt:
		x = ast.Unparen(a.X).(*ast.TypeAssertExpr)
	case *ast.AssignStmt:
		x = ast.Unparen(a.Rhs[0]).(*ast.TypeAssertExpr)
	}
	from := f.typ(x.X)
	over := f.temp(f.expr(x.X))
	f.open(label, "switch", false)
	for _, cl := range s.Body.List {
		cc := cl.(*ast.CaseClause)
		var conds []string
		for _, c := range cc.List {
			conds = append(conds, f.isType(over, from, c))
		}
		f.clause(conds, cc.List == nil)
		if v, ok := f.info.Implicits[cc].(*types.Var); ok {
			value := over
			if len(cc.List) == 1 && !f.info.Types[cc.List[0]].IsNil() {
				value = f.call(f.assert(from, f.typ(cc.List[0]), false), over)
			}
			f.define(v, value)
		}
		f.stmts(cc.Body)
	}
	f.close()
}

func (f *function) isType(over string, from types.Type, c ast.Expr) string {
	flag := []types.Type{types.Typ[types.Bool]}
	if f.info.Types[c].IsNil() {
		return f.call(f.op("is nil "+f.key(from), []types.Type{from}, flag, func(_ *Frame, a []reflect.Value) []reflect.Value {
			return []reflect.Value{reflect.ValueOf(a[0].IsNil())}
		}), over)
	}
	to := f.typ(c)
	rt := f.e.rt(to)
	return f.call(f.op("is "+f.key(from)+f.key(to), []types.Type{from}, flag, func(_ *Frame, a []reflect.Value) []reflect.Value {
		_, ok := asserted(a[0], rt)
		return []reflect.Value{reflect.ValueOf(ok)}
	}), over)
}
