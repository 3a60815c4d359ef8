package session

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// placeholder stands for the identifier at the cursor: nobody writes it, and the
// parser always accepts it.
const placeholder = "setunCursor"

func isLetter(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// identifierAt is the extent of the identifier around or just before offset.
func identifierAt(code string, offset int) (start, end int) {
	start, end = offset, offset
	for start > 0 {
		r, n := utf8.DecodeLastRuneInString(code[:start])
		if !isLetter(r) {
			break
		}
		start -= n
	}
	for end < len(code) {
		r, n := utf8.DecodeRuneInString(code[end:])
		if !isLetter(r) {
			break
		}
		end += n
	}
	return start, end
}

// A view is a cell as far as it can be understood around one identifier.
type view struct {
	info  *types.Info
	pkg   *types.Package
	ident *ast.Ident        // the identifier; nil if the parser lost it
	sel   *ast.SelectorExpr // the selector that it is the right side of, if any
	pos   token.Pos
}

// look parses and checks code, in which the identifier called name starts at
// offset, whatever else is wrong with it. The session must be locked.
func (s *Session) look(code string, offset int, name string) *view {
	v := s.lookOnce(code, offset, name)
	if v.ident == nil {
		// What follows may be what confuses the parser; close what is open.
		cut := code[:offset+len(name)]
		v = s.lookOnce(cut+closers(cut), offset, name)
	}
	return v
}

func (s *Session) lookOnce(code string, offset int, name string) *view {
	all := newSources()
	syntax, _ := all.parse(newSource(0, code))
	ch := &checker{all, s.scope, &importer{s: s}}
	v := &view{}
	find := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if _, at := all.at(n.Sel.Pos()); n.Sel.Name == name && at == offset {
					v.sel = n
				}
			case *ast.Ident:
				if _, at := all.at(n.Pos()); n.Name == name && at == offset {
					v.ident, v.pos = n, n.Pos()
				}
			}
			return true
		})
	}
	for _, d := range syntax.decls {
		find(d)
	}
	if syntax.body != nil {
		find(syntax.body)
	}
	for _, x := range syntax.values {
		find(x)
	}
	if v.ident == nil || syntax.body == nil {
		return v
	}
	defer s.engine.Hold()()
	r := ch.newRun(syntax)
	r.lenient = true
	checked, _ := r.run()
	v.info = r.info
	if checked != nil {
		v.pkg = checked.pkg
	}
	return v
}

// closers are the brackets that are open at the end of code.
func closers(code string) string {
	var out []byte
	for _, tok := range openBrackets(code) {
		switch tok {
		case token.LPAREN:
			out = append(out, ')')
		case token.LBRACK:
			out = append(out, ']')
		case token.LBRACE:
			out = append(out, '}')
		}
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return string(out)
}

// Complete lists what can stand at the cursor.
func (s *Session) Complete(code string, cursor int) Completion {
	cursor = min(max(cursor, 0), len(code))
	start, end := identifierAt(code, cursor)
	prefix := code[start:cursor]
	out := Completion{Start: start, End: end}
	if c, ok := s.completeMagic(code, cursor); ok {
		return c
	}
	code = s.goOf(code)
	if inText(code, start) {
		return out
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.look(code[:start]+placeholder+code[end:], start, placeholder)
	list := &matches{prefix: prefix, seen: map[string]bool{}}
	switch {
	case v.sel != nil:
		s.members(v, list)
	case v.ident != nil:
		s.visible(v, list)
	default:
		s.visible(&view{}, list)
	}
	out.Matches = list.sorted()
	return out
}

// members completes behind a dot.
func (s *Session) members(v *view, list *matches) {
	if v.info == nil {
		return
	}
	defer s.engine.Hold()()
	if id, ok := v.sel.X.(*ast.Ident); ok {
		if p, ok := v.info.Uses[id].(*types.PkgName); ok {
			for _, name := range p.Imported().Scope().Names() {
				if obj := p.Imported().Scope().Lookup(name); obj.Exported() {
					list.add(obj)
				}
			}
			return
		}
	}
	tv, ok := v.info.Types[v.sel.X]
	if !ok || tv.Type == nil {
		return
	}
	t := tv.Type
	if tuple, ok := t.(*types.Tuple); ok && tuple.Len() == 1 {
		t = tuple.At(0).Type()
	}
	if !tv.IsType() {
		fields(t, list, map[types.Type]bool{})
	}
	withPointer := t
	if _, isPtr := t.Underlying().(*types.Pointer); !isPtr && !types.IsInterface(t) {
		withPointer = types.NewPointer(t)
	}
	set := types.NewMethodSet(withPointer)
	for m := range set.Methods() {
		if reachable(m.Obj()) {
			list.add(m.Obj())
		}
	}
}

// reachable reports whether a cell may name a field or method.
func reachable(obj types.Object) bool {
	return obj.Exported() || obj.Pkg() != nil && obj.Pkg().Path() == "main"
}

// fields adds the fields of t and of what it embeds.
func fields(t types.Type, list *matches, seen map[types.Type]bool) {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || seen[t] {
		return
	}
	seen[t] = true
	for f := range st.Fields() {
		if reachable(f) {
			list.add(f)
		}
		if f.Embedded() {
			fields(f.Type(), list, seen)
		}
	}
}

// visible completes a name that stands alone.
func (s *Session) visible(v *view, list *matches) {
	if v.info != nil {
		for sc := innermost(v.info, v.pos); sc != nil; sc = sc.Parent() {
			for _, name := range sc.Names() {
				obj := sc.Lookup(name)
				// A local variable exists from where it is declared.
				if obj.Parent() == sc && obj.Pos() > v.pos && isLocal(sc, v.pkg) {
					continue
				}
				list.add(obj)
			}
		}
	}
	for _, name := range s.scope.names() {
		list.add(s.scope.objects[name])
	}
	if d, err := s.importer.Import(dslPath); err == nil {
		for _, name := range d.Scope().Names() {
			if obj := d.Scope().Lookup(name); obj.Exported() {
				list.add(obj)
			}
		}
	}
	for _, name := range types.Universe.Names() {
		list.add(types.Universe.Lookup(name))
	}
	for name, path := range s.scope.imports {
		list.text(name, "package", "package "+name+" // "+path)
	}
	if list.prefix == "" {
		return // keywords and all packages are no help then
	}
	for name, path := range byName {
		list.text(name, "package", "package "+name+" // "+path)
	}
	for tok := token.BREAK; tok <= token.VAR; tok++ {
		list.text(tok.String(), "keyword", "")
	}
}

func isLocal(sc *types.Scope, pkg *types.Package) bool {
	return pkg != nil && sc != pkg.Scope() && sc != types.Universe
}

// innermost is the smallest scope around pos.
func innermost(info *types.Info, pos token.Pos) *types.Scope {
	var best *types.Scope
	var size token.Pos
	for n, sc := range info.Scopes {
		lo, hi := sc.Pos(), sc.End()
		if n != nil && lo == token.NoPos {
			lo, hi = n.Pos(), n.End()
		}
		if lo <= pos && pos <= hi && (best == nil || hi-lo < size) {
			best, size = sc, hi-lo
		}
	}
	return best
}

// matches collects completions.
type matches struct {
	prefix string
	seen   map[string]bool
	list   []Match
}

func (m *matches) fits(name string) bool {
	if name == "_" || name == placeholder || m.seen[name] || strings.ContainsRune(name, ' ') {
		return false
	}
	return len(name) >= len(m.prefix) && strings.EqualFold(name[:len(m.prefix)], m.prefix)
}

func (m *matches) add(obj types.Object) {
	if m.fits(obj.Name()) {
		m.seen[obj.Name()] = true
		m.list = append(m.list, Match{obj.Name(), kindOfObject(obj), describe(obj)})
	}
}

func (m *matches) text(name, kind, signature string) {
	if m.fits(name) {
		m.seen[name] = true
		m.list = append(m.list, Match{name, kind, signature})
	}
}

// sorted puts names with the very prefix first.
func (m *matches) sorted() []Match {
	sort.Slice(m.list, func(i, j int) bool {
		a, b := m.list[i].Text, m.list[j].Text
		if x, y := strings.HasPrefix(a, m.prefix), strings.HasPrefix(b, m.prefix); x != y {
			return x
		}
		return a < b
	})
	return m.list
}

func kindOfObject(obj types.Object) string {
	switch obj := obj.(type) {
	case *types.Func:
		if obj.Signature().Recv() != nil {
			return "method"
		}
		return "function"
	case *types.TypeName:
		return "type"
	case *types.Const:
		return "constant"
	case *types.PkgName:
		return "package"
	case *types.Builtin:
		return "function"
	case *types.Var:
		if obj.IsField() {
			return "field"
		}
	}
	return "variable"
}

// describe is the declaration of obj on one line.
func describe(obj types.Object) string {
	if _, ok := obj.(*types.Builtin); ok {
		return "func " + obj.Name()
	}
	if tn, ok := obj.(*types.TypeName); ok && !tn.IsAlias() {
		switch tn.Type().Underlying().(type) {
		case *types.Struct:
			return "type " + obj.Name() + " struct"
		case *types.Interface:
			return "type " + obj.Name() + " interface"
		}
	}
	text := types.ObjectString(obj, func(p *types.Package) string {
		if p.Path() == "main" || p == obj.Pkg() {
			return ""
		}
		return p.Name()
	})
	if c, ok := obj.(*types.Const); ok {
		text += " = " + c.Val().String()
	}
	return text
}
