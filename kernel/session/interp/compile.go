package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
)

// A compiler compiles the functions of one syntax tree.
type compiler struct {
	m       *Machine
	info    *types.Info
	subst   substitution
	escapes map[types.Object]bool
	fn      *scope
	label   string // label of the statement being compiled
}

// A scope is the function being compiled: where its variables live.
type scope struct {
	parent  *scope
	fn      *function
	slots   map[types.Object]int
	sources []int // where the parent has what fn.captures names
	results []types.Type
}

func newScope(parent *scope, name string) *scope {
	return &scope{parent: parent, fn: &function{name: name}, slots: map[types.Object]int{}}
}

func (s *scope) add(sl slot) int {
	s.fn.slots = append(s.fn.slots, sl)
	return len(s.fn.slots) - 1
}

// find is the slot of a variable, captured from the functions around if needed;
// -1 if it is not a local variable.
func (s *scope) find(v types.Object) int {
	if i, ok := s.slots[v]; ok {
		return i
	}
	if s.parent == nil {
		return -1
	}
	outer := s.parent.find(v)
	if outer < 0 {
		return -1
	}
	i := s.add(slot{rt: s.parent.fn.slots[outer].rt, fresh: true})
	s.slots[v] = i
	s.fn.captures = append(s.fn.captures, i)
	s.sources = append(s.sources, outer)
	return i
}

func (c *compiler) fail(pos token.Pos, format string, args ...any) {
	panic(unsupported{pos, fmt.Sprintf(format, args...)})
}

// at gives errors of the type layouts the position of the syntax they are for.
func (c *compiler) at(n ast.Node) func() {
	return func() {
		if r := recover(); r != nil {
			if u, ok := r.(unsupported); ok && u.pos == token.NoPos {
				u.pos = n.Pos()
				r = u
			}
			panic(r)
		}
	}
}

func (c *compiler) typ(t types.Type) types.Type { return c.subst.apply(t) }

func (c *compiler) typeOf(e ast.Expr) types.Type {
	if tv, ok := c.info.Types[e]; ok {
		return c.typ(tv.Type)
	}
	if id, ok := e.(*ast.Ident); ok {
		if obj := c.object(id); obj != nil {
			return c.typ(obj.Type())
		}
	}
	return types.Typ[types.Invalid]
}

func (c *compiler) object(id *ast.Ident) types.Object {
	if obj := c.info.Uses[id]; obj != nil {
		return obj
	}
	return c.info.Defs[id]
}

// compileDecl compiles a function or method with the type arguments of subst.
func (m *Machine) compileDecl(decl *ast.FuncDecl, obj *types.Func, info *types.Info, subst substitution) *function {
	c := &compiler{m: m, info: info, subst: subst, escapes: escaping(decl, info)}
	c.fn = newScope(nil, funcName(obj))
	if decl.Body == nil {
		c.fail(decl.Pos(), "a function without a body")
	}
	sig := info.Defs[decl.Name].(*types.Func).Signature()
	c.compileFunc(decl.Recv, decl.Type, sig, decl.Body)
	return c.fn.fn
}

// compileFunc fills in c.fn.
func (c *compiler) compileFunc(recv *ast.FieldList, ft *ast.FuncType, sig *types.Signature, body *ast.BlockStmt) {
	fn := c.fn.fn
	fn.params = append(c.fieldSlots(recv), c.fieldSlots(ft.Params)...)
	fn.results = c.fieldSlots(ft.Results)
	for v := range sig.Results().Variables() {
		c.fn.results = append(c.fn.results, c.typ(v.Type()))
	}
	fn.rt = c.m.typeOf(c.typ(withoutReceiver(sig)))
	fn.body = c.block(body.List)
}

func withoutReceiver(sig *types.Signature) *types.Signature {
	if sig.Recv() == nil && sig.TypeParams().Len() == 0 {
		return sig
	}
	return types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
}

// fieldSlots makes slots for parameters or results, named or not.
func (c *compiler) fieldSlots(list *ast.FieldList) []int {
	var out []int
	if list == nil {
		return nil
	}
	for _, field := range list.List {
		if len(field.Names) == 0 {
			t := c.typeOf(field.Type)
			if _, ok := field.Type.(*ast.Ellipsis); ok {
				t = types.NewSlice(c.typeOf(field.Type.(*ast.Ellipsis).Elt))
			}
			out = append(out, c.fn.add(slot{rt: c.m.typeOf(t), early: true}))
		}
		for _, name := range field.Names {
			obj := c.info.Defs[name]
			i := c.fn.add(slot{rt: c.m.typeOf(c.typ(obj.Type())), fresh: c.escapes[obj], early: true})
			c.fn.slots[obj] = i
			out = append(out, i)
		}
	}
	return out
}

// compileCell compiles the statements of a cell and its trailing expression.
// What values returns belongs to the frame that the statements ran in.
func (m *Machine) compileCell(p *Program) (*function, func(*frame) []Value) {
	c := &compiler{m: m, info: p.Info, escapes: escaping(p.Body, p.Info)}
	c.fn = newScope(nil, "cell")
	fn := c.fn.fn
	var steps []func(*frame) ctl
	for _, st := range p.Body.List {
		steps = append(steps, c.block([]ast.Stmt{st}))
	}
	var values []Value
	valued := func(f *frame) { values = nil }
	if p.Value != nil {
		if e := c.escapes; e != nil {
			for obj := range escaping(p.Value, p.Info) {
				e[obj] = true
			}
		}
		valued = c.trailing(p.Value, &values)
	}
	// Return ends the cell, and with it the trailing expression.
	fn.body = func(f *frame) ctl {
		values = nil
		for _, step := range steps {
			if k := step(f); k != next {
				return k
			}
			// A call that was interrupted may have returned all the same, with
			// what it had: that much is kept, and the cell ends here.
			f.check()
		}
		valued(f)
		f.check()
		return next
	}
	return fn, func(*frame) []Value { return values }
}

// trailing evaluates e into values.
func (c *compiler) trailing(e ast.Expr, values *[]Value) func(*frame) {
	pos := e.Pos()
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok && !c.isConversion(call) {
		results, run := c.callValues(call)
		return func(f *frame) {
			f.pos = pos
			out := run(f)
			*values = make([]Value, len(results))
			for i, t := range results {
				(*values)[i] = Value{t, copyOf(out[i])}
			}
		}
	}
	x := c.expr(e)
	if x.isNil() {
		return func(*frame) { *values = []Value{{x.t, reflect.Zero(anyType)}} }
	}
	get := x.value()
	return func(f *frame) {
		f.pos = pos
		*values = []Value{{x.t, copyOf(get(f))}}
	}
}
