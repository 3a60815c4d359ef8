package session

import (
	"cmp"
	"fmt"
	"go/types"
	"strings"

	"setun/display"
	"setun/dsl"
	"setun/dsl/symbols"
	"setun/kernel/session/engine"
	"setun/kernel/session/local"
)

// Inspect tells what the identifier at the cursor is: its declaration, its
// documentation, the value of a variable. Between the parentheses of a call it
// tells of the function. With detail above 0 it lists fields and methods too.
func (s *Session) Inspect(code string, cursor, detail int) (display.Bundle, bool) {
	cursor = min(max(cursor, 0), len(code))
	start, end := identifierAt(code, cursor)
	if start == end {
		callee := enclosingCall(code, cursor)
		if callee < 0 {
			return display.Bundle{}, false
		}
		start, end = identifierAt(code, callee)
	}
	if start == end {
		return display.Bundle{}, false
	}
	name := code[start:end]
	if m, ok := findMagic(name); ok && strings.HasSuffix(code[:start], "%") && s.inCommand(code, start) {
		return display.Text(m.usage() + "\n\n" + m.about), true
	}
	code = s.goOf(code)
	s.mu.Lock()
	defer s.mu.Unlock()
	if b, ok := s.inspectObject(s.look(code, start, name), detail); ok {
		return b, true
	}
	path, ok := s.scope.imports[name]
	if !ok {
		path, ok = byName[name]
	}
	if ok {
		return display.Text(s.packageText(name, path)), true
	}
	return display.Bundle{}, false
}

func (s *Session) inspectObject(v *view, detail int) (display.Bundle, bool) {
	if v.info == nil || v.ident == nil {
		return display.Bundle{}, false
	}
	obj := v.info.Uses[v.ident]
	if obj == nil {
		obj = v.info.Defs[v.ident]
	}
	if obj == nil && v.sel != nil {
		if sel := v.info.Selections[v.sel]; sel != nil {
			obj = sel.Obj()
		}
	}
	if obj == nil {
		return display.Bundle{}, false
	}
	if p, ok := obj.(*types.PkgName); ok {
		return display.Text(s.packageText(p.Imported().Name(), p.Imported().Path())), true
	}
	var b strings.Builder
	b.WriteString(declaration(obj, detail))
	owner := obj.Name()
	if v.sel != nil {
		if sel := v.info.Selections[v.sel]; sel != nil {
			owner = memberName(sel)
		}
	}
	if obj.Pkg() != nil && obj.Pkg().Path() != "main" {
		if doc := cmp.Or(symbols.Doc(obj.Pkg().Path(), owner), s.local.Doc(obj)); doc != "" {
			b.WriteString("\n\n" + doc)
		}
	}
	if val, ok := s.engine.Get(obj); ok {
		t := obj.Type()
		r := dsl.Render(s.engine.Exported(engine.Value{Type: t, Value: val}))
		if text, ok := r.Data[display.MIMEText].(string); ok {
			b.WriteString("\n\n" + cut(text, 2000))
		}
	}
	return display.Text(b.String()), true
}

// memberName is "Type.Member" for the documentation of a field or method.
func memberName(sel *types.Selection) string {
	t := sel.Recv()
	// The member may belong to an embedded type: follow the path to it.
	for _, i := range sel.Index()[:len(sel.Index())-1] {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		t = t.Underlying().(*types.Struct).Field(i).Type()
	}
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok {
		return n.Obj().Name() + "." + sel.Obj().Name()
	}
	return sel.Obj().Name()
}

func (s *Session) packageText(name, path string) string {
	if doc, ok := s.local.PackageDoc(path); ok {
		return fmt.Sprintf("package %s // from %s\n\n%s", name, local.Display(path), doc)
	}
	return fmt.Sprintf("package %s // import %q\n\n%s", name, path, symbols.Doc(path, ""))
}

// declaration is how obj could have been declared; with detail a type has its
// fields and methods.
func declaration(obj types.Object, detail int) string {
	tn, ok := obj.(*types.TypeName)
	if !ok {
		return describe(obj)
	}
	qualify := types.RelativeTo(obj.Pkg())
	var b strings.Builder
	fmt.Fprintf(&b, "type %s ", tn.Name())
	switch u := tn.Type().Underlying().(type) {
	case *types.Struct:
		b.WriteString("struct {\n")
		hidden := false
		for f := range u.Fields() {
			if !reachable(f) {
				hidden = true
				continue
			}
			fmt.Fprintf(&b, "\t%s %s\n", f.Name(), types.TypeString(f.Type(), qualify))
		}
		if hidden {
			b.WriteString("\t// has unexported fields\n")
		}
		b.WriteString("}")
	case *types.Interface:
		b.WriteString("interface {\n")
		for m := range u.Methods() {
			fmt.Fprintf(&b, "\t%s%s\n", m.Name(), strings.TrimPrefix(types.TypeString(m.Signature(), qualify), "func"))
		}
		b.WriteString("}")
	default:
		b.WriteString(types.TypeString(u, qualify))
	}
	if detail > 0 && !types.IsInterface(tn.Type()) {
		set := types.NewMethodSet(types.NewPointer(tn.Type()))
		for m := range set.Methods() {
			if reachable(m.Obj()) {
				b.WriteString("\n" + types.ObjectString(m.Obj(), qualify))
			}
		}
	}
	return b.String()
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:n] + " ..."
}
