package session

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"
)

// The functions of a cell see its variables, which are those of a function to
// go/types: their types come from statements. It checks the bodies of functions
// one after the other when it knows all else, that of the statements first if it
// stands first. Names that are nobody's begin and end those, and when go/types
// says so of
//
//   - bodyStart, the methods on types of earlier cells are added to them: their
//     signatures are known now, and what follows may call them;
//   - bodyEnd, the variables are put where the functions find them: into the scope
//     of their file, so that what the statements see stays as it was.
const (
	bodyStart = "setunBodyStart"
	bodyEnd   = "setunBodyEnd"
)

// checkCell checks a cell: types and constants, statements, and functions.
func (r *checkRun) checkCell(pkg *types.Package, others []ast.Decl, funcs []*ast.FuncDecl, start func()) {
	body := *r.cell.body
	block := *body.Body
	block.List = slices.Clone(block.List)
	if len(funcs) > 0 {
		block.List = slices.Insert(block.List, 0, mark(bodyStart))
	}
	block.List = append(block.List, trailingStmts(r.cell.values)...)
	if len(funcs) > 0 {
		block.List = append(block.List, mark(bodyEnd))
	}
	body.Body = &block
	vars, undo := r.standIns(append(slices.Clone(others), asDecls(funcs)...))
	defer undo()
	others = append(slices.Clone(others), vars...)
	files := []*ast.File{r.newFile(pkg, append([]ast.Decl{&body}, others...), nil)}
	plain, typed, hidden := r.hidingPackages(funcs)
	if len(plain) > 0 {
		files = append(files, r.newFile(pkg, plain, r.vars))
	}
	if len(typed) > 0 {
		files = append(files, r.newFile(pkg, typed, hidden))
	}
	end := func() {
		for _, v := range r.variables() {
			for _, f := range files[1:] {
				r.info.Scopes[f].Insert(v) // has no effect where a package has the name
			}
		}
	}
	r.checkFiles(pkg, map[string]func(){bodyStart: start, bodyEnd: end}, files...)
}

// hidingPackages tells from the plain functions those that have a package in
// their signature whose name is also that of a variable of the cell, as in
//
//	list := list.New()
//	func length(l *list.List) int { ... }
//
// To them the name is the package. hidden are the names that are not.
func (r *checkRun) hidingPackages(funcs []*ast.FuncDecl) (plain, typed []ast.Decl, hidden map[string]bool) {
	hidden = maps.Clone(r.vars)
	for _, fd := range funcs {
		named := map[string]bool{}
		qualifiers(fd.Type, named)
		maps.DeleteFunc(named, func(name string, _ bool) bool { return !r.vars[name] })
		if len(named) == 0 {
			plain = append(plain, fd)
			continue
		}
		typed = append(typed, fd)
		for name := range named {
			delete(hidden, name)
		}
	}
	return plain, typed, hidden
}

func asDecls(funcs []*ast.FuncDecl) []ast.Decl {
	decls := make([]ast.Decl, len(funcs))
	for i, fd := range funcs {
		decls[i] = fd
	}
	return decls
}

func mark(name string) ast.Stmt { return &ast.ExprStmt{X: ast.NewIdent(name)} }

// variables are those that the statements of the cell declare at their top.
func (r *checkRun) variables() (list []*types.Var) {
	scope := r.info.Scopes[r.cell.body.Type]
	if scope == nil {
		return nil
	}
	for _, name := range scope.Names() {
		if v, ok := scope.Lookup(name).(*types.Var); ok && r.vars[name] {
			list = append(list, v)
		}
	}
	return list
}
