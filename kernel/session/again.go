package session

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// A cell that is run again declares its types again. Where nothing about a type
// has changed it stays the type that it was, so that values made before still
// fit: keepTypes leaves its declaration out of the cell. What tells is the text
// of the declaration, that of what it mentions from the same cell, and that of
// the signatures of its methods.
func (r *checkRun) keepTypes() {
	r.texts = map[string]string{}
	kept := map[string]bool{} // types that may stay
	consts := map[string]bool{}
	specs := map[string]*ast.TypeSpec{}
	for _, d := range r.cell.decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			same := !r.measuresVariable(d)
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					name := spec.Name.Name
					r.texts[name] = r.text(spec)
					specs[name] = spec
					_, isType := r.scope.objects[name].(*types.TypeName)
					kept[name] = same && isType && spec.TypeParams == nil && !spec.Assign.IsValid() && r.texts[name] == r.scope.texts[name]
				case *ast.ValueSpec:
					for _, n := range spec.Names {
						r.texts[n.Name] = r.text(d)
						consts[n.Name] = same && r.texts[n.Name] == r.scope.texts[n.Name]
					}
				}
			}
		case *ast.FuncDecl:
			if base := receiverName(d); base != "" {
				r.texts[base+"."+d.Name.Name] = r.text(d.Recv) + r.text(d.Type)
			}
		}
	}
	for key, text := range r.texts {
		if base, _, method := strings.Cut(key, "."); method && r.scope.texts[key] != "" && r.scope.texts[key] != text {
			kept[base] = false
		}
	}
	// A type that mentions a changed one has changed.
	for changed := true; changed; {
		changed = false
		for name, spec := range specs {
			if kept[name] && r.mentionsChanged(spec.Type, kept, consts) {
				kept[name] = false
				changed = true
			}
		}
	}
	r.leaveOut(kept)
}

// mentionsChanged reports whether a type expression names something that the
// cell declares anew.
func (r *checkRun) mentionsChanged(e ast.Expr, kept, consts map[string]bool) bool {
	anew := map[string]bool{}
	for name := range r.declared {
		if !kept[name] && !consts[name] {
			anew[name] = true
		}
	}
	return mentions(e, anew)
}

// leaveOut drops the declarations of the types that stay.
func (r *checkRun) leaveOut(kept map[string]bool) {
	var decls []ast.Decl
	for _, d := range r.cell.decls {
		gd, ok := d.(*ast.GenDecl)
		if !ok || gd.Tok != token.TYPE {
			decls = append(decls, d)
			continue
		}
		rest := *gd
		rest.Specs = nil
		for _, spec := range gd.Specs {
			name := spec.(*ast.TypeSpec).Name.Name
			if kept[name] {
				delete(r.declared, name)
			} else {
				rest.Specs = append(rest.Specs, spec)
			}
		}
		if len(rest.Specs) > 0 {
			decls = append(decls, &rest)
		}
	}
	r.decls = decls
}

// text is the source of a node, with its spaces and comments made the same.
func (r *checkRun) text(n ast.Node) string {
	src, start := r.at(n.Pos())
	_, end := r.at(n.End())
	if src == nil || end < start {
		return ""
	}
	var b strings.Builder
	tokens(src.text[start:end], func(_ int, tok token.Token, lit string) {
		if tok != token.COMMENT {
			b.WriteString(tokenText(tok, lit))
			b.WriteByte(' ')
		}
	})
	return b.String()
}
