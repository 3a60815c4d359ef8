package session

import (
	"go/ast"
	"go/types"
)

// addKeys gives struct literals their field names where go/types missed them: it
// takes the types of earlier cells for those of another package, which only the
// names of unexported fields may be used of. It reports whether it changed
// anything.
func (r *checkRun) addKeys() bool {
	changed := false
	visit := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok || len(lit.Elts) == 0 || !r.unkeyedWithin(lit) {
				return true
			}
			st := r.structOf(lit)
			if st == nil || st.NumFields() < len(lit.Elts) || st.Field(0).Pkg() == nil || st.Field(0).Pkg().Path() != "main" {
				return true
			}
			for i, el := range lit.Elts {
				if _, keyed := el.(*ast.KeyValueExpr); keyed || st.Field(i).Name() == "_" {
					return true
				}
			}
			for i, el := range lit.Elts {
				key := &ast.Ident{Name: st.Field(i).Name(), NamePos: el.Pos()}
				lit.Elts[i] = &ast.KeyValueExpr{Key: key, Colon: el.Pos(), Value: el}
			}
			changed = true
			return true
		})
	}
	for _, d := range r.cell.decls {
		visit(d)
	}
	visit(r.cell.body)
	for _, x := range r.cell.values {
		visit(x)
	}
	return changed
}

// unkeyedWithin reports whether a field of the literal itself was complained of.
func (r *checkRun) unkeyedWithin(lit *ast.CompositeLit) bool {
	for _, el := range lit.Elts {
		if r.unkeyed[el.Pos()] {
			return true
		}
	}
	return false
}

// structOf is the struct type of a literal, nil if it is none.
func (r *checkRun) structOf(lit *ast.CompositeLit) *types.Struct {
	t := r.info.TypeOf(lit)
	if t == nil {
		return nil
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, _ := t.Underlying().(*types.Struct)
	return st
}
