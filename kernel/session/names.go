package session

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strings"

	"setun/dsl/symbols"
)

// dslPath is the package that every cell sees without an import.
const dslPath = "setun/dsl"

// preferred says which package a name means where several have it.
var preferred = map[string]string{
	"rand":     "math/rand/v2",
	"template": "text/template",
	"scanner":  "text/scanner",
	"pprof":    "runtime/pprof",
	"trace":    "runtime/trace",
	"json":     "encoding/json",
	"unsafe":   "unsafe",
	"token":    "go/token",
}

// byImportOnly are packages whose names variables have in nearly every notebook:
// where such a variable is missing, the error is to say so.
var byImportOnly = map[string]bool{"setun/runtime/qat/loss": true}

// byName finds the package that imports itself under a name.
var byName = func() map[string]string {
	out := map[string]string{}
	for _, p := range symbols.Packages {
		if p.Path == dslPath || byImportOnly[p.Path] {
			continue
		}
		old, taken := out[p.Name]
		if !taken || shorter(p.Path, old) {
			out[p.Name] = p.Path
		}
	}
	for name, path := range preferred {
		out[name] = path
	}
	return out
}()

// shorter prefers our packages, then paths with fewer elements.
func shorter(a, b string) bool {
	ownA, ownB := strings.HasPrefix(a, "setun/"), strings.HasPrefix(b, "setun/")
	if ownA != ownB {
		return ownA
	}
	return strings.Count(a, "/") < strings.Count(b, "/")
}

// scope is what a session has declared so far.
type scope struct {
	objects map[string]types.Object
	imports map[string]string // packages that a cell imported, by the name they have
	// versions counts the declarations of each type.
	versions map[string]int
	texts    map[string]string // how types, constants and methods were declared
}

func newScope() *scope {
	return &scope{objects: map[string]types.Object{}, imports: map[string]string{}, versions: map[string]int{}, texts: map[string]string{}}
}

// names of the session, sorted.
func (s *scope) names() []string {
	out := make([]string, 0, len(s.objects))
	for name := range s.objects {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}

// declared collects the names that the declarations of a cell introduce at top
// level, without methods.
func declared(decls []ast.Decl) map[string]bool {
	out := map[string]bool{}
	for _, d := range decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				out[d.Name.Name] = true
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					out[spec.Name.Name] = true
				case *ast.ValueSpec:
					for _, n := range spec.Names {
						out[n.Name] = true
					}
				}
			}
		}
	}
	return out
}

// assigned collects the names that top-level statements declare.
func assigned(list []ast.Stmt) map[string]bool {
	out := map[string]bool{}
	for _, s := range list {
		if l, ok := s.(*ast.LabeledStmt); ok {
			s = l.Stmt
		}
		switch s := s.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				for _, l := range s.Lhs {
					if id, ok := l.(*ast.Ident); ok {
						out[id.Name] = true
					}
				}
			}
		case *ast.DeclStmt:
			if d, ok := s.Decl.(*ast.GenDecl); ok {
				for name := range declared([]ast.Decl{d}) {
					out[name] = true
				}
			}
		}
	}
	delete(out, "_")
	return out
}

// identifiers collects all identifiers of a cell.
func identifiers(c *cellSyntax) map[string]bool {
	out := map[string]bool{}
	collect := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				out[id.Name] = true
			}
			return true
		})
	}
	for _, d := range c.decls {
		collect(d)
	}
	collect(c.body)
	for _, x := range c.values {
		collect(x)
	}
	return out
}

// mentions reports whether any identifier within n is one of names.
func mentions(n ast.Node, names map[string]bool) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && names[id.Name] {
			found = true
		}
		return !found
	})
	return found
}

// qualifiers collects the names that stand before a dot.
func qualifiers(n ast.Node, out map[string]bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok {
				out[id.Name] = true
			}
		}
		return true
	})
}

// receiverName is the name of the type that a method is declared on.
func receiverName(fd *ast.FuncDecl) string {
	if fd.Recv == nil || len(fd.Recv.List) == 0 {
		return ""
	}
	t := fd.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.ParenExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

// isCell reports whether what is of package p was declared by a cell.
func isCell(p *types.Package) bool { return p != nil && p.Path() == "main" }
