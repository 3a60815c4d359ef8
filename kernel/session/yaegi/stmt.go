package yaegi

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"strings"
)

func (f *function) stmts(list []ast.Stmt) {
	for _, s := range list {
		f.stmt(s)
	}
}

func (f *function) at(n ast.Node) { f.line("t.At(fr, %d)", n.Pos()) }

func (f *function) stmt(s ast.Stmt) {
	switch s.(type) {
	case *ast.BlockStmt, *ast.LabeledStmt, *ast.EmptyStmt:
	default:
		f.at(s)
	}
	switch s := s.(type) {
	case *ast.BlockStmt:
		f.stmts(s.List)
	case *ast.EmptyStmt:
	case *ast.ExprStmt:
		f.stmtExpr(s.X)
	case *ast.AssignStmt:
		f.assign(s)
	case *ast.IncDecStmt:
		op := token.ADD
		if s.Tok == token.DEC {
			op = token.SUB
		}
		f.update(s.X, func(old string, t types.Type) string { return f.arith(op, old, f.one(t), t, t) })
	case *ast.DeclStmt:
		f.decl(s.Decl.(*ast.GenDecl))
	case *ast.ReturnStmt:
		f.returnStmt(s)
	case *ast.IfStmt:
		f.ifStmt(s)
	case *ast.ForStmt:
		f.forStmt(s, "")
	case *ast.RangeStmt:
		f.rangeStmt(s, "")
	case *ast.SwitchStmt:
		f.switchStmt(s, "")
	case *ast.TypeSwitchStmt:
		f.typeSwitch(s, "")
	case *ast.SelectStmt:
		f.selectStmt(s, "")
	case *ast.SendStmt:
		f.send(s)
	case *ast.GoStmt:
		c := f.prepare(s.Call)
		f.line("%s", f.call(f.e.names.concurrent(c.op), c.args...))
	case *ast.DeferStmt:
		c := f.prepare(s.Call)
		f.line("%s", f.call(f.e.names.deferred(c.op), c.args...))
	case *ast.BranchStmt:
		f.branch(s)
	case *ast.LabeledStmt:
		f.labeled(s)
	default:
		f.fail(s, "%T", s)
	}
}

// stmtExpr is an expression whose values nobody wants.
func (f *function) stmtExpr(x ast.Expr) {
	switch t := f.info.TypeOf(x).(type) {
	case *types.Tuple:
		if t.Len() == 0 {
			f.line("%s", f.expr(x))
			return
		}
		f.line("%s = %s", strings.TrimSuffix(strings.Repeat("_, ", t.Len()), ", "), f.expr(x))
		return
	case nil:
	}
	if tv := f.info.Types[x]; tv.IsVoid() {
		f.line("%s", f.expr(x))
		return
	}
	f.line("_ = %s", f.expr(x))
}

func (f *function) one(t types.Type) string {
	rt := f.e.rt(t)
	if k := rt.Kind(); k == reflect.Complex64 || k == reflect.Complex128 {
		one := reflect.ValueOf(complex128(1))
		return f.call(f.op("one "+f.key(t), nil, []types.Type{t}, func(*Frame, []reflect.Value) []reflect.Value { return []reflect.Value{one} }))
	}
	return eraseType(rt).Name() + "(1)"
}

// update sets x to what change makes of its old value.
func (f *function) update(x ast.Expr, change func(old string, t types.Type) string) {
	t := f.typ(x)
	if ix, ok := ast.Unparen(x).(*ast.IndexExpr); ok {
		if m, ok := f.typ(ix.X).Underlying().(*types.Map); ok {
			mt := f.typ(ix.X)
			into, key := f.temp(f.expr(ix.X)), f.temp(f.as(ix.Index, m.Key()))
			f.line("%s", f.call(f.mapSet(mt, m), into, key, change(f.call(f.mapGet(mt, m, false), into, key), t)))
			return
		}
	}
	o := f.place(x)
	if !o.at {
		f.line("%s = %s", o.text, change(o.text, t))
		return
	}
	o.text = f.temp(o.text)
	f.store(o, change(f.load(o), t))
}

func (f *function) mapSet(t types.Type, m *types.Map) *op {
	kt, et := f.e.rt(m.Key()), f.e.rt(m.Elem())
	return f.op("map set "+f.key(t), []types.Type{t, m.Key(), m.Elem()}, nil, func(_ *Frame, a []reflect.Value) []reflect.Value {
		a[0].SetMapIndex(fit(a[1], kt), fit(a[2], et))
		return nil
	})
}

var assignOps = map[token.Token]token.Token{
	token.ADD_ASSIGN: token.ADD, token.SUB_ASSIGN: token.SUB, token.MUL_ASSIGN: token.MUL, token.QUO_ASSIGN: token.QUO,
	token.REM_ASSIGN: token.REM, token.AND_ASSIGN: token.AND, token.OR_ASSIGN: token.OR, token.XOR_ASSIGN: token.XOR,
	token.SHL_ASSIGN: token.SHL, token.SHR_ASSIGN: token.SHR, token.AND_NOT_ASSIGN: token.AND_NOT,
}

func (f *function) assign(s *ast.AssignStmt) {
	if op, ok := assignOps[s.Tok]; ok {
		f.update(s.Lhs[0], func(old string, t types.Type) string {
			return f.arith(op, old, f.shiftable(op, s.Rhs[0], t), t, f.shiftType(op, s.Rhs[0], t))
		})
		return
	}
	if len(s.Lhs) == 1 {
		f.set(f.target(s.Lhs[0], s.Tok), f.as(s.Rhs[0], f.targetType(s.Lhs[0], s.Rhs[0])))
		return
	}
	var targets []target
	var values []string
	if len(s.Rhs) == 1 {
		for _, l := range s.Lhs {
			targets = append(targets, f.target(l, s.Tok))
		}
		text, ts := f.several(s.Rhs[0])
		names := make([]string, len(ts))
		for i := range names {
			names[i] = fmt.Sprintf("t%d", f.serial())
		}
		f.line("%s := %s", strings.Join(names, ", "), text)
		for i, l := range s.Lhs {
			if isBlank(l) {
				values = append(values, names[i])
				continue
			}
			to := f.leftType(l)
			values = append(values, f.convert(names[i], ts[i], to))
		}
	} else {
		for _, l := range s.Lhs {
			targets = append(targets, f.target(l, s.Tok))
		}
		for i, l := range s.Lhs {
			values = append(values, f.temp(f.as(s.Rhs[i], f.targetType(l, s.Rhs[i]))))
		}
	}
	for i, t := range targets {
		f.set(t, values[i])
	}
}

// several is an expression with several values.
func (f *function) several(x ast.Expr) (string, []types.Type) {
	x = ast.Unparen(x)
	flag := types.Typ[types.Bool]
	switch x := x.(type) {
	case *ast.IndexExpr:
		if m, ok := f.typ(x.X).Underlying().(*types.Map); ok {
			return f.mapIndex(x, true), []types.Type{m.Elem(), flag}
		}
	case *ast.TypeAssertExpr:
		return f.assertion(x, true), []types.Type{f.typ(x.Type), flag}
	case *ast.UnaryExpr:
		return f.receive(x, true), []types.Type{f.typ(x.X).Underlying().(*types.Chan).Elem(), flag}
	}
	tuple := f.typ(x).(*types.Tuple)
	return f.expr(x), resultTypes(types.NewSignatureType(nil, nil, nil, nil, tuple, false))
}

func isBlank(x ast.Expr) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == "_"
}

func (f *function) defined(x ast.Expr) (*types.Var, bool) {
	id, ok := x.(*ast.Ident)
	if !ok {
		return nil, false
	}
	v, ok := f.info.Defs[id].(*types.Var)
	return v, ok
}

func (f *function) targetType(l, value ast.Expr) types.Type {
	if isBlank(l) {
		return f.defaultType(value)
	}
	return f.leftType(l)
}

// leftType is the type of what x, the left side of an assignment or a range,
// names: a variable that the statement itself defines has it from its object.
func (f *function) leftType(x ast.Expr) types.Type {
	if v, ok := f.defined(x); ok {
		return f.sub.apply(v.Type())
	}
	return f.typ(x)
}

// A target is what an assignment assigns to, evaluated.
type target struct {
	define *types.Var // a new local variable
	place  operand
	m      types.Type // of a map element
	args   []string   // map and key
	blank  bool
}

func (f *function) target(x ast.Expr, tok token.Token) target {
	if isBlank(x) {
		return target{blank: true}
	}
	if v, ok := f.defined(x); ok && tok == token.DEFINE {
		if p, ok := f.e.vars[v]; ok {
			return target{place: f.memory(v.Type(), p)}
		}
		return target{define: v}
	}
	if ix, ok := ast.Unparen(x).(*ast.IndexExpr); ok {
		if m, ok := f.typ(ix.X).Underlying().(*types.Map); ok {
			return target{m: f.typ(ix.X), args: []string{f.temp(f.expr(ix.X)), f.temp(f.as(ix.Index, m.Key()))}}
		}
	}
	o := f.place(x)
	if _, ok := ast.Unparen(x).(*ast.Ident); o.at && !ok {
		o.text = f.temp(o.text)
	}
	return target{place: o}
}

func (f *function) set(t target, value string) {
	switch {
	case t.blank:
		f.line("_ = %s", value)
	case t.define != nil:
		f.define(t.define, value)
	case t.m != nil:
		f.line("%s", f.call(f.mapSet(t.m, t.m.Underlying().(*types.Map)), append(t.args, value)...))
	case t.place.at:
		f.store(t.place, value)
	default:
		f.line("%s = %s", t.place.text, value)
	}
}

// define makes a local variable.
func (f *function) define(v *types.Var, value string) {
	if v.Name() == "_" {
		f.line("_ = %s", value)
		return
	}
	l := f.declare(v)
	f.line("%s := %s", l.name, f.initial(l, value))
}

func (f *function) decl(d *ast.GenDecl) {
	if d.Tok == token.TYPE && len(f.sub) > 0 {
		f.fail(d, "a type that is declared in a generic function")
	}
	if d.Tok != token.VAR {
		return
	}
	for _, spec := range d.Specs {
		vs := spec.(*ast.ValueSpec)
		var lhs []ast.Expr
		for _, id := range vs.Names {
			lhs = append(lhs, id)
		}
		if len(vs.Values) > 0 {
			f.assign(&ast.AssignStmt{Lhs: lhs, Tok: token.DEFINE, Rhs: vs.Values, TokPos: vs.Pos()})
			continue
		}
		for _, id := range vs.Names {
			if isBlank(id) {
				continue
			}
			f.set(f.target(id, token.DEFINE), f.zero(f.sub.apply(f.info.Defs[id].Type())))
		}
	}
}

func (f *function) returnStmt(s *ast.ReturnStmt) {
	fn := f.home()
	if len(s.Results) == 1 && len(fn.returns) > 1 {
		names := f.multi(s.Results[0])
		tuple := f.typ(s.Results[0]).(*types.Tuple)
		for i := range names {
			names[i] = f.convert(names[i], tuple.At(i).Type(), fn.returns[i])
		}
		f.returnValues(names)
		return
	}
	var values []string
	for i, x := range s.Results {
		values = append(values, f.as(x, fn.returns[i]))
	}
	f.returnValues(values)
}

// returnValues returns from the function that the text is of; without values it
// returns what its results are.
func (f *function) returnValues(values []string) {
	fn := f.home()
	if f == fn && !fn.inMemory {
		if len(values) == 0 {
			f.leave()
			return
		}
		f.line("return %s", strings.Join(values, ", "))
		return
	}
	var temps []string
	for _, v := range values {
		temps = append(temps, f.temp(v))
	}
	for i, v := range temps {
		r := fn.results[i]
		f.see(r)
		f.store(operand{r.name, r.typ, true}, v)
	}
	f.leaveAll()
}

// leave returns what the results are.
func (f *function) leave() {
	var values []string
	for _, r := range f.results {
		values = append(values, f.load(operand{r.name, r.typ, r.shared}))
	}
	f.line("return %s", strings.Join(values, ", "))
}

func (f *function) ifStmt(s *ast.IfStmt) {
	if s.Init != nil {
		f.stmt(s.Init)
	}
	f.line("if %s {", f.expr(s.Cond))
	f.stmts(s.Body.List)
	if s.Else != nil {
		f.line("} else {")
		f.stmt(s.Else)
	}
	f.line("}")
}
