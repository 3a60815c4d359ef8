package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"strings"

	"golang.org/x/tools/go/packages"
)

// documentation is a JSON object from symbol ("", "Name", "Type.Method",
// "Type.Field") to its comment.
func documentation(p *packages.Package) ([]byte, error) {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			return nil, fmt.Errorf("documentation of %s: %w", p.PkgPath, err)
		}
		files = append(files, f)
	}
	d, err := doc.NewFromFiles(fset, files, p.PkgPath)
	if err != nil {
		return nil, fmt.Errorf("documentation of %s: %w", p.PkgPath, err)
	}
	texts := map[string]string{}
	put := func(symbol, text string) {
		if text = strings.TrimSpace(text); text != "" {
			texts[symbol] = text
		}
	}
	values := func(list []*doc.Value) {
		for _, v := range list {
			for _, name := range v.Names {
				put(name, v.Doc)
			}
			// A comment on one name of a group says more than the group's.
			for _, spec := range v.Decl.Specs {
				vs, ok := spec.(*ast.ValueSpec)
				if !ok {
					continue
				}
				text := vs.Doc.Text()
				if text == "" {
					text = vs.Comment.Text()
				}
				for _, name := range vs.Names {
					put(name.Name, text)
				}
			}
		}
	}
	funcs := func(prefix string, list []*doc.Func) {
		for _, f := range list {
			put(prefix+f.Name, f.Doc)
		}
	}
	put("", d.Doc)
	values(d.Consts)
	values(d.Vars)
	funcs("", d.Funcs)
	for _, t := range d.Types {
		put(t.Name, t.Doc)
		values(t.Consts)
		values(t.Vars)
		funcs("", t.Funcs)
		funcs(t.Name+".", t.Methods)
		for _, spec := range t.Decl.Specs {
			members(spec.(*ast.TypeSpec), put)
		}
	}
	return json.Marshal(texts)
}

// members puts the comments of a struct's fields and an interface's methods.
func members(spec *ast.TypeSpec, put func(symbol, text string)) {
	var list *ast.FieldList
	switch t := spec.Type.(type) {
	case *ast.StructType:
		list = t.Fields
	case *ast.InterfaceType:
		list = t.Methods
	default:
		return
	}
	for _, field := range list.List {
		text := field.Doc.Text()
		if text == "" {
			text = field.Comment.Text()
		}
		for _, name := range field.Names {
			put(spec.Name.Name+"."+name.Name, text)
		}
	}
}
