package session

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"runtime"
	"strconv"
	"strings"

	"setun/kernel/session/engine"
	"setun/kernel/session/local"
)

// A checked cell is ready to be compiled. Committing it is all that changes the
// session.
type checked struct {
	pkg     *types.Package
	info    *types.Info
	objects map[string]types.Object // what it declares
	imports map[string]string       // what it imports, by name
	texts   map[string]string
	program *engine.Program
}

// A checker checks cells against what earlier ones have declared.
type checker struct {
	*sources
	scope    *scope
	importer types.Importer
}

// check type-checks a cell. Nothing of the session changes, but for methods that
// are added to types of earlier cells: those stay known without a body if the
// cell is wrong elsewhere.
func (ch *checker) check(c *cellSyntax) (out *checked, diags []diagnostic) {
	// Whatever go/types trips over, the kernel lives on.
	defer func() {
		if p := recover(); p != nil {
			out, diags = nil, []diagnostic{{c.src, 0, fmt.Sprintf("this cell cannot be checked, by a fault of the checker: %v", p)}}
		}
	}()
	for {
		r := ch.newRun(c)
		out, diags := r.run()
		if len(r.unkeyed) == 0 || !r.addKeys() {
			return out, diags
		}
	}
}

func (ch *checker) newRun(c *cellSyntax) *checkRun {
	return &checkRun{
		checker: ch, cell: c, info: newInfo(), imports: map[string]string{},
		declared: declared(c.decls), vars: assigned(c.body.Body.List), names: identifiers(c),
	}
}

func newInfo() *types.Info {
	return &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Defs:       map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Implicits:  map[ast.Node]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
		Scopes:     map[ast.Node]*types.Scope{},
		Instances:  map[*ast.Ident]types.Instance{},
	}
}

// checkRun is the checking of one cell.
type checkRun struct {
	*checker
	cell     *cellSyntax
	info     *types.Info
	imports  map[string]string // explicit imports of the cell
	declared map[string]bool   // names of its declarations
	vars     map[string]bool   // names of its top-level variables
	names    map[string]bool   // all identifiers in it
	lenient  bool              // learn what can be learned in spite of errors; add no methods
	decls    []ast.Decl        // those of the cell but for the types that stay
	texts    map[string]string // what keepTypes compares next time
	unkeyed  map[token.Pos]bool
	infos    []*types.Info // all that the cell was checked with
	diags    []diagnostic
}

func (r *checkRun) run() (*checked, []diagnostic) {
	r.keepTypes()
	early, late, methods := r.sortDecls()
	for _, spec := range r.cell.imports {
		r.explicitImport(spec)
	}
	if r.lenient {
		early = append(early, asDecls(late)...)
		for i, fd := range methods {
			early = append(early, asFunction(fd, fmt.Sprintf("method %d", i), fd.Body))
		}
		late, methods = nil, nil
	}
	methodFuncs := r.addMethods(methods)
	if len(r.diags) > 0 && !r.lenient {
		return nil, sortDiagnostics(r.diags)
	}

	// The functions whose bodies wait for the variables of the cell take part
	// with their signatures.
	decls := early
	for _, fd := range late {
		bare := *fd
		bare.Body = nil
		decls = append(decls, &bare)
	}
	body := r.cell.body
	list := body.Body.List
	if r.cell.value != nil {
		body.Body.List = append(list[:len(list):len(list)], r.trailingStmt())
	}
	decls = append(decls, body)
	pkg := r.newPackage(nil)
	r.checkFile(pkg, decls)
	body.Body.List = list

	out := &checked{pkg: pkg, info: r.info, objects: map[string]types.Object{}, imports: r.imports, texts: r.texts}
	for name := range r.declared {
		if obj := pkg.Scope().Lookup(name); obj != nil && name != "_" {
			out.objects[name] = obj
		}
	}
	p := &engine.Program{Package: pkg, Info: r.info, Body: body.Body, Value: r.cell.value}
	if fs := r.info.Scopes[body.Type]; fs != nil {
		for _, name := range fs.Names() {
			if v, ok := fs.Lookup(name).(*types.Var); ok && r.vars[name] {
				out.objects[name] = v
				p.Vars = append(p.Vars, v)
			}
		}
	}
	for _, d := range early {
		if fd, ok := d.(*ast.FuncDecl); ok {
			if obj, ok := r.info.Defs[fd.Name].(*types.Func); ok {
				p.Funcs = append(p.Funcs, engine.Func{Object: obj, Decl: fd, Info: r.info})
			}
		}
	}
	if len(r.diags) == 0 && len(late)+len(methods) > 0 {
		p.Funcs = append(p.Funcs, r.checkLate(late, methods, methodFuncs, out.objects)...)
	}
	if len(r.diags) > 0 {
		return out, sortDiagnostics(r.diags)
	}
	out.program = p
	return out, nil
}

// sortDecls tells the functions that must wait for the types of the cell's
// variables, and methods on types of earlier cells, from the rest.
func (r *checkRun) sortDecls() (early []ast.Decl, late, methods []*ast.FuncDecl) {
	for _, d := range r.decls {
		fd, ok := d.(*ast.FuncDecl)
		switch {
		case !ok:
			early = append(early, d)
		case fd.Recv != nil && !r.declared[receiverName(fd)]:
			methods = append(methods, fd)
		case fd.Body != nil && mentions(fd.Body, r.vars) && r.canWait(fd):
			late = append(late, fd)
		default:
			early = append(early, d)
		}
	}
	return early, late, methods
}

func asDecls(list []*ast.FuncDecl) []ast.Decl {
	out := make([]ast.Decl, len(list))
	for i, fd := range list {
		out[i] = fd
	}
	return out
}

// canWait reports whether a function can be checked after the statements, as a
// function of another name: all but methods of generic types.
func (r *checkRun) canWait(fd *ast.FuncDecl) bool {
	if fd.Recv == nil || len(fd.Recv.List) == 0 {
		return true
	}
	t := fd.Recv.List[0].Type
	if star, ok := ast.Unparen(t).(*ast.StarExpr); ok {
		t = star.X
	}
	_, plain := ast.Unparen(t).(*ast.Ident)
	return plain
}

// trailingStmt is the trailing expression as a statement that may have a value.
func (r *checkRun) trailingStmt() ast.Stmt {
	if call, ok := ast.Unparen(r.cell.value).(*ast.CallExpr); ok {
		return &ast.ExprStmt{X: call}
	}
	return &ast.AssignStmt{
		Lhs: []ast.Expr{&ast.Ident{Name: "_", NamePos: r.cell.value.Pos()}}, Tok: token.ASSIGN,
		TokPos: r.cell.value.Pos(), Rhs: []ast.Expr{r.cell.value},
	}
}

func (r *checkRun) explicitImport(spec *ast.ImportSpec) {
	path, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return // the parser has said so
	}
	pkg, err := r.importer.Import(path)
	if err != nil {
		r.errorAt(spec.Path.Pos(), err.Error())
		var files *local.Error
		if errors.As(err, &files) {
			for _, p := range files.Problems {
				r.errorAt(p.Pos, p.Msg)
			}
		}
		return
	}
	name := pkg.Name()
	if spec.Name != nil {
		name = spec.Name.Name
	}
	if name != "_" && name != "." {
		r.imports[name] = pkg.Path()
	}
}

func (r *checkRun) errorAt(pos token.Pos, msg string) {
	src, offset := r.at(pos)
	if src == nil {
		src = r.cell.src
	}
	r.diags = append(r.diags, diagnostic{src, offset, msg})
}

// newPackage makes a package with what the cell names of all that the session and
// the dsl have declared, without what it declares again, and with extra objects.
func (r *checkRun) newPackage(extra map[string]types.Object) *types.Package {
	pkg := types.NewPackage("main", cellPackage(r.cell.src.number))
	for _, obj := range extra {
		pkg.Scope().Insert(obj)
	}
	free := func(name string) bool {
		_, imported := r.imports[name]
		return !imported && (extra != nil || !r.declared[name]) && pkg.Scope().Lookup(name) == nil
	}
	words, err := r.importer.Import(dslPath)
	for name := range r.names {
		if !free(name) {
			continue
		}
		if obj := r.scope.objects[name]; obj != nil {
			pkg.Scope().Insert(obj)
		} else if err == nil && token.IsExported(name) {
			if obj := words.Scope().Lookup(name); obj != nil {
				pkg.Scope().Insert(obj)
			}
		}
	}
	return pkg
}

// checkFile checks declarations in pkg, with the imports that they need.
func (r *checkRun) checkFile(pkg *types.Package, decls []ast.Decl) {
	bracketEarlier(pkg, decls)
	file := &ast.File{Name: ast.NewIdent(pkg.Name()), Decls: r.importDecls(pkg, decls)}
	file.Decls = append(file.Decls, decls...)
	config := types.Config{
		Importer:                 r.importer,
		GoVersion:                "go1.26",
		Sizes:                    types.SizesFor("gc", runtime.GOARCH),
		DisableUnusedImportCheck: true,
		Error: func(err error) {
			e, ok := err.(types.Error)
			if !ok || allowed(e) || strings.HasPrefix(e.Msg, "\t") { // the rest of an error before
				return
			}
			// The value of a trailing conversion or builtin call is used: it is shown.
			if v := r.cell.value; v != nil && e.Pos == v.Pos() && strings.HasSuffix(e.Msg, " is not used") {
				return
			}
			if strings.HasPrefix(e.Msg, "implicit assignment to unexported field") {
				if r.unkeyed == nil {
					r.unkeyed = map[token.Pos]bool{}
				}
				r.unkeyed[e.Pos] = true
			}
			r.errorAt(e.Pos, r.explain(e.Msg))
		},
	}
	r.infos = append(r.infos, r.info)
	// Errors have gone to config.Error.
	_ = types.NewChecker(&config, r.fset, pkg, r.info).Files([]*ast.File{file})
}

// allowed reports whether an error is one of those that a cell may make: what
// nothing uses, := of variables that are there, and the generic functions whose
// bodies are checked later. Other errors that go/types calls soft are errors
// here too, a type argument that does not fit among them.
func allowed(e types.Error) bool {
	return e.Soft && (strings.Contains(e.Msg, "and not used") || strings.HasPrefix(e.Msg, "no new variable") ||
		e.Msg == "generic function is missing function body")
}

// importDecls are the imports that the cell spells out, those that earlier cells
// did, and those of packages that it names.
func (r *checkRun) importDecls(pkg *types.Package, decls []ast.Decl) []ast.Decl {
	decl := &ast.GenDecl{Tok: token.IMPORT}
	used := map[string]bool{}
	for _, d := range decls {
		qualifiers(d, used)
	}
	for _, spec := range r.cell.imports {
		decl.Specs = append(decl.Specs, spec)
	}
	for name := range used {
		if _, ok := r.imports[name]; ok || pkg.Scope().Lookup(name) != nil || r.declared[name] {
			continue
		}
		path, ok := r.scope.imports[name]
		if !ok {
			path, ok = byName[name]
		}
		if ok {
			decl.Specs = append(decl.Specs, &ast.ImportSpec{
				Name: ast.NewIdent(name),
				Path: &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(path)},
			})
		}
	}
	if len(decl.Specs) == 0 {
		return nil
	}
	return []ast.Decl{decl}
}

// asFunction is a function under another name, and a method as a function with
// the receiver as its first parameter.
func asFunction(fd *ast.FuncDecl, name string, body *ast.BlockStmt) *ast.FuncDecl {
	ft := *fd.Type
	if fd.Recv != nil {
		params := &ast.FieldList{Opening: fd.Type.Params.Opening, Closing: fd.Type.Params.Closing}
		for _, f := range fd.Recv.List {
			field := *f
			if len(field.Names) == 0 {
				field.Names = []*ast.Ident{{Name: "_", NamePos: field.Type.Pos()}}
			}
			params.List = append(params.List, &field)
		}
		for _, f := range fd.Type.Params.List {
			field := *f
			if len(field.Names) == 0 {
				field.Names = []*ast.Ident{{Name: "_", NamePos: field.Type.Pos()}}
			}
			params.List = append(params.List, &field)
		}
		ft.Params = params
	}
	return &ast.FuncDecl{Name: &ast.Ident{Name: name, NamePos: fd.Name.Pos()}, Type: &ft, Body: body}
}

// addMethods adds the methods to the types of earlier cells that they are
// declared on, and returns what stands for each.
func (r *checkRun) addMethods(methods []*ast.FuncDecl) []*types.Func {
	if len(methods) == 0 {
		return nil
	}
	for _, fd := range methods {
		switch n := fd.Recv.NumFields(); {
		case n == 0:
			r.errorAt(fd.Recv.Pos(), "method has no receiver")
		case n > 1:
			r.errorAt(fd.Recv.Pos(), "method has multiple receivers")
		}
	}
	if len(r.diags) > 0 {
		return nil
	}
	// Their signatures, checked as those of functions. The cell's own types are
	// there too, for no better reason than that a name must be found.
	var decls []ast.Decl
	for _, d := range r.decls {
		if gd, ok := d.(*ast.GenDecl); ok {
			decls = append(decls, gd)
		}
	}
	for i, fd := range methods {
		decls = append(decls, asFunction(fd, fmt.Sprintf("method %d", i), nil))
	}
	real := r.info
	r.info = newInfo()
	pkg := r.newPackage(nil)
	r.checkFile(pkg, decls)
	r.info = real
	if len(r.diags) > 0 {
		return nil
	}
	var out []*types.Func
	for i, fd := range methods {
		f, _ := pkg.Scope().Lookup(fmt.Sprintf("method %d", i)).(*types.Func)
		if f == nil {
			continue
		}
		out = append(out, r.addMethod(fd, f.Signature()))
	}
	return out
}

func (r *checkRun) addMethod(fd *ast.FuncDecl, sig *types.Signature) *types.Func {
	first := sig.Params().At(0)
	base := types.Unalias(first.Type())
	if p, ok := base.(*types.Pointer); ok {
		base = types.Unalias(p.Elem())
	}
	named, ok := base.(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != "main" {
		r.errorAt(fd.Recv.Pos(), fmt.Sprintf("cannot define new methods on non-local type %s", first.Type()))
		return nil
	}
	if named.TypeParams().Len() > 0 {
		r.errorAt(fd.Recv.Pos(), "a method of a generic type must stand in the cell of its type")
		return nil
	}
	if s, ok := named.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			if f.Name() == fd.Name.Name {
				r.errorAt(fd.Name.Pos(), fmt.Sprintf("field and method with the same name %s", f.Name()))
				return nil
			}
		}
	}
	var params []*types.Var
	for v := range sig.Params().Variables() {
		params = append(params, v)
	}
	full := types.NewSignatureType(first, nil, nil, types.NewTuple(params[1:]...), sig.Results(), sig.Variadic())
	for m := range named.Methods() {
		if m.Name() != fd.Name.Name {
			continue
		}
		if !types.Identical(m.Signature(), full) || !types.Identical(m.Signature().Recv().Type(), first.Type()) {
			r.errorAt(fd.Name.Pos(), fmt.Sprintf("method %s.%s is known with another signature, %s: declare the type again to change it",
				named.Obj().Name(), m.Name(), types.TypeString(m.Signature(), types.RelativeTo(m.Pkg()))))
		}
		return m
	}
	m := types.NewFunc(fd.Name.Pos(), named.Obj().Pkg(), fd.Name.Name, full)
	named.AddMethod(m)
	return m
}

// checkLate checks the bodies that had to wait, with the variables of the cell
// in scope.
func (r *checkRun) checkLate(late, methods []*ast.FuncDecl, methodFuncs []*types.Func, objects map[string]types.Object) []engine.Func {
	pkg := r.newPackage(objects)
	var decls []ast.Decl
	var out []engine.Func
	info := newInfo()
	for i, fd := range late {
		decl := asFunction(fd, fmt.Sprintf("late %d", i), fd.Body)
		decls = append(decls, decl)
		if obj, ok := r.info.Defs[fd.Name].(*types.Func); ok {
			out = append(out, engine.Func{Object: obj, Decl: decl, Info: info})
		}
	}
	for i, fd := range methods {
		decl := asFunction(fd, fmt.Sprintf("method %d", i), fd.Body)
		decls = append(decls, decl)
		if i < len(methodFuncs) && methodFuncs[i] != nil {
			out = append(out, engine.Func{Object: methodFuncs[i], Decl: decl, Info: info})
		}
	}
	real := r.info
	r.info = info
	r.checkFile(pkg, decls)
	r.info = real
	return out
}
