package local

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
)

// read parses and checks a package and all that it imports.
func (l *Loader) read(path, dir string, m *mod) (*Package, error) {
	context := build.Default
	context.CgoEnabled = false
	// The names by which libraries have Go in place of their assembly.
	context.BuildTags = []string{"purego", "noasm"}
	found, err := context.ImportDir(dir, 0)
	if err != nil {
		return nil, findError(path, dir, err)
	}
	if found.Name == "main" {
		return nil, fmt.Errorf("%s is a program, not a package to import", Display(path))
	}
	p := &Package{Path: path, Dir: dir, Info: newInfo(), module: m}
	var wrong []Problem
	for _, name := range found.GoFiles {
		file, problems, err := l.parse(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		wrong = append(wrong, problems...)
		p.Files = append(p.Files, file)
	}
	if len(wrong) > 0 {
		return nil, &Error{path, wrong}
	}
	if p.Embeds, wrong = p.findEmbeds(); len(wrong) > 0 {
		return nil, &Error{path, wrong}
	}
	p.stamp = stampOf(dir, p.Embeds)
	if wrong, err = l.check(p, m); err != nil {
		return nil, err
	}
	if len(wrong) > 0 {
		return nil, &Error{path, wrong}
	}
	return p, nil
}

// findError says why a folder has no package.
func findError(path, dir string, err error) error {
	var none *build.NoGoError
	var several *build.MultiplePackageError
	switch {
	case errors.As(err, &several):
		return fmt.Errorf("folder %s has two packages: %s in %s, %s in %s", shown(dir), several.Packages[0], several.Files[0], several.Packages[1], several.Files[1])
	case errors.As(err, &none):
		if files, _ := filepath.Glob(filepath.Join(dir, "*.go")); len(files) > 0 {
			return fmt.Errorf("no file of package %s is for a build like this one (%s/%s without cgo): its build constraints exclude them, or they are tests", Display(path), runtime.GOOS, runtime.GOARCH)
		}
		return fmt.Errorf("there are no Go files in %s", shown(dir))
	}
	return fmt.Errorf("package %s: %w", Display(path), err)
}

// parse reads one file.
func (l *Loader) parse(name string) (*ast.File, []Problem, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, nil, err
	}
	base := l.config.Fset.Base()
	file, err := parser.ParseFile(l.config.Fset, name, text, parser.ParseComments|parser.SkipObjectResolution|parser.AllErrors)
	of := l.config.Fset.File(token.Pos(base))
	l.config.Parsed(of, shown(name), string(text))
	var wrong []Problem
	var list scanner.ErrorList
	if errors.As(err, &list) {
		line := 0
		for _, e := range list {
			if e.Pos.Line != line { // the parser trips over a place more than once
				wrong = append(wrong, Problem{of.Pos(min(e.Pos.Offset, of.Size())), "syntax error: " + e.Msg})
			}
			line = e.Pos.Line
		}
	} else if err != nil {
		return nil, nil, err
	}
	return file, wrong, nil
}

// check type-checks a parsed package. What is unused is no error here, as in
// cells.
func (l *Loader) check(p *Package, m *mod) (wrong []Problem, err error) {
	// Imports first, so that an error names the place of the import.
	for _, f := range p.Files {
		for _, spec := range f.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil || path == "unsafe" || !l.Local(path) {
				continue
			}
			imp, err := l.load(path, p.Path, p.Dir, m)
			if inner := problems(err); inner != nil {
				return inner, nil
			}
			if err != nil {
				return []Problem{{spec.Path.Pos(), err.Error()}}, nil
			}
			if !slices.Contains(p.Imports, imp) {
				p.Imports = append(p.Imports, imp)
			}
		}
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Body == nil {
				wrong = append(wrong, Problem{fd.Pos(), fmt.Sprintf("func %s has no body: what is written in assembly or linked by name cannot run from source", fd.Name.Name)})
			}
		}
	}
	language := "go1.26"
	if m != nil {
		language = m.language
	}
	config := types.Config{
		Importer:  importer(func(path string) (*types.Package, error) { return l.importFor(p, path) }),
		GoVersion: language,
		Sizes:     types.SizesFor("gc", runtime.GOARCH),
		Error: func(err error) {
			if e, ok := err.(types.Error); ok && !e.Soft {
				wrong = append(wrong, Problem{e.Pos, e.Msg})
			}
		},
	}
	// Errors have gone to config.Error.
	p.Types, _ = config.Check(p.Path, l.config.Fset, p.Files, p.Info)
	return wrong, nil
}

type importer func(path string) (*types.Package, error)

func (f importer) Import(path string) (*types.Package, error) { return f(path) }

// importFor is an import in a file of p, all of whose local ones are loaded.
func (l *Loader) importFor(p *Package, path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if !l.Local(path) {
		return l.config.Base.Import(path)
	}
	imp, err := l.load(path, p.Path, p.Dir, p.module)
	if err != nil {
		return nil, err
	}
	return imp.Types, nil
}

func newInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Scopes: map[ast.Node]*types.Scope{}, Instances: map[*ast.Ident]types.Instance{}, FileVersions: map[*ast.File]string{},
	}
}
