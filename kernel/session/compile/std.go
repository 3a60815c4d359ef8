package compile

import (
	"embed"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
)

//go:embed overlay
var overlay embed.FS

// overlays are the generic parts of compiled packages, for which there can be no
// symbols: written here and compiled like any interpreted code.
var overlays = map[string]string{
	"iter": "iter", "sync": "sync", "sync/atomic": "atomic", "reflect": "reflect", "errors": "errors", "math/rand/v2": "rand", "unique": "unique",
	"weak": "weak", "runtime": "runtime", "hash/maphash": "maphash", "crypto/hkdf": "hkdf", "crypto/pbkdf2": "pbkdf2",
}

// wholeSource are the packages that are generic through and through.
var wholeSource = map[string]bool{"slices": true, "maps": true, "cmp": true}

// whole are the overlays that are all that there is of a package.
var whole = map[string]bool{"iter": true, "unique": true, "weak": true}

// Std is an importer that gives the standard library its generic functions: it
// takes packages from another importer and lays interpreted source over them.
type Std struct {
	fset    *token.FileSet
	base    types.Importer
	pkgs    map[string]*types.Package
	sources map[string]*Source
	read    func(path string) (map[string][]byte, error) // files of a package
}

// NewStd makes an importer over base. read gives the source files of slices,
// maps and cmp; nil reads them from GOROOT.
func NewStd(fset *token.FileSet, base types.Importer, read func(path string) (map[string][]byte, error)) *Std {
	if read == nil {
		read = readGOROOT
	}
	return &Std{fset: fset, base: base, pkgs: map[string]*types.Package{}, sources: map[string]*Source{}, read: read}
}

func readGOROOT(path string) (map[string][]byte, error) {
	pkg, err := build.Import(path, "", 0)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, f := range pkg.GoFiles {
		b, err := os.ReadFile(filepath.Join(pkg.Dir, f))
		if err != nil {
			return nil, err
		}
		files[f] = b
	}
	return files, nil
}

// Import implements types.Importer.
func (s *Std) Import(path string) (*types.Package, error) {
	if pkg, ok := s.pkgs[path]; ok {
		return pkg, nil
	}
	pkg, err := s.load(path)
	if err != nil {
		return nil, err
	}
	s.pkgs[path] = pkg
	return pkg, nil
}

func (s *Std) load(path string) (*types.Package, error) {
	if wholeSource[path] || whole[path] {
		files, err := s.files(path)
		if err != nil {
			return nil, err
		}
		src, err := s.check(path, files, s)
		if err != nil {
			return nil, err
		}
		s.sources[path] = src
		return src.Pkg, nil
	}
	pkg, err := s.base.Import(path)
	if err != nil {
		return nil, err
	}
	if overlays[path] == "" {
		return pkg, nil
	}
	files, err := s.files(path)
	if err != nil {
		return nil, err
	}
	// The overlay imports the package that it lies over.
	over, err := s.check(path, files, importerFunc(func(p string) (*types.Package, error) {
		if p == path {
			return pkg, nil
		}
		return s.Import(p)
	}))
	if err != nil {
		return nil, err
	}
	s.sources[path] = over
	both := types.NewPackage(path, pkg.Name())
	for _, name := range over.Pkg.Scope().Names() {
		both.Scope().Insert(over.Pkg.Scope().Lookup(name))
	}
	for _, name := range pkg.Scope().Names() {
		if both.Scope().Lookup(name) == nil {
			both.Scope().Insert(pkg.Scope().Lookup(name))
		}
	}
	both.SetImports([]*types.Package{pkg, over.Pkg})
	both.MarkComplete()
	return both, nil
}

func (s *Std) files(path string) (map[string][]byte, error) {
	if name := overlays[path]; name != "" {
		b, err := overlay.ReadFile("overlay/" + name + ".txt")
		return map[string][]byte{path + ".go": b}, err
	}
	return s.read(path)
}

func (s *Std) check(path string, files map[string][]byte, imp types.Importer) (*Source, error) {
	src := &Source{Info: NewInfo()}
	for name, b := range files {
		f, err := parser.ParseFile(s.fset, path+"/"+name, b, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		src.Files = append(src.Files, f)
	}
	conf := types.Config{Importer: imp, IgnoreFuncBodies: wholeSource[path]}
	pkg, err := conf.Check(path, s.fset, src.Files, src.Info)
	if err != nil {
		return nil, fmt.Errorf("standard library: %w", err)
	}
	src.Pkg = pkg
	if conf.IgnoreFuncBodies {
		src.later = newUnchecked(s.fset, src)
	}
	return src, nil
}

// Source is Config.Source.
func (s *Std) Source(pkg *types.Package) *Source {
	if src := s.sources[pkg.Path()]; src != nil && src.Pkg == pkg {
		return src
	}
	return nil
}

type importerFunc func(path string) (*types.Package, error)

func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }

// NewInfo is a types.Info with everything that compilation needs.
func NewInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Scopes: map[ast.Node]*types.Scope{}, Instances: map[*ast.Ident]types.Instance{}, FileVersions: map[*ast.File]string{},
	}
}
