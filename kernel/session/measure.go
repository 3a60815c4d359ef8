package session

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// A constant, a type or a signature may measure a variable, as in
//
//	var days = [...]string{"Mon", "Tue"}
//	const n = len(days)
//
// To go/types the variables of the cell are those of a function, which package
// level does not see; and it needs no more of them here than their types. So where
// one is measured its name is for the time of the check that of a stand-in: a
// variable of the package that is declared by what its declaration says of the
// type.
const standInSuffix = "·measured"

// standIns declares stand-ins for the variables that decls measure, and gives
// their names to the identifiers; undo takes those back.
func (r *checkRun) standIns(decls []ast.Decl) (vars []ast.Decl, undo func()) {
	var renamed []*ast.Ident
	declared := map[string]ast.Decl{}
	for _, d := range decls {
		measured(d, func(id *ast.Ident) {
			if !r.vars[id.Name] {
				return
			}
			d, ok := declared[id.Name]
			if !ok {
				d = r.standIn(id.Name)
				declared[id.Name] = d
				if d != nil {
					vars = append(vars, d)
				}
			}
			if d != nil {
				renamed = append(renamed, id)
			}
		})
	}
	for _, id := range renamed {
		id.Name += standInSuffix
	}
	return vars, func() {
		for _, id := range renamed {
			id.Name = strings.TrimSuffix(id.Name, standInSuffix)
			delete(r.info.Uses, id) // it is the cell's variable to others
		}
	}
}

// measured finds the variables that the constants, types and signatures of a
// declaration take the length, the capacity or the size of.
func measured(d ast.Decl, found func(*ast.Ident)) {
	var n ast.Node = d
	if fd, ok := d.(*ast.FuncDecl); ok {
		n = fd.Type
	}
	ast.Inspect(n, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 || !measures(call.Fun) {
			return true
		}
		for x := call.Args[0]; ; {
			switch e := x.(type) {
			case *ast.Ident:
				found(e)
				return false
			case *ast.ParenExpr:
				x = e.X
			case *ast.StarExpr:
				x = e.X
			case *ast.SelectorExpr:
				x = e.X
			case *ast.IndexExpr:
				x = e.X
			default:
				return true
			}
		}
	})
}

func measures(fun ast.Expr) bool {
	switch f := fun.(type) {
	case *ast.Ident:
		return f.Name == "len" || f.Name == "cap"
	case *ast.SelectorExpr:
		pkg, ok := f.X.(*ast.Ident)
		return ok && pkg.Name == "unsafe"
	}
	return false
}

// standIn declares the stand-in of a variable that the statements of the cell
// declare; nil if only running them could tell its type.
func (r *checkRun) standIn(name string) ast.Decl {
	for _, s := range r.cell.body.Body.List {
		var spec *ast.ValueSpec
		switch s := s.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE && len(s.Lhs) == len(s.Rhs) {
				spec = r.typedBy(name, identsOf(s.Lhs), nil, s.Rhs)
			}
		case *ast.DeclStmt:
			for _, one := range s.Decl.(*ast.GenDecl).Specs {
				if v, ok := one.(*ast.ValueSpec); ok && spec == nil {
					spec = r.typedBy(name, v.Names, v.Type, v.Values)
				}
			}
		}
		if spec != nil {
			return &ast.GenDecl{Tok: token.VAR, Specs: []ast.Spec{spec}}
		}
	}
	return nil
}

func identsOf(list []ast.Expr) []*ast.Ident {
	ids := make([]*ast.Ident, len(list))
	for i, x := range list {
		ids[i], _ = x.(*ast.Ident)
	}
	return ids
}

// typedBy is the stand-in of name where it is one of names.
func (r *checkRun) typedBy(name string, names []*ast.Ident, typ ast.Expr, values []ast.Expr) *ast.ValueSpec {
	for i, id := range names {
		if id == nil || id.Name != name {
			continue
		}
		spec := &ast.ValueSpec{Names: []*ast.Ident{{NamePos: id.NamePos, Name: name + standInSuffix}}}
		switch {
		case typ != nil && !mentions(typ, r.vars):
			spec.Type = typ
		case typ == nil && len(values) == len(names):
			spec.Type = literalType(values[i])
			if spec.Type == nil || mentions(spec.Type, r.vars) {
				if spec.Type = nil; mentions(values[i], r.vars) || hasLiteral(values[i]) {
					return nil
				}
				spec.Values = []ast.Expr{values[i]}
			}
		default:
			return nil
		}
		return spec
	}
	return nil
}

// literalType is the type that a literal names; nil if x is not one or does not.
func literalType(x ast.Expr) ast.Expr {
	switch x := ast.Unparen(x).(type) {
	case *ast.UnaryExpr:
		if t := literalType(x.X); x.Op == token.AND && t != nil {
			return &ast.StarExpr{Star: x.OpPos, X: t}
		}
	case *ast.FuncLit:
		return x.Type
	case *ast.CompositeLit:
		array, ok := x.Type.(*ast.ArrayType)
		if !ok {
			return x.Type
		}
		if _, counted := array.Len.(*ast.Ellipsis); !counted {
			return array
		}
		for _, e := range x.Elts {
			if _, keyed := e.(*ast.KeyValueExpr); keyed {
				return nil
			}
		}
		n := &ast.BasicLit{ValuePos: array.Lbrack, Kind: token.INT, Value: strconv.Itoa(len(x.Elts))}
		return &ast.ArrayType{Lbrack: array.Lbrack, Len: n, Elt: array.Elt}
	}
	return nil
}

// hasLiteral tells whether x holds a function literal, which cannot be checked
// twice.
func hasLiteral(x ast.Expr) (found bool) {
	ast.Inspect(x, func(n ast.Node) bool {
		_, ok := n.(*ast.FuncLit)
		found = found || ok
		return !found
	})
	return found
}

// measuresVariable tells whether a declaration measures a variable, of this cell
// or of an earlier one: then its text does not say what it declares.
func (r *checkRun) measuresVariable(d ast.Decl) (found bool) {
	measured(d, func(id *ast.Ident) {
		_, earlier := r.scope.objects[id.Name].(*types.Var)
		found = found || r.vars[id.Name] || earlier && !r.declared[id.Name]
	})
	return found
}
