package yaegi

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"unicode/utf8"
)

// A scope is a statement that break or continue can be about.
type scope struct {
	label string // of the cell
	name  string // in the text
	loop  bool
}

// open starts a loop or a switch of the text.
func (f *function) open(label, head string, loop bool) {
	s := scope{label: label, loop: loop}
	if label != "" {
		s.name = fmt.Sprintf("l%d", f.serial())
		f.line("%s:", s.name)
	}
	f.scopes = append(f.scopes, s)
	f.line("%s {", head)
}

func (f *function) close() {
	f.line("}")
	f.scopes = f.scopes[:len(f.scopes)-1]
}

func (f *function) labeled(s *ast.LabeledStmt) {
	name := s.Label.Name
	switch st := s.Stmt.(type) {
	case *ast.ForStmt:
		f.at(st)
		f.forStmt(st, name)
	case *ast.RangeStmt:
		f.at(st)
		f.rangeStmt(st, name)
	case *ast.SwitchStmt:
		f.at(st)
		f.switchStmt(st, name)
	case *ast.TypeSwitchStmt:
		f.at(st)
		f.typeSwitch(st, name)
	case *ast.SelectStmt:
		f.at(st)
		f.selectStmt(st, name)
	default:
		f.fail(s, "the label %s, which a goto can go to,", name)
	}
}

func (f *function) branch(s *ast.BranchStmt) {
	switch s.Tok {
	case token.FALLTHROUGH:
		f.line("fallthrough")
		return
	case token.GOTO:
		f.fail(s, "goto")
	}
	label := ""
	if s.Label != nil {
		label = s.Label.Name
	}
	f.leaveTo(s, label)
}

// leaveTo writes a break or continue.
func (f *function) leaveTo(s *ast.BranchStmt, label string) {
	for i := len(f.scopes) - 1; i >= 0; i-- {
		sc := f.scopes[i]
		if label == "" && (sc.loop || s.Tok == token.BREAK) {
			f.line("%s", s.Tok)
			return
		}
		if label != "" && sc.label == label {
			f.line("%s %s", s.Tok, sc.name)
			return
		}
	}
	it := f.iterator
	if it == nil {
		f.fail(s, "%s %s", s.Tok, label)
	}
	if label == "" || label == it.label {
		if s.Tok == token.CONTINUE {
			f.line("return true")
			return
		}
		f.exit(exitBreak)
		return
	}
	f.exit(it.outward(s, label))
}

func (f *function) forStmt(s *ast.ForStmt, label string) {
	if s.Init != nil {
		f.stmt(s.Init)
	}
	var vars []*local
	if as, ok := s.Init.(*ast.AssignStmt); ok && as.Tok == token.DEFINE {
		for _, x := range as.Lhs {
			if v, ok := f.defined(x); ok {
				if l := f.root.locals[v]; l != nil && l.shared {
					vars = append(vars, l)
				}
			}
		}
	}
	first := ""
	if s.Post != nil || len(vars) > 0 {
		first = f.temp("true")
	}
	f.open(label, "for", true)
	if first != "" {
		f.line("if %s {", first)
		f.line("%s = false", first)
		f.line("} else {")
		for _, l := range vars { // each round has its own
			f.line("%s = %s", l.name, f.newPtr(l.typ, f.load(operand{l.name, l.typ, true})))
		}
		if s.Post != nil {
			f.stmt(s.Post)
		}
		f.line("}")
	}
	f.at(s)
	if s.Cond != nil {
		f.line("if !(%s) {", f.expr(s.Cond))
		f.line("break")
		f.line("}")
	}
	f.stmts(s.Body.List)
	f.close()
}

func (f *function) rangeStmt(s *ast.RangeStmt, label string) {
	t := f.typ(s.X)
	if f.rangeInt(s, t) {
		n := f.temp(f.as(s.X, f.intRangeType(s)))
		it := f.intRangeType(s)
		i := f.temp(f.zero(it))
		first := f.temp("true")
		f.open(label, "for", true)
		f.line("if %s {", first)
		f.line("%s = false", first)
		f.line("} else {")
		f.line("%s = (%s + %s)", i, i, f.one(it))
		f.line("}")
		f.at(s)
		f.line("if (%s >= %s) {", i, n)
		f.line("break")
		f.line("}")
		f.rangeVars(s, []string{i}, []types.Type{it})
		f.stmts(s.Body.List)
		f.close()
		return
	}
	switch u := t.Underlying().(type) {
	case *types.Map:
		f.rangeMap(s, label, t, u)
	case *types.Chan:
		ch := f.temp(f.expr(s.X))
		f.open(label, "for", true)
		f.at(s)
		v, ok := fmt.Sprintf("t%d", f.serial()), fmt.Sprintf("t%d", f.serial())
		f.line("%s, %s := %s", v, ok, f.call(f.recv(t, u, true), ch))
		f.line("if !%s {", ok)
		f.line("break")
		f.line("}")
		f.rangeVars(s, []string{v}, []types.Type{u.Elem()})
		f.stmts(s.Body.List)
		f.close()
	case *types.Signature:
		f.rangeFunc(s, label, t, u)
	case *types.Basic:
		f.rangeString(s, label)
	default:
		f.rangeSequence(s, label, t)
	}
}

func (f *function) rangeInt(s *ast.RangeStmt, t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

// intRangeType is the type of the numbers that a range over one gives.
func (f *function) intRangeType(s *ast.RangeStmt) types.Type {
	if s.Key != nil && !isBlank(s.Key) {
		if v, ok := f.defined(s.Key); ok {
			return f.sub.apply(v.Type())
		}
		return f.typ(s.Key)
	}
	return f.defaultType(s.X)
}

// rangeVars assigns what a round of a range statement gives.
func (f *function) rangeVars(s *ast.RangeStmt, values []string, ts []types.Type) {
	for i, x := range []ast.Expr{s.Key, s.Value} {
		if x == nil || isBlank(x) || i >= len(values) {
			continue
		}
		to := f.leftType(x)
		f.set(f.target(x, s.Tok), f.convert(values[i], ts[i], to))
	}
}

// rangeSequence is a range over a slice, an array, or a pointer to an array.
func (f *function) rangeSequence(s *ast.RangeStmt, label string, t types.Type) {
	int_ := types.Typ[types.Int]
	var over string
	var at func(i string) operand
	var length string
	switch u := t.Underlying().(type) {
	case *types.Slice:
		over = f.temp(f.expr(s.X))
		length = f.temp(f.call(f.length("len", t), over))
		at = func(i string) operand { return operand{f.call(f.elem(t, u.Elem()), over, i), u.Elem(), true} }
	default:
		var arr *types.Array
		at_ := t
		if p, ok := u.(*types.Pointer); ok {
			at_ = p.Elem()
			arr = at_.Underlying().(*types.Array)
			over = f.temp(f.expr(s.X))
		} else {
			arr = u.(*types.Array)
			if s.Value != nil && !isBlank(s.Value) {
				over = f.temp(f.newPtr(t, f.expr(s.X)))
			}
		}
		length = f.temp(fmt.Sprintf("int(%d)", arr.Len()))
		at = func(i string) operand {
			return operand{f.call(f.arrayElem(at_, arr.Elem()), over, i), arr.Elem(), true}
		}
	}
	i := f.temp("int(-1)")
	f.open(label, "for", true)
	f.line("%s = (%s + int(1))", i, i)
	f.at(s)
	f.line("if (%s >= %s) {", i, length)
	f.line("break")
	f.line("}")
	values, ts := []string{i}, []types.Type{int_}
	if s.Value != nil && !isBlank(s.Value) {
		o := at(i)
		values, ts = append(values, f.temp(f.load(o))), append(ts, o.typ)
	}
	f.rangeVars(s, values, ts)
	f.stmts(s.Body.List)
	f.close()
}

func (f *function) rangeString(s *ast.RangeStmt, label string) {
	str, int_ := types.Typ[types.String], types.Typ[types.Int]
	over := f.temp(f.as(s.X, str))
	next := f.temp("int(0)")
	decode := f.op("decode rune", []types.Type{str, int_}, []types.Type{types.Typ[types.Rune], int_}, func(_ *Frame, a []reflect.Value) []reflect.Value {
		i := int(a[1].Int())
		r, n := utf8.DecodeRuneInString(a[0].String()[i:])
		return []reflect.Value{reflect.ValueOf(r), reflect.ValueOf(i + n)}
	})
	f.open(label, "for", true)
	f.at(s)
	f.line("if (%s >= len(%s)) {", next, over)
	f.line("break")
	f.line("}")
	i := f.temp(next)
	r, n := fmt.Sprintf("t%d", f.serial()), fmt.Sprintf("t%d", f.serial())
	f.line("%s, %s := %s", r, n, f.call(decode, over, i))
	f.line("%s = %s", next, n)
	f.rangeVars(s, []string{i, r}, []types.Type{int_, types.Typ[types.Rune]})
	f.stmts(s.Body.List)
	f.close()
}

func (f *function) rangeMap(s *ast.RangeStmt, label string, t types.Type, m *types.Map) {
	iter := reflect.TypeFor[*reflect.MapIter]()
	flag := reflect.TypeFor[bool]()
	mt := f.e.rt(t)
	start := f.e.names.op("iterate "+f.key(t), []reflect.Type{mt}, []reflect.Type{iter}, func(_ *Frame, a []reflect.Value) []reflect.Value {
		return []reflect.Value{reflect.ValueOf(a[0].MapRange())}
	})
	next := f.e.names.op("next of map", []reflect.Type{iter}, []reflect.Type{flag}, func(_ *Frame, a []reflect.Value) []reflect.Value {
		return []reflect.Value{reflect.ValueOf(a[0].Interface().(*reflect.MapIter).Next())}
	})
	get := f.e.names.op("entry of map "+f.key(t), []reflect.Type{iter}, []reflect.Type{mt.Key(), mt.Elem()}, func(_ *Frame, a []reflect.Value) []reflect.Value {
		it := a[0].Interface().(*reflect.MapIter)
		return []reflect.Value{it.Key(), it.Value()}
	})
	it := f.temp(f.call(start, f.expr(s.X)))
	f.open(label, "for", true)
	f.at(s)
	f.line("if !%s {", f.call(next, it))
	f.line("break")
	f.line("}")
	k, v := fmt.Sprintf("t%d", f.serial()), fmt.Sprintf("t%d", f.serial())
	f.line("%s, %s := %s", k, v, f.call(get, it))
	f.rangeVars(s, []string{k, v}, []types.Type{m.Key(), m.Elem()})
	f.stmts(s.Body.List)
	f.close()
}
