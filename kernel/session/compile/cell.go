package compile

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// A Cell is a checked piece of a session: what it declares, statements, and
// expressions whose values are wanted.
type Cell struct {
	Info  *types.Info
	Funcs []CellFunc
	Body  *ast.BlockStmt
	// Vars are the variables that Body declares at its top and that outlive it.
	// Later cells, and the functions of this one, refer to them.
	Vars []*types.Var
	// Values are one expression or several with one value each, not part of Body.
	Values []ast.Expr
}

// CellName is the function around a cell's statements in traces.
const CellName = "cell·body"

// A CellFunc is a function or method that a cell declares. Decl of a method on a
// type of an earlier cell has been checked as a function of another name, the
// receiver as its first parameter.
type CellFunc struct {
	Object *types.Func
	Decl   *ast.FuncDecl
}

// A Result is one value of a cell's expressions.
type Result struct {
	Type  types.Type
	Value reflect.Value
}

// Reuse lets obj stand for what old stands for: a variable keeps its memory, a
// function its callers, who will see what a later cell makes of it. Both have the
// same type.
func (p *Program) Reuse(obj, old types.Object) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch old := old.(type) {
	case *types.Var:
		if at, ok := p.vars[old]; ok {
			p.vars[obj] = at
		}
	case *types.Func:
		if f, ok := p.byObj[old]; ok {
			p.byObj[obj.(*types.Func)] = f
		}
	}
}

// Keep lets obj stand for what of, an object of a compiled cell, stands for. It is
// an object that refers to nothing of that cell, so that the cell need not be kept
// for its name; all such objects are of the same package.
func (p *Program) Keep(obj, of types.Object) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch of := of.(type) {
	case *types.Var:
		p.vars[obj] = p.varAddr(of)
	case *types.Func:
		f := p.declared(of)
		f.sig = obj.(*types.Func).Signature()
		p.byObj[obj.(*types.Func)] = f
	default:
		return
	}
	p.kept[obj] = true
}

// Get is the variable that obj stands for.
func (p *Program) Get(obj types.Object) (reflect.Value, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.flush()
	at, ok := p.vars[obj]
	if !ok {
		return reflect.Value{}, false
	}
	return reflect.NewAt(p.rt(obj.Type()).reflect(), at).Elem(), true
}

// Compile makes a cell ready. Its functions take effect when start is called;
// until then, and if there is an error, nothing has changed.
func (p *Program) Compile(cell *Cell) (start func(*Run) ([]Result, error), err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := newCellBuilder(p, cell)
	defer func() {
		if r := recover(); r != nil {
			if debug {
				panic(r)
			}
			b.drop()
			if refused, ok := r.(*refusedError); ok {
				start, err = nil, refused.error
				return
			}
			start, err = nil, fmt.Errorf("this cell cannot be compiled, by a fault of the compiler: %v", r)
		}
	}()
	b.functions()
	body := b.body()
	b.build()
	u := b.unit()

	fn := p.ssa.FuncValue(body)
	main := &Func{p: p, name: "cell", sig: fn.Signature, fn: fn, unit: u, once: true}
	type binding struct {
		f  *Func
		fn *ssa.Function
	}
	var bindings []binding
	for _, f := range cell.Funcs {
		decl, _ := cell.Info.Defs[f.Decl.Name].(*types.Func)
		if decl == nil || generic(f.Object) {
			continue
		}
		bind := binding{p.declared(f.Object), p.ssa.FuncValue(decl)}
		bindings = append(bindings, bind)
		if u != nil {
			u.funcs[bind.fn] = bind.f
			if fn := p.ssa.FuncValue(f.Object); fn != nil {
				u.funcs[fn] = bind.f
			}
		}
	}
	if b.check != nil {
		f := p.checkpoint()
		if fn := p.ssa.FuncValue(b.check); u != nil {
			u.funcs[fn] = f
		} else {
			p.funcs[fn] = f
		}
	}
	if u != nil {
		p.resolve(u)
	}
	// Compile now what will run first, so that a fault shows before anything
	// happens.
	main.code.Store(p.compile(main))
	p.flush()
	b.spent(body, u)
	return func(r *Run) ([]Result, error) {
		p.mu.Lock()
		for _, b := range bindings {
			b.f.become(b.fn, u)
		}
		for _, f := range cell.Funcs {
			p.refill(f.Object)
		}
		p.flush()
		p.mu.Unlock()
		defer func() {
			for _, v := range b.results {
				p.forget(v)
			}
		}()
		if err := r.start(main); err != nil {
			return nil, err
		}
		var results []Result
		for _, v := range b.results {
			at, _ := p.Get(v)
			results = append(results, Result{v.Type(), at})
		}
		return results, nil
	}, nil
}

func (p *Program) forget(v *types.Var) {
	p.mu.Lock()
	delete(p.vars, v)
	p.mu.Unlock()
}

func generic(f *types.Func) bool {
	sig := f.Signature()
	return sig.TypeParams().Len() > 0 || sig.RecvTypeParams().Len() > 0
}

// declared is the Func that a declared function's object stands for.
func (p *Program) declared(obj *types.Func) *Func {
	f := p.byObj[obj]
	if f == nil {
		sig := obj.Signature()
		f = &Func{p: p, name: goName(obj.FullName()), pos: obj.Pos(), sig: sig}
		if sig.Recv() != nil {
			f.recv = sig.Recv().Type()
		}
		p.byObj[obj] = f
	}
	return f
}

// refill renews the method table of the type that obj, a method, was added to.
func (p *Program) refill(obj *types.Func) {
	recv := obj.Signature().Recv()
	if recv == nil || generic(obj) {
		return
	}
	t := types.Unalias(recv.Type())
	if ptr, ok := t.(*types.Pointer); ok {
		t = types.Unalias(ptr.Elem())
	}
	for _, t := range []types.Type{t, types.NewPointer(t)} {
		if r, ok := p.rtypes.At(t).(*rtype); ok {
			if mt := p.tables[r]; mt != nil && types.NewMethodSet(t).Len() > int(mt.unc.mcount) {
				p.todo = append(p.todo, mt)
				p.epoch.Add(1)
			}
		}
	}
}

// A cellBuilder makes SSA packages of a cell. The SSA builder knows package-level
// objects by the package they belong to, so that declarations are put together
// again in one file for each package that the cell's objects are of.
type cellBuilder struct {
	p       *Program
	cell    *Cell
	main    *types.Package
	info    *types.Info
	files   map[*types.Package]*ast.File
	order   []*types.Package
	zeros   []*types.Var
	check   *types.Func
	results []*types.Var
	late    map[*types.Func]bool // methods of packages that exist already
}

func newCellBuilder(p *Program, cell *Cell) *cellBuilder {
	b := &cellBuilder{p: p, cell: cell, info: NewInfo(), files: map[*types.Package]*ast.File{}, late: map[*types.Func]bool{}}
	merge(b.info, cell.Info)
	for _, obj := range cell.Info.Defs {
		if obj != nil && obj.Pkg() != nil {
			b.main = obj.Pkg()
			break
		}
	}
	if b.main == nil || p.ssa.Package(b.main) != nil {
		b.main = types.NewPackage("main", "main")
	}
	b.file(b.main)
	return b
}

// merge copies what is known of a cell, for more is added to it.
func merge(dst, src *types.Info) {
	maps.Copy(dst.Types, src.Types)
	maps.Copy(dst.Defs, src.Defs)
	maps.Copy(dst.Uses, src.Uses)
	maps.Copy(dst.Implicits, src.Implicits)
	maps.Copy(dst.Selections, src.Selections)
	maps.Copy(dst.Scopes, src.Scopes)
	maps.Copy(dst.Instances, src.Instances)
}

func (b *cellBuilder) file(pkg *types.Package) *ast.File {
	if f, ok := b.files[pkg]; ok {
		return f
	}
	f := &ast.File{Name: ast.NewIdent(pkg.Name())}
	b.files[pkg] = f
	b.order = append(b.order, pkg)
	b.info.FileVersions[f] = "go1.26"
	return f
}

func (b *cellBuilder) declare(pkg *types.Package, d ast.Decl) {
	f := b.file(pkg)
	f.Decls = append(f.Decls, d)
}

// variable declares v as a package-level variable.
func (b *cellBuilder) variable(v *types.Var) {
	id := &ast.Ident{Name: v.Name(), NamePos: v.Pos()}
	b.info.Defs[id] = v
	b.declare(v.Pkg(), &ast.GenDecl{Tok: token.VAR, Specs: []ast.Spec{&ast.ValueSpec{Names: []*ast.Ident{id}, Type: ast.NewIdent("_")}}})
}

// synthetic is a new package-level variable and a way to name it.
func (b *cellBuilder) synthetic(name string, t types.Type, pos token.Pos) (*types.Var, *ast.Ident) {
	v := types.NewVar(pos, b.main, name, t)
	b.variable(v)
	id := &ast.Ident{Name: name, NamePos: pos}
	b.info.Uses[id] = v
	return v, id
}

func (b *cellBuilder) functions() {
	for _, f := range b.cell.Funcs {
		decl, _ := b.info.Defs[f.Decl.Name].(*types.Func)
		if decl == nil {
			continue
		}
		b.declare(decl.Pkg(), f.Decl)
		if decl == f.Object {
			continue
		}
		// The object that others know has no body of its own.
		id := &ast.Ident{Name: f.Object.Name(), NamePos: f.Object.Pos()}
		b.info.Defs[id] = f.Object
		bare := &ast.FuncDecl{Name: id, Type: f.Decl.Type}
		if f.Object.Signature().Recv() != nil {
			bare.Recv = &ast.FieldList{}
		}
		switch old := b.p.ssa.Package(f.Object.Pkg()); {
		case old == nil:
			b.declare(f.Object.Pkg(), bare)
		case b.p.ssa.FuncValue(f.Object) == nil:
			b.declare(b.main, bare)
			b.late[f.Object] = true
		}
	}
}

// body declares the cell's statements as a function.
func (b *cellBuilder) body() *types.Func {
	for _, v := range b.cell.Vars {
		b.variable(v)
	}
	vars := map[types.Object]bool{}
	for _, v := range b.cell.Vars {
		vars[v] = true
	}
	block := *b.cell.Body
	block.List = nil
	for i, s := range b.cell.Body.List {
		if i > 0 {
			block.List = append(block.List, b.checkpoint(s.Pos()))
		}
		block.List = append(block.List, b.statement(s, vars))
	}
	if len(b.cell.Values) > 0 {
		block.List = append(block.List, b.checkpoint(b.cell.Values[0].Pos()), b.values())
	}
	sig := types.NewSignatureType(nil, nil, nil, nil, nil, false)
	fn := types.NewFunc(block.Pos(), b.main, CellName, sig)
	id := &ast.Ident{Name: fn.Name(), NamePos: block.Pos()}
	b.info.Defs[id] = fn
	b.declare(b.main, &ast.FuncDecl{Name: id, Type: &ast.FuncType{Func: block.Pos(), Params: &ast.FieldList{}}, Body: &block})
	return fn
}

// checkpoint is a call of a function that does nothing. A call that was stopped
// may have returned all the same, with what it had: that much is kept, and the
// cell ends at the next checkpoint.
func (b *cellBuilder) checkpoint(pos token.Pos) ast.Stmt {
	if b.check == nil {
		b.check = types.NewFunc(pos, b.main, "cell·checkpoint", types.NewSignatureType(nil, nil, nil, nil, nil, false))
		id := &ast.Ident{Name: b.check.Name(), NamePos: pos}
		b.info.Defs[id] = b.check
		b.declare(b.main, &ast.FuncDecl{Name: id, Type: &ast.FuncType{Func: pos, Params: &ast.FieldList{}}, Body: &ast.BlockStmt{}})
	}
	id := &ast.Ident{Name: b.check.Name(), NamePos: pos}
	b.info.Uses[id] = b.check
	call := &ast.CallExpr{Fun: id, Lparen: pos, Rparen: pos}
	b.info.Types[id] = types.TypeAndValue{Type: b.check.Type()}
	b.info.Types[call] = types.TypeAndValue{Type: types.NewTuple()}
	return &ast.ExprStmt{X: call}
}

// checkpoint is the function that cellBuilder.checkpoint has called.
func (p *Program) checkpoint() *Func {
	const name = "cell·checkpoint"
	f := p.thunks[name]
	if f == nil {
		f = p.thunk(name, types.NewSignatureType(nil, nil, nil, nil, nil, false), nil, func(*fnc) instr { return func(*Frame) {} })
		p.thunks[name] = f
	}
	return f
}

// statement is s, but that "var x T" of a variable that outlives the cell gets
// its zero value spelled out: the variable may be an older one.
func (b *cellBuilder) statement(s ast.Stmt, vars map[types.Object]bool) ast.Stmt {
	ds, ok := s.(*ast.DeclStmt)
	if !ok {
		return s
	}
	gd, ok := ds.Decl.(*ast.GenDecl)
	if !ok || gd.Tok != token.VAR {
		return s
	}
	out := *gd
	out.Specs = nil
	for _, sp := range gd.Specs {
		vs := *sp.(*ast.ValueSpec)
		if len(vs.Values) == 0 {
			for _, id := range vs.Names {
				obj := b.info.Defs[id]
				if obj == nil || !vars[obj] {
					vs.Values = nil
					break
				}
				_, zero := b.synthetic(fmt.Sprintf("zero·%d", len(b.zeros)), obj.Type(), id.Pos())
				b.zeros = append(b.zeros, b.info.Uses[zero].(*types.Var))
				vs.Values = append(vs.Values, zero)
			}
		}
		out.Specs = append(out.Specs, &vs)
	}
	return &ast.DeclStmt{Decl: &out}
}

// values stores the values of the cell's expressions into variables that the
// results come from.
func (b *cellBuilder) values() ast.Stmt {
	first := b.cell.Values[0]
	as := &ast.AssignStmt{Tok: token.ASSIGN, TokPos: first.Pos(), Rhs: b.cell.Values}
	for _, x := range b.cell.Values {
		for _, t := range b.resultTypes(x) {
			v, id := b.synthetic(fmt.Sprintf("result·%d", len(b.results)), t, x.Pos())
			b.results = append(b.results, v)
			as.Lhs = append(as.Lhs, id)
		}
	}
	if len(b.results) == 0 {
		return &ast.ExprStmt{X: first}
	}
	return as
}

// resultTypes are the types of the values of x.
func (b *cellBuilder) resultTypes(x ast.Expr) (ts []types.Type) {
	switch t := b.info.TypeOf(x).(type) {
	case *types.Tuple:
		for v := range t.Variables() {
			ts = append(ts, v.Type())
		}
	case *types.Basic:
		if t.Kind() != types.Invalid {
			ts = append(ts, types.Default(t))
		}
	case nil:
	default:
		if tv := b.info.Types[x]; !tv.IsVoid() && !tv.IsType() {
			ts = append(ts, t)
		}
	}
	return ts
}

// build makes the SSA packages.
func (b *cellBuilder) build() {
	p := b.p
	for _, pkg := range b.order {
		p.createUsed(b.info, pkg)
	}
	p.members(b.info)
	var pkgs []*ssa.Package
	for _, pkg := range b.order {
		pkgs = append(pkgs, p.ssa.CreatePackage(pkg, []*ast.File{b.files[pkg]}, b.info, false))
	}
	for m := range b.late {
		adopt(p.ssa.Package(m.Pkg()), p.ssa.Package(b.main), m)
	}
	for _, pkg := range pkgs {
		buildPackage(pkg)
	}
}

// adopt makes method m, which was added to a type of package old when that was
// built already, known to the SSA builder as one of old's.
func adopt(old, from *ssa.Package, m *types.Func) {
	objectsOf(old)[m] = objectsOf(from)[m]
}

// objectsOf is the SSA builder's table of a package's objects.
func objectsOf(p *ssa.Package) map[types.Object]ssa.Member {
	f := reflect.ValueOf(p).Elem().FieldByName("objects")
	return *(*map[types.Object]ssa.Member)(unsafe.Pointer(f.UnsafeAddr()))
}
