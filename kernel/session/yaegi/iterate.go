package yaegi

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
)

// The body of a range over a function becomes a function itself. A break out of
// it, or a return, is noted in a variable that the code behind the loop looks at.

const (
	exitBreak  = 1
	exitReturn = 2
	exitLabel  = 3 // and above: a break or continue of a loop around
)

// An iterator is the loop that a function is the body of.
type iterator struct {
	label   string
	how     *local // the way out
	outward func(s *ast.BranchStmt, label string) int
}

// home is the function of the cell that the text is in, with its results.
func (f *function) home() *function {
	for f.iterator != nil {
		f = f.parent
	}
	return f
}

// see makes sure that a variable of a function around is there.
func (f *function) see(l *local) {
	for g := f; g != l.owner; g = g.parent {
		g.capture(l)
	}
}

// exit leaves the loop whose body f is.
func (f *function) exit(how int) {
	f.see(f.iterator.how)
	f.store(operand{f.iterator.how.name, types.Typ[types.Int], true}, fmt.Sprintf("int(%d)", how))
	f.line("return false")
}

// leaveAll returns from the function of the cell, whose results are set.
func (f *function) leaveAll() {
	if f.iterator == nil {
		f.leave()
		return
	}
	f.exit(exitReturn)
}

func (f *function) rangeFunc(s *ast.RangeStmt, label string, t types.Type, sig *types.Signature) {
	int_ := types.Typ[types.Int]
	how := &local{fmt.Sprintf("how%d", f.serial()), int_, true, f}
	f.line("%s := %s", how.name, f.newPtr(int_, "int(0)"))
	fn := f.temp(f.expr(s.X))

	yield := sig.Params().At(0).Type().Underlying().(*types.Signature)
	g := f.newFunction(f.body.title, f.info, f.sub)
	g.root, g.parent = f.root, f
	g.returns = []types.Type{types.Typ[types.Bool]}
	var exits []*ast.BranchStmt
	g.iterator = &iterator{label: label, how: how, outward: func(b *ast.BranchStmt, _ string) int {
		exits = append(exits, b)
		return exitLabel + len(exits) - 1
	}}
	var params, values []string
	var ts []types.Type
	for i := range yield.Params().Len() {
		p := fmt.Sprintf("p%d", g.serial())
		pt := yield.Params().At(i).Type()
		params, values, ts = append(params, p+" "+g.typeText(pt)), append(values, p), append(ts, pt)
	}
	g.rangeVars(s, values, ts)
	g.stmts(s.Body.List)
	g.line("return true")
	g.emit(params)

	yt := f.e.rt(sig.Params().At(0).Type())
	e := f.e
	bind := e.names.op("loop "+g.body.name, f.rts(g.capturedTypes()), []reflect.Type{yt}, func(_ *Frame, caps []reflect.Value) []reflect.Value {
		return []reflect.Value{e.funcValue(yt, g.body, append([]reflect.Value{}, caps...))}
	})
	loop := f.op("value "+f.key(t), []types.Type{t, sig.Params().At(0).Type()}, nil, func(_ *Frame, a []reflect.Value) []reflect.Value {
		notNil(a[0])
		return callReal(a[0], a[1:])
	})
	f.line("%s", f.call(loop, fn, f.call(bind, g.capturedNames()...)))
	state := f.temp(f.load(operand{how.name, int_, true}))
	f.line("if (%s == int(%d)) {", state, exitReturn)
	f.leaveAll()
	f.line("}")
	for i, b := range exits {
		f.line("if (%s == int(%d)) {", state, exitLabel+i)
		f.leaveTo(b, b.Label.Name)
		f.line("}")
	}
}

// hasRangeFunc reports whether a function ranges over functions.
func hasRangeFunc(n ast.Node, typ func(ast.Expr) types.Type) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.RangeStmt:
			found = found || isFunc(typ(m.X))
		case *ast.FuncLit:
			return false
		}
		return !found
	})
	return found
}
