package yaegi

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"strings"

	"setun/kernel/session/engine"
)

// A cell is a program on its way into text.
type cell struct {
	e      *Engine
	text   strings.Builder
	bodies []*body         // what the text declares
	slots  map[*slot]*body // what they are to be called by
	queue  []func()        // instances that are still to be written
}

// finish writes the instances of generic functions that have come up.
func (c *cell) finish() {
	for len(c.queue) > 0 {
		next := c.queue[0]
		c.queue = c.queue[1:]
		next()
	}
}

// eval gives the text to yaegi, which does nothing but declare functions.
func (c *cell) eval() error {
	if err := c.e.names.publish(c.e.interp); err != nil {
		return err
	}
	if _, err := c.e.interp.Eval(c.text.String()); err != nil {
		return &engine.Unsupported{What: fmt.Sprintf("this on yaegi: %v; %%engine default may", err)}
	}
	for _, b := range c.bodies {
		fn, err := c.e.interp.Eval(b.name)
		if err != nil {
			return fmt.Errorf("a function of yaegi's: %w", err)
		}
		b.fn = fn
	}
	return nil
}

// install lets callers find what the cell declares.
func (c *cell) install() {
	for s, b := range c.slots {
		s.body = b
	}
}

// A function is one that is being written.
type function struct {
	*cell
	root   *root
	parent *function // around a function literal
	info   *types.Info
	sub    substitution
	out    strings.Builder
	body   *body

	captured []*local // variables of the functions around, as parameters
	results  []*local
	returns  []types.Type
	inMemory bool      // its results live in memory
	iterator *iterator // the loop whose body this is, nil for other functions
	scopes   []scope   // the statements around that break and continue are about
}

// root is what a function and the literals within it share.
type root struct {
	shared map[*types.Var]bool // variables that live in memory
	locals map[*types.Var]*local
}

// A local is a variable of a function. One that is shared lives in memory: what
// the text calls by its name is a pointer.
type local struct {
	name   string
	typ    types.Type
	shared bool
	owner  *function
}

func (c *cell) newFunction(title string, info *types.Info, sub substitution) *function {
	c.e.serial++
	b := &body{name: fmt.Sprintf("f%d", c.e.serial), title: title}
	c.bodies = append(c.bodies, b)
	return &function{cell: c, info: info, sub: sub, body: b}
}

// function writes a declared function, for type arguments where it is generic,
// and lets slot stand for it.
func (c *cell) function(s *slot, src *source, sub substitution) {
	f := c.newFunction(s.title, src.info, sub)
	f.root = &root{shared: sharedVars(src.decl, src.info), locals: map[*types.Var]*local{}}
	if c.slots == nil {
		c.slots = map[*slot]*body{}
	}
	c.slots[s] = f.body
	if src.decl.Body == nil {
		f.fail(src.decl, "a function without a body")
	}
	sig := src.info.Defs[src.decl.Name].(*types.Func).Signature()
	f.write(src.decl.Recv, src.decl.Type, sig, src.decl.Body)
}

// body writes the statements of the cell itself.
func (c *cell) body(p *engine.Program) (*body, []result) {
	f := c.newFunction("cell", p.Info, nil)
	f.root = &root{shared: sharedVars(p.Body, p.Info), locals: map[*types.Var]*local{}}
	for _, x := range p.Values {
		for v := range sharedVars(x, p.Info) {
			f.root.shared[v] = true
		}
	}
	f.body.deferred = hasDefer(p.Body)
	f.stmts(p.Body.List)
	var results []result
	if len(p.Values) > 0 {
		results = f.trailing(p.Values)
	}
	f.line("t.At(fr, 0)")
	fmt.Fprintf(&c.text, "func %s(fr *t.Frame) {\n%s}\n", f.body.name, f.out.String())
	return f.body, results
}

// A result is one value that the cell shows.
type result struct{ typ types.Type }

// trailing writes the expressions that the cell shows.
func (f *function) trailing(list []ast.Expr) []result {
	first := list[0]
	f.line("t.At(fr, %d)", first.Pos())
	if f.info.Types[first].IsVoid() {
		f.stmtExpr(first)
		return nil
	}
	var ts []types.Type
	tuple, several := f.typ(first).(*types.Tuple)
	if several {
		for v := range tuple.Variables() {
			ts = append(ts, v.Type())
		}
	} else {
		for _, x := range list {
			ts = append(ts, f.defaultType(x))
		}
	}
	var results []result
	for _, t := range ts {
		results = append(results, result{t})
	}
	o := f.op("results "+f.body.name, ts, nil, func(fr *Frame, a []reflect.Value) []reflect.Value {
		st := fr.state
		for i, v := range a {
			st.results[i].Elem().Set(fit(v, st.results[i].Type().Elem()))
		}
		st.valued = true
		return nil
	})
	var args []string
	if several {
		args = f.multi(first)
	} else {
		for i, x := range list {
			args = append(args, f.as(x, ts[i]))
		}
	}
	f.line("%s", f.call(o, args...))
	return results
}

// write writes parameters, body and results.
func (f *function) write(recv *ast.FieldList, ft *ast.FuncType, sig *types.Signature, block *ast.BlockStmt) {
	for v := range sig.Results().Variables() {
		f.returns = append(f.returns, f.sub.apply(v.Type()))
	}
	f.body.deferred = hasDefer(block)
	f.inMemory = f.body.deferred || hasRangeFunc(block, f.typ)
	var params []string
	params = append(params, f.fields(recv, false)...)
	params = append(params, f.fields(ft.Params, false)...)
	f.fields(ft.Results, true)
	if f.body.deferred {
		for i, r := range f.results {
			o := f.op("result "+f.key(r.typ), []types.Type{types.NewPointer(r.typ)}, nil, func(fr *Frame, a []reflect.Value) []reflect.Value {
				fr.results = append(fr.results, a[0])
				return nil
			})
			f.line("%s", f.call(o, f.results[i].name))
		}
	}
	f.stmts(block.List)
	f.leave()
	f.emit(params)
}

// emit adds the finished function to the text of the cell.
func (f *function) emit(params []string) {
	all := []string{"fr *t.Frame"}
	for _, l := range f.captured {
		all = append(all, l.name+" "+f.typeText(types.NewPointer(l.typ)))
	}
	all = append(all, params...)
	var results []string
	for _, t := range f.returns {
		results = append(results, f.typeText(t))
	}
	fmt.Fprintf(&f.cell.text, "func %s(%s) (%s) {\n%s}\n", f.body.name, strings.Join(all, ", "), strings.Join(results, ", "), f.out.String())
}

// fields declares parameters or results, named or not, and returns the
// parameters as the text lists them.
func (f *function) fields(list *ast.FieldList, results bool) []string {
	if list == nil {
		return nil
	}
	var params []string
	one := func(v *types.Var, t types.Type) {
		f.serial()
		raw := fmt.Sprintf("p%d", f.e.serial)
		if results {
			l := f.declareAs(v, t, f.inMemory || v != nil && f.root.shared[v] || inMemory(t))
			f.line("%s := %s", l.name, f.initial(l, f.zero(t)))
			f.results = append(f.results, l)
			return
		}
		params = append(params, raw+" "+f.typeText(t))
		if v == nil || v.Name() == "_" {
			return
		}
		l := f.declare(v)
		f.line("%s := %s", l.name, f.initial(l, raw))
	}
	for _, field := range list.List {
		if len(field.Names) == 0 {
			t := f.typ(field.Type)
			if el, ok := field.Type.(*ast.Ellipsis); ok {
				t = types.NewSlice(f.typ(el.Elt))
			}
			one(nil, t)
		}
		for _, name := range field.Names {
			v := f.info.Defs[name].(*types.Var)
			one(v, f.sub.apply(v.Type()))
		}
	}
	return params
}

func (f *function) serial() int {
	f.e.serial++
	return f.e.serial
}

// declare makes a variable of the function.
func (f *function) declare(v *types.Var) *local {
	t := f.sub.apply(v.Type())
	return f.declareAs(v, t, f.root.shared[v] || inMemory(t))
}

func (f *function) declareAs(v *types.Var, t types.Type, shared bool) *local {
	name := "r"
	if v != nil && isASCII(v.Name()) {
		name = v.Name()
	}
	l := &local{fmt.Sprintf("%s_%d", name, f.serial()), t, shared, f}
	if v != nil {
		f.root.locals[v] = l
	}
	return l
}

func isASCII(s string) bool {
	for _, r := range s {
		if r > 127 {
			return false
		}
	}
	return s != "_" && s != ""
}

// initial is what a new variable is set to.
func (f *function) initial(l *local, value string) string {
	if l.shared {
		return f.newPtr(l.typ, value)
	}
	return value
}

// inMemory reports whether variables of t always live in memory, because parts
// of them can be assigned to.
func inMemory(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Struct, *types.Array:
		return true
	}
	return false
}

// local finds a variable of this function or of one around it; nil for those of
// the session.
func (f *function) local(v *types.Var) *local {
	l := f.root.locals[v]
	if l == nil {
		return nil
	}
	for g := f; g != l.owner; g = g.parent {
		g.capture(l)
	}
	return l
}

func (f *function) capture(l *local) {
	for _, have := range f.captured {
		if have == l {
			return
		}
	}
	f.captured = append(f.captured, l)
}

func (f *function) line(format string, args ...any) {
	fmt.Fprintf(&f.out, format+"\n", args...)
}

// temp holds a value for the statement being written.
func (f *function) temp(value string) string {
	name := fmt.Sprintf("t%d", f.serial())
	f.line("%s := %s", name, value)
	return name
}

func (f *function) fail(n ast.Node, format string, args ...any) {
	panic(&engine.Unsupported{Pos: n.Pos(), What: fmt.Sprintf(format, args...) + " on yaegi; %engine default can"})
}

func (f *function) typ(x ast.Expr) types.Type { return f.sub.apply(f.info.TypeOf(x)) }

// defaultType is the type of an expression whose type nothing else decides.
func (f *function) defaultType(x ast.Expr) types.Type {
	t := f.typ(x)
	if b, ok := t.(*types.Basic); ok && b.Kind() == types.UntypedNil {
		return types.NewInterfaceType(nil, nil)
	}
	return types.Default(t)
}

func (f *function) typeText(t types.Type) string { return f.e.names.typ(f.e.rt(t)) }

// key tells types apart in the names of operations.
func (f *function) key(t types.Type) string { return fmt.Sprintf("%p", f.e.rt(t)) }

func (f *function) op(key string, in, out []types.Type, fn func(fr *Frame, a []reflect.Value) []reflect.Value) *op {
	if o := f.e.names.ops[key]; o != nil {
		return o
	}
	return f.e.names.op(key, f.rts(in), f.rts(out), fn)
}

func (f *function) rts(list []types.Type) []reflect.Type {
	out := make([]reflect.Type, len(list))
	for i, t := range list {
		out[i] = f.e.rt(t)
	}
	return out
}

func (f *function) call(o *op, args ...string) string {
	return fmt.Sprintf("t.%s(%s)", o.name, strings.Join(append([]string{"fr"}, args...), ", "))
}

// literal writes a function literal and returns the text that makes its value.
func (f *function) literal(lit *ast.FuncLit) string {
	g := f.child(lit)
	rt := f.e.rt(f.typ(lit))
	o := f.e.names.op("bind "+g.body.name, f.rts(g.capturedTypes()), []reflect.Type{rt}, func(_ *Frame, caps []reflect.Value) []reflect.Value {
		caps = append([]reflect.Value{}, caps...)
		return []reflect.Value{f.e.funcValue(rt, g.body, caps)}
	})
	return f.call(o, g.capturedNames()...)
}

// child writes the function of a literal.
func (f *function) child(lit *ast.FuncLit) *function {
	g := f.newFunction(f.body.title+".func", f.info, f.sub)
	g.root, g.parent = f.root, f
	g.write(nil, lit.Type, f.info.TypeOf(lit).Underlying().(*types.Signature), lit.Body)
	return g
}

func (f *function) capturedTypes() []types.Type {
	var out []types.Type
	for _, l := range f.captured {
		out = append(out, types.NewPointer(l.typ))
	}
	return out
}

func (f *function) capturedNames() []string {
	var out []string
	for _, l := range f.captured {
		out = append(out, l.name)
	}
	return out
}

// funcValue is a function value that calls b, with caps before the arguments.
func (e *Engine) funcValue(rt reflect.Type, b *body, caps []reflect.Value) reflect.Value {
	return reflect.MakeFunc(rt, func(args []reflect.Value) []reflect.Value {
		fr := e.entry()
		return fr.state.guard(rt, func() []reflect.Value {
			in := append([]reflect.Value{}, caps...)
			for _, a := range args {
				in = append(in, erased(a))
			}
			return fitAll(e.enter(fr, b, in), rt)
		})
	})
}

// fitAll makes results of the types that rt has.
func fitAll(out []reflect.Value, rt reflect.Type) []reflect.Value {
	for i, v := range out {
		out[i] = fit(v, rt.Out(i))
	}
	return out
}

// sharedVars finds the variables that must live in memory: those that a function
// literal shares with the function around it, and those whose address is taken.
func sharedVars(n ast.Node, info *types.Info) map[*types.Var]bool {
	shared := map[*types.Var]bool{}
	home := map[types.Object]ast.Node{}
	var visit func(n, scope ast.Node)
	take := func(x ast.Expr) {
		if id := rootVar(x, info); id != nil {
			if v, ok := info.ObjectOf(id).(*types.Var); ok {
				shared[v] = true
			}
		}
	}
	visit = func(n, scope ast.Node) {
		ast.Inspect(n, func(m ast.Node) bool {
			if obj := info.Implicits[m]; obj != nil && home[obj] == nil {
				home[obj] = scope
			}
			switch m := m.(type) {
			case *ast.FuncLit:
				if m != n {
					visit(m, m)
					return false
				}
			case *ast.RangeStmt:
				if m != n && isFunc(info.TypeOf(m.X)) {
					visit(m.X, scope)
					visit(m, m.Body)
					return false
				}
			case *ast.Ident:
				if obj := info.Defs[m]; obj != nil {
					home[obj] = scope
				} else if v, ok := info.Uses[m].(*types.Var); ok && !v.IsField() && home[v] != nil && home[v] != scope {
					shared[v] = true
				}
			case *ast.UnaryExpr:
				if m.Op == token.AND {
					take(m.X)
				}
			case *ast.SliceExpr:
				take(m.X)
			case *ast.SelectorExpr:
				if sel := info.Selections[m]; sel != nil && sel.Kind() == types.MethodVal {
					if _, ok := sel.Obj().(*types.Func).Signature().Recv().Type().(*types.Pointer); ok {
						take(m.X)
					}
				}
			}
			return true
		})
	}
	visit(n, n)
	return shared
}

func isFunc(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// rootVar is the variable that x is a part of, nil if there is none.
func rootVar(x ast.Expr, info *types.Info) *ast.Ident {
	for {
		switch y := ast.Unparen(x).(type) {
		case *ast.Ident:
			return y
		case *ast.SelectorExpr:
			x = y.X
		case *ast.IndexExpr:
			x = y.X
		default:
			return nil
		}
	}
}

// hasDefer reports whether a function has defer statements of its own.
func hasDefer(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		switch m.(type) {
		case *ast.DeferStmt:
			found = true
		case *ast.FuncLit:
			return false
		}
		return !found
	})
	return found
}
