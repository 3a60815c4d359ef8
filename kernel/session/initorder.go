package session

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// orderVars brings the variables of a cell that has no other statements into the
// order in which Go initialises those of a package (the specification, "Package
// initialization"): a whole program is pasted into a cell as it stands. Where
// there are other statements the order is that of the text.
//
// go/types knows the order in a package, so the cell is shown to it as one. What
// else it says of that package is not heard: the cell is checked as what it is.
func (r *checkRun) orderVars() {
	list := r.cell.body.Body.List
	var specs []*ast.ValueSpec // in the order of the text
	for _, s := range list[:r.cell.vars] {
		for _, spec := range s.(*ast.DeclStmt).Decl.(*ast.GenDecl).Specs {
			specs = append(specs, oneEach(spec.(*ast.ValueSpec))...)
		}
	}
	if len(specs) < 2 {
		return
	}
	of := map[token.Pos]*ast.ValueSpec{} // by the names that it declares
	decls := []ast.Decl{&ast.GenDecl{Tok: token.VAR}}
	for _, spec := range specs {
		decls[0].(*ast.GenDecl).Specs = append(decls[0].(*ast.GenDecl).Specs, spec)
		for _, name := range spec.Names {
			of[name.Pos()] = spec
		}
	}
	pkg := r.newPackage(r.vars)
	file := r.newFile(pkg, append(decls, r.decls...), r.vars)
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	config := types.Config{Importer: r.importer, DisableUnusedImportCheck: true, Error: func(err error) {
		if e, ok := err.(types.Error); ok && strings.HasPrefix(e.Msg, "initialization cycle") {
			r.errorAt(e.Pos, e.Msg)
		}
	}}
	_ = types.NewChecker(&config, r.fset, pkg, info).Files([]*ast.File{file})

	// Constants and zeros come first, which the linker puts there: methods of
	// generic types are no reason to go/types. What it says nothing of comes last.
	var ordered []ast.Stmt
	take := func(spec *ast.ValueSpec) {
		ordered = append(ordered, &ast.DeclStmt{Decl: &ast.GenDecl{Tok: token.VAR, TokPos: spec.Pos(), Specs: []ast.Spec{spec}}})
		for _, name := range spec.Names {
			delete(of, name.Pos())
		}
	}
	for _, spec := range specs {
		if len(spec.Values) == 0 || info.Types[spec.Values[0]].Value != nil {
			take(spec)
		}
	}
	for _, init := range info.InitOrder {
		if spec := of[init.Lhs[0].Pos()]; spec != nil {
			take(spec)
		}
	}
	for _, spec := range specs {
		if of[spec.Names[0].Pos()] == spec {
			take(spec)
		}
	}
	r.cell.body.Body.List = append(ordered, list[r.cell.vars:]...)
	r.cell.vars = len(ordered)
}

// oneEach is a declaration of variables as several, if each has a value of its own.
func oneEach(spec *ast.ValueSpec) (list []*ast.ValueSpec) {
	if len(spec.Names) != len(spec.Values) {
		return []*ast.ValueSpec{spec}
	}
	for i, name := range spec.Names {
		list = append(list, &ast.ValueSpec{Names: []*ast.Ident{name}, Type: spec.Type, Values: spec.Values[i : i+1]})
	}
	return list
}

// leadingVars is how many declarations of variables a list of statements begins
// with.
func leadingVars(list []ast.Stmt) int {
	for i, s := range list {
		ds, ok := s.(*ast.DeclStmt)
		if !ok || ds.Decl.(*ast.GenDecl).Tok != token.VAR {
			return i
		}
	}
	return len(list)
}
