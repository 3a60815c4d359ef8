package session

import (
	"go/ast"
	"go/token"
	"go/types"
)

// bracketEarlier writes "type T (E)" for "type T E" where E is a type of an
// earlier cell, which pkg knows already. Looking for cycles, go/types follows a
// bare name to its declaration, and takes for granted that one of the package has
// one among the files.
func bracketEarlier(pkg *types.Package, decls []ast.Decl) {
	for _, d := range decls {
		gd, ok := d.(*ast.GenDecl)
		if !ok || gd.Tok != token.TYPE {
			continue
		}
		for _, spec := range gd.Specs {
			ts := spec.(*ast.TypeSpec)
			if id, ok := ts.Type.(*ast.Ident); ok && pkg.Scope().Lookup(id.Name) != nil {
				ts.Type = &ast.ParenExpr{Lparen: id.Pos(), X: id, Rparen: id.End()}
			}
		}
	}
}
