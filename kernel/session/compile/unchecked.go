package compile

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// To check all of package slices takes longer than anybody wants to wait for the
// first cell that sorts. So its signatures are checked when it is imported, and the
// body of a function when code first mentions it.

// unchecked are the bodies of a package's functions that have not been checked.
type unchecked struct {
	fset  *token.FileSet
	src   *Source
	decls map[*types.Func]*ast.FuncDecl
}

func newUnchecked(fset *token.FileSet, src *Source) *unchecked {
	u := &unchecked{fset, src, map[*types.Func]*ast.FuncDecl{}}
	for _, f := range src.Files {
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok {
				if fn, ok := src.Info.Defs[d.Name].(*types.Func); ok && d.Body != nil {
					u.decls[fn] = d
				}
			}
		}
	}
	return u
}

// Want puts what fn's body means into Info, if it is not yet there, and returns what
// that uses.
func (s *Source) Want(fn *types.Func) (used []types.Object, err error) {
	if s.later == nil {
		return nil, nil
	}
	return s.later.check(fn)
}

// check checks the body of fn, if that has not been done, and returns what it uses.
//
// It is checked as that of a function literal of the same parameters, at the end of
// fn's own signature, where type parameters and receiver are known: Info has the
// literal's parameters for those of fn afterwards, as its body means them.
func (u *unchecked) check(fn *types.Func) (used []types.Object, err error) {
	d := u.decls[fn]
	if d == nil {
		return nil, nil
	}
	delete(u.decls, fn)
	lit := &ast.FuncLit{Type: &ast.FuncType{Func: d.Type.Func, Params: d.Type.Params, Results: d.Type.Results}, Body: d.Body}
	if err := types.CheckExpr(u.fset, u.src.Pkg, d.Type.End()-1, lit, u.src.Info); err != nil {
		return nil, fmt.Errorf("standard library: %w", err)
	}
	ast.Inspect(d.Body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if obj := u.src.Info.Uses[id]; obj != nil && obj.Pkg() != nil {
				used = append(used, obj)
			}
		}
		return true
	})
	return used, nil
}

// plain are the functions that are not generic: the SSA builder wants those at once.
func (u *unchecked) plain() (fns []*types.Func) {
	if u == nil {
		return nil
	}
	for fn := range u.decls {
		if !generic(fn) {
			fns = append(fns, fn)
		}
	}
	return fns
}
