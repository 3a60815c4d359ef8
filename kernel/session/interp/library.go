package interp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"runtime"
	"sort"

	"setun/dsl/symbols"
)

// SetImporter tells where the packages come from that source of the standard
// library refers to: where the cells' own do.
func (m *Machine) SetImporter(im types.Importer) { m.importer = im }

// librarySource finds the source of a generic function of the standard library:
// compiled code has no instance of it for types that only a cell knows. Nil if
// the function's package is not there as source.
func (m *Machine) librarySource(obj *types.Func) *source {
	if obj.Pkg() == nil || m.importer == nil {
		return nil
	}
	path := obj.Pkg().Path()
	lib, ok := m.libraries[path]
	if !ok {
		lib = m.loadLibrary(path)
		m.libraries[path] = lib
	}
	src := lib[obj.Name()]
	if src != nil {
		m.generic[obj] = src
	}
	return src
}

const libraryBase = 1 << 40

// loadLibrary checks a package from source and returns its generic functions.
func (m *Machine) loadLibrary(path string) map[string]*source {
	text := symbols.Source(path)
	names := make([]string, 0, len(text))
	for name := range text {
		names = append(names, name)
	}
	sort.Strings(names)
	fset := token.NewFileSet()
	// Positions that no cell has: traces leave them out.
	fset.AddFile("", libraryBase, 1)
	var files []*ast.File
	for _, name := range names {
		f, err := parser.ParseFile(fset, name, text[name], parser.SkipObjectResolution)
		if err != nil {
			return nil
		}
		files = append(files, f)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
		Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Instances: map[*ast.Ident]types.Instance{},
	}
	config := types.Config{Importer: m.importer, Sizes: types.SizesFor("gc", runtime.GOARCH), Error: func(error) {}}
	pkg := types.NewPackage(path, "")
	// The files are the toolchain's: what the checker does not like in them, such
	// as functions without a body, fails where it is used.
	_ = types.NewChecker(&config, fset, pkg, info).Files(files)

	out := map[string]*source{}
	var plain []*ast.FuncDecl
	for _, f := range files {
		for _, d := range f.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || fd.Body == nil {
				continue
			}
			obj, ok := info.Defs[fd.Name].(*types.Func)
			if !ok {
				continue
			}
			if isGeneric(obj) {
				src := &source{fd, info}
				m.generic[obj] = src
				out[fd.Name.Name] = src
				continue
			}
			m.funcs[obj] = &funcSlot{name: funcName(obj)}
			plain = append(plain, fd)
		}
	}
	for _, fd := range plain {
		obj := info.Defs[fd.Name].(*types.Func)
		m.funcs[obj].fn = m.compileDecl(fd, obj, info, nil)
	}
	return out
}
