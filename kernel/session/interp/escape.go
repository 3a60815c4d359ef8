package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// escaping finds the variables declared within root that something may refer to
// after their function has returned: those whose address is taken and those that
// a function literal refers to. Each instance of them needs memory of its own.
func escaping(root ast.Node, info *types.Info) map[types.Object]bool {
	out := map[types.Object]bool{}
	home := map[types.Object]ast.Node{}
	var walk func(n ast.Node, fn ast.Node)
	walk = func(n, fn ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				for _, list := range []*ast.FieldList{n.Type.Params, n.Type.Results} {
					if list != nil {
						walk(list, n)
					}
				}
				walk(n.Body, n)
				return false
			case *ast.RangeStmt:
				// The body of a range over a function becomes a function.
				if _, ok := underlying(info, n.X).(*types.Signature); ok {
					walk(n.X, fn)
					for _, e := range []ast.Expr{n.Key, n.Value} {
						if e != nil {
							walk(e, n)
						}
					}
					walk(n.Body, n)
					return false
				}
			case *ast.CaseClause:
				if obj := info.Implicits[n]; obj != nil {
					home[obj] = fn
				}
			case *ast.Ident:
				if obj := info.Defs[n]; obj != nil {
					home[obj] = fn
				}
				if obj := info.Uses[n]; obj != nil {
					if h, ok := home[obj]; ok && h != fn {
						out[obj] = true
					}
				}
			case *ast.UnaryExpr:
				if n.Op == token.AND {
					mark(n.X, info, out)
				}
			case *ast.SliceExpr:
				if _, ok := underlying(info, n.X).(*types.Array); ok {
					mark(n.X, info, out)
				}
			case *ast.SelectorExpr:
				// A method call may take the address of its receiver.
				if s := info.Selections[n]; s != nil && s.Kind() != types.FieldVal {
					mark(n.X, info, out)
				}
			}
			return true
		})
	}
	walk(root, root)
	return out
}

func underlying(info *types.Info, e ast.Expr) types.Type {
	if t := info.TypeOf(e); t != nil {
		return t.Underlying()
	}
	return nil
}

// mark adds the variable that e is a part of.
func mark(e ast.Expr, info *types.Info, out map[types.Object]bool) {
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.Ident:
			if obj := info.Uses[x]; obj != nil {
				out[obj] = true
			}
			return
		default:
			return
		}
	}
}
