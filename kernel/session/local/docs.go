package local

import (
	"go/ast"
	"go/types"
	"strings"
)

// Doc is the comment of what obj, an object of a package from disk, is declared
// with; "" if it is of no such package.
func (l *Loader) Doc(obj types.Object) string {
	if obj.Pkg() == nil {
		return ""
	}
	p := l.pkgs[obj.Pkg().Path()]
	if p == nil || p.Types != obj.Pkg() {
		return ""
	}
	doc := ""
	for _, f := range p.Files {
		if obj.Pos() < f.FileStart || obj.Pos() > f.FileEnd {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Name.Pos() == obj.Pos() {
					doc = n.Doc.Text()
				}
			case *ast.GenDecl:
				if len(n.Specs) == 1 && n.Pos() <= obj.Pos() && obj.Pos() < n.End() {
					doc = n.Doc.Text()
				}
			case *ast.TypeSpec:
				if n.Name.Pos() == obj.Pos() && n.Doc != nil {
					doc = n.Doc.Text()
				}
			case *ast.ValueSpec:
				for _, id := range n.Names {
					if id.Pos() == obj.Pos() && n.Doc != nil {
						doc = n.Doc.Text()
					}
				}
			case *ast.Field:
				for _, id := range n.Names {
					if id.Pos() == obj.Pos() {
						doc = n.Doc.Text() + n.Comment.Text()
					}
				}
			}
			return true
		})
	}
	return strings.TrimSpace(doc)
}

// PackageDoc is the comment of a package from disk.
func (l *Loader) PackageDoc(path string) (doc string, ok bool) {
	p := l.pkgs[path]
	if p == nil {
		return "", false
	}
	for _, f := range p.Files {
		if f.Doc != nil {
			doc = f.Doc.Text()
		}
	}
	return strings.TrimSpace(doc), true
}
