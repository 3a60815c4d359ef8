package session

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"runtime"
	"slices"
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
// a cell which is right adds to types of earlier cells.
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
		if len(diags) > 0 {
			r.removeMethods()
		}
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
	added    []*types.Func // methods that types of earlier cells did not have
	diags    []diagnostic
}

func (r *checkRun) run() (*checked, []diagnostic) {
	r.keepTypes()
	for _, spec := range r.cell.imports {
		r.explicitImport(spec)
	}
	others, funcs, methods := r.sortDecls()
	bodies := slices.Clone(funcs)
	for i, fd := range methods {
		bodies = append(bodies, asFunction(fd, methodName(i)))
	}
	r.checkReceivers(methods)
	if len(r.diags) > 0 && !r.lenient {
		return nil, sortDiagnostics(r.diags)
	}
	r.orderVars()
	pkg := r.newPackage(nil)
	var added []*types.Func
	r.checkCell(pkg, others, bodies, func() { added = r.addMethods(pkg, methods) })

	out := &checked{pkg: pkg, info: r.info, objects: map[string]types.Object{}, imports: r.imports, texts: r.texts}
	for name := range r.declared {
		if obj := pkg.Scope().Lookup(name); obj != nil && name != "_" {
			out.objects[name] = obj
		}
	}
	p := &engine.Program{Package: pkg, Info: r.info, Body: r.cell.body.Body, Values: r.cell.values}
	for _, v := range r.variables() {
		out.objects[v.Name()] = v
		p.Vars = append(p.Vars, v)
	}
	for i, fd := range bodies {
		obj, _ := r.info.Defs[fd.Name].(*types.Func)
		if k := i - len(funcs); k >= 0 && k < len(added) {
			obj = added[k]
		}
		if obj != nil {
			p.Funcs = append(p.Funcs, engine.Func{Object: obj, Decl: fd})
		}
	}
	r.missingBodies(bodies)
	if len(r.diags) == 0 {
		r.endlessInstances()
	}
	if len(r.diags) > 0 {
		return out, sortDiagnostics(r.diags)
	}
	out.program = p
	return out, nil
}

// missingBodies complains of functions without one, which only other languages
// could give them.
func (r *checkRun) missingBodies(list []*ast.FuncDecl) {
	for _, fd := range list {
		if fd.Body == nil {
			r.errorAt(fd.Name.Pos(), "missing function body")
		}
	}
}

// sortDecls tells apart types and constants, functions with the methods on types
// of the cell, and methods on types of earlier cells.
func (r *checkRun) sortDecls() (others []ast.Decl, funcs, methods []*ast.FuncDecl) {
	for _, d := range r.decls {
		fd, ok := d.(*ast.FuncDecl)
		switch {
		case !ok:
			others = append(others, d)
		case fd.Recv != nil && !r.declared[receiverName(fd)]:
			methods = append(methods, fd)
		default:
			funcs = append(funcs, fd)
		}
	}
	return others, funcs, methods
}

// trailingStmts are the trailing expressions as statements: a call, which may have
// no value or several, or values.
func trailingStmts(values []ast.Expr) (list []ast.Stmt) {
	if len(values) == 1 {
		if call, ok := ast.Unparen(values[0]).(*ast.CallExpr); ok {
			return []ast.Stmt{&ast.ExprStmt{X: call}}
		}
	}
	for _, x := range values {
		list = append(list, &ast.AssignStmt{
			Lhs: []ast.Expr{&ast.Ident{Name: "_", NamePos: x.Pos()}}, Tok: token.ASSIGN, TokPos: x.Pos(), Rhs: []ast.Expr{x},
		})
	}
	return list
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
// the dsl have declared, without what it declares again and other names.
func (r *checkRun) newPackage(without map[string]bool) *types.Package {
	pkg := types.NewPackage("main", cellPackage(r.cell.src.number))
	words, err := r.importer.Import(dslPath)
	for name := range r.names {
		if _, imported := r.imports[name]; imported || r.declared[name] || without[name] {
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

// newFile is declarations with the imports that they need. A hidden name is not
// that of a package unless the cell says so.
func (r *checkRun) newFile(pkg *types.Package, decls []ast.Decl, hidden map[string]bool) *ast.File {
	bracketEarlier(pkg, decls)
	file := &ast.File{Name: ast.NewIdent(pkg.Name()), Decls: r.importDecls(pkg, decls, hidden)}
	file.Decls = append(file.Decls, decls...)
	return file
}

// checkFiles checks files as pkg. A name of marks is no error where it stands:
// what is behind it is called.
func (r *checkRun) checkFiles(pkg *types.Package, marks map[string]func(), files ...*ast.File) {
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
			e.Msg = strings.ReplaceAll(e.Msg, standInSuffix, "")
			if name, ok := strings.CutPrefix(e.Msg, "undefined: "); ok && marks[name] != nil {
				marks[name]()
				return
			}
			// The value of a trailing conversion or builtin call is used: it is shown.
			if v := r.cell.values; len(v) == 1 && e.Pos == v[0].Pos() && strings.HasSuffix(e.Msg, " is not used") {
				return
			}
			if strings.HasPrefix(e.Msg, "use of untyped nil") && slices.ContainsFunc(r.cell.values, func(v ast.Expr) bool { return v.Pos() == e.Pos }) {
				e.Msg = "nil alone has no type: nothing to show"
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
	// Errors have gone to config.Error.
	_ = types.NewChecker(&config, r.fset, pkg, r.info).Files(files)
}

// allowed reports whether an error is one of those that a cell may make: what
// nothing uses, and := of variables that are there; or one that missingBodies or
// endlessInstances knows better. Other errors that go/types calls soft are errors here too, a type
// argument that does not fit among them.
func allowed(e types.Error) bool {
	if !e.Soft {
		return strings.HasPrefix(e.Msg, "instantiation cycle:")
	}
	return strings.Contains(e.Msg, "and not used") || strings.HasPrefix(e.Msg, "no new variable") ||
		e.Msg == "generic function is missing function body"
}

// importDecls are the imports that the cell spells out, those that earlier cells
// did, and those of packages that decls name; of hidden names the
// first alone.
func (r *checkRun) importDecls(pkg *types.Package, decls []ast.Decl, hidden map[string]bool) []ast.Decl {
	decl := &ast.GenDecl{Tok: token.IMPORT}
	used := map[string]bool{}
	for _, d := range decls {
		qualifiers(d, used)
	}
	for _, spec := range r.cell.imports {
		decl.Specs = append(decl.Specs, spec)
	}
	for name := range used {
		if _, ok := r.imports[name]; ok || hidden[name] || pkg.Scope().Lookup(name) != nil || r.declared[name] {
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
