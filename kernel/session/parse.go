package session

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"slices"
)

// A cellSyntax is a parsed cell.
type cellSyntax struct {
	src     *source
	imports []*ast.ImportSpec
	decls   []ast.Decl    // types, constants, functions and methods
	body    *ast.FuncDecl // a function around the statements
	vars    int           // how many of those declare variables, if no other ones follow but calls of init and main
	values  []ast.Expr    // trailing expressions with commas between them; not in body
	silent  bool          // a semicolon behind values: they are not to be shown
}

// A diagnostic is one thing that is wrong with a cell.
type diagnostic struct {
	src    *source
	offset int
	msg    string
}

const (
	declPrefix = "package main;"
	listPrefix = "package main;var _="
	stmtPrefix = "package main;func _(){"
	stmtSuffix = "\n}"
)

// parse reads a cell into syntax. Syntax that is not right comes back as
// diagnostics, with as much of the cell as could be read.
func (s *sources) parse(src *source) (*cellSyntax, []diagnostic) {
	pieces, stray := split(src.text)
	if stray >= 0 {
		return &cellSyntax{src: src}, []diagnostic{{src, stray, "syntax error: unexpected " + src.text[stray:stray+1]}}
	}
	if at := neverClosed(src.text); at >= 0 {
		// What the parser would say about it points elsewhere.
		return s.parsePieces(src, pieces, []diagnostic{{src, at, "syntax error: " + src.text[at:at+1] + " is never closed"}})
	}
	return s.parsePieces(src, pieces, nil)
}

// parsePieces parses the pieces of a cell; if found is not empty it is all that
// is said about the syntax.
func (s *sources) parsePieces(src *source, pieces []piece, found []diagnostic) (*cellSyntax, []diagnostic) {
	c := &cellSyntax{src: src}
	var diags []diagnostic

	imports := s.parseText(src, declPrefix, pieces, importPiece, "", &diags)
	c.imports = imports.Imports
	decls := s.parseText(src, declPrefix, pieces, declPiece, "", &diags)
	var inits []ast.Stmt
	for _, d := range decls.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv == nil && fd.Name.Name == "init" && fd.Body != nil {
			// Run once, before the statements but for the first variables.
			lit := &ast.FuncLit{Type: fd.Type, Body: fd.Body}
			inits = append(inits, &ast.ExprStmt{X: &ast.CallExpr{Fun: lit, Lparen: fd.Body.End(), Rparen: fd.Body.End()}})
			continue
		}
		c.decls = append(c.decls, d)
	}
	pieces, list := s.trailingList(src, pieces, &diags)
	stmts := s.parseText(src, stmtPrefix, pieces, stmtPiece, stmtSuffix, &diags)
	for i, d := range stmts.Decls {
		fd, ok := d.(*ast.FuncDecl)
		if i == 0 && ok && fd.Body != nil {
			c.body = fd
		}
	}
	if c.body == nil {
		c.body = &ast.FuncDecl{Name: ast.NewIdent("_"), Type: &ast.FuncType{Params: &ast.FieldList{}}, Body: &ast.BlockStmt{}}
	}
	defer func() {
		n := leadingVars(c.body.Body.List)
		if n == len(c.body.Body.List) {
			c.vars = n
		}
		c.body.Body.List = slices.Insert(c.body.Body.List, n, inits...)
		if slices.ContainsFunc(pieces, func(p piece) bool { return p.kind == packagePiece }) {
			c.body.Body.List = append(c.body.Body.List, callsOfMain(c.decls)...)
		}
	}()
	if n := len(pieces); n > 0 {
		stmts := c.body.Body.List
		switch m := len(stmts); {
		case len(list) > 0:
			c.values, c.silent = list, pieces[n-1].silent
		case pieces[n-1].kind == stmtPiece && m > 0:
			if es, ok := stmts[m-1].(*ast.ExprStmt); ok {
				c.values, c.silent = []ast.Expr{es.X}, pieces[n-1].silent
				c.body.Body.List = stmts[:m-1]
			}
		}
	}
	if len(found) > 0 {
		diags = found
	}
	return c, diags
}

// trailingList parses the last piece of a cell as "a, b", which is no statement. If
// it is that, its kind becomes listPiece.
func (s *sources) trailingList(src *source, pieces []piece, diags *[]diagnostic) ([]piece, []ast.Expr) {
	n := len(pieces) - 1
	if n < 0 || !pieces[n].list {
		return pieces, nil
	}
	pieces = slices.Clone(pieces)
	pieces[n].kind = listPiece
	file := s.parseText(src, listPrefix, pieces, listPiece, "", diags)
	if len(file.Decls) != 1 {
		return pieces, nil
	}
	spec, ok := file.Decls[0].(*ast.GenDecl).Specs[0].(*ast.ValueSpec)
	if !ok {
		return pieces, nil
	}
	return pieces, spec.Values
}

// callsOfMain is the call of main that ends a program with a package clause.
func callsOfMain(decls []ast.Decl) (calls []ast.Stmt) {
	for _, d := range decls {
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv == nil && fd.Name.Name == "main" {
			name := &ast.Ident{Name: "main", NamePos: fd.Name.Pos()}
			calls = append(calls, &ast.ExprStmt{X: &ast.CallExpr{Fun: name, Lparen: name.Pos(), Rparen: name.End()}})
		}
	}
	return calls
}

// parseText parses the pieces of one kind.
func (s *sources) parseText(src *source, prefix string, pieces []piece, kind pieceKind, suffix string, diags *[]diagnostic) *ast.File {
	if !slices.ContainsFunc(pieces, func(p piece) bool { return p.kind == kind }) {
		return &ast.File{Name: ast.NewIdent("main")}
	}
	before := s.fset.Base()
	file, err := parser.ParseFile(s.fset, src.name, prefix+only(src.text, pieces, kind)+suffix, parser.SkipObjectResolution|parser.AllErrors)
	s.files[s.fset.File(token.Pos(before))] = origin{src, len(prefix)}
	if file == nil {
		file = &ast.File{Name: ast.NewIdent("main")}
	}
	if list, ok := err.(scanner.ErrorList); ok {
		lastLine := -1
		for _, e := range list {
			// The parser trips over the same place more than once.
			if e.Pos.Line == lastLine {
				continue
			}
			lastLine = e.Pos.Line
			if e.Msg == "expected 1 expression" {
				e.Msg = "only on the last line of a cell may values stand with commas between them"
			}
			*diags = append(*diags, diagnostic{src, min(max(e.Pos.Offset-len(prefix), 0), len(src.text)), "syntax error: " + e.Msg})
		}
	}
	return file
}

// sortDiagnostics orders by source, that of the first one first, and by position,
// and drops what is said twice.
func sortDiagnostics(list []diagnostic) []diagnostic {
	order := map[*source]int{}
	for _, d := range list {
		if _, ok := order[d.src]; !ok {
			order[d.src] = len(order)
		}
	}
	slices.SortStableFunc(list, func(a, b diagnostic) int {
		return cmp.Or(order[a.src]-order[b.src], a.offset-b.offset)
	})
	var out []diagnostic
	for _, d := range list {
		if n := len(out); n > 0 && out[n-1] == d {
			continue
		}
		out = append(out, d)
	}
	return out
}
