package session

import (
	"go/ast"
	"go/token"
	"slices"
)

// orderVars brings the variables of a cell that has no other statements into the
// order in which Go initialises those of a package (the specification, "Package
// initialization"): a whole program is pasted into a cell as it stands. Where
// there are other statements the order is that of the text. What a variable needs
// is told by names alone.
func orderVars(c *cellSyntax) {
	var specs []*ast.DeclStmt
	for _, s := range c.body.Body.List {
		ds, ok := s.(*ast.DeclStmt)
		if !ok {
			return
		}
		gd, ok := ds.Decl.(*ast.GenDecl)
		if !ok || gd.Tok != token.VAR {
			return
		}
		for _, spec := range gd.Specs {
			specs = append(specs, &ast.DeclStmt{Decl: &ast.GenDecl{Tok: token.VAR, TokPos: spec.Pos(), Specs: []ast.Spec{spec}}})
		}
	}
	n := newNeeds(c.decls, specs)
	var ordered []ast.Stmt
	for len(specs) > 0 {
		next := max(slices.IndexFunc(specs, func(s *ast.DeclStmt) bool { return !n.anyOf(s, specs) }), 0)
		ordered = append(ordered, specs[next])
		specs = slices.Delete(specs, next, next+1)
	}
	c.body.Body.List = ordered
}

// leadingVars is how many declarations of variables a list of statements begins
// with.
func leadingVars(list []ast.Stmt) int {
	for i, s := range list {
		if _, ok := s.(*ast.DeclStmt); !ok {
			return i
		}
	}
	return len(list)
}

// needs knows which variables the declarations of a cell refer to, through its
// functions and methods too.
type needs struct {
	vars  map[string]*ast.DeclStmt
	funcs map[string][]*ast.FuncDecl // methods too, by their bare name
}

func newNeeds(decls []ast.Decl, vars []*ast.DeclStmt) *needs {
	n := &needs{map[string]*ast.DeclStmt{}, map[string][]*ast.FuncDecl{}}
	for _, ds := range vars {
		for name := range declared([]ast.Decl{ds.Decl}) {
			n.vars[name] = ds
		}
	}
	for _, d := range decls {
		if fd, ok := d.(*ast.FuncDecl); ok {
			n.funcs[fd.Name.Name] = append(n.funcs[fd.Name.Name], fd)
		}
	}
	return n
}

// anyOf reports whether the values of s need another variable of pending.
func (n *needs) anyOf(s *ast.DeclStmt, pending []*ast.DeclStmt) bool {
	seen := map[*ast.FuncDecl]bool{}
	var visit func(ast.Node) bool
	visit = func(node ast.Node) (found bool) {
		ast.Inspect(node, func(node ast.Node) bool {
			id, ok := node.(*ast.Ident)
			if !ok || found {
				return !found
			}
			if v := n.vars[id.Name]; v != nil && v != s && slices.Contains(pending, v) {
				found = true
			}
			for _, fd := range n.funcs[id.Name] {
				if !found && fd.Body != nil && !seen[fd] {
					seen[fd] = true
					found = visit(fd.Body)
				}
			}
			return !found
		})
		return found
	}
	for _, value := range s.Decl.(*ast.GenDecl).Specs[0].(*ast.ValueSpec).Values {
		if visit(value) {
			return true
		}
	}
	return false
}
