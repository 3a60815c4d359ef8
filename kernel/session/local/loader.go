package local

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// Config is what a Loader works with.
type Config struct {
	Fset *token.FileSet
	// Base has the packages that are built in; Builtin says which those are.
	Base    types.Importer
	Builtin func(path string) bool
	// Parsed is told of every file that is read, before it is checked.
	Parsed func(file *token.File, name, text string)
}

// A Package is one that has been read from disk and checked.
type Package struct {
	Path, Dir string
	Types     *types.Package
	Files     []*ast.File
	Info      *types.Info
	Imports   []*Package // those that were read from disk too
	Embeds    []Embed
	// Started is set by the session once the package's variables have their values.
	// One that failed to start is read and started again.
	Started bool

	stamp  stamp
	module *mod
}

// A Loader reads packages and keeps them. It is not for several goroutines.
type Loader struct {
	config Config
	pkgs   map[string]*Package
	dirs   map[string]string // of the packages without a module, by path
	fresh  map[*Package]bool // looked at since Begin
	stack  []string          // paths of the packages that are being read
	notes  []string
}

// New makes a loader without packages.
func New(c Config) *Loader {
	return &Loader{config: c, pkgs: map[string]*Package{}, dirs: map[string]string{}, fresh: map[*Package]bool{}}
}

// Begin lets the next Import of each package look whether its files have changed.
func (l *Loader) Begin() { clear(l.fresh) }

// Notes are the lines about packages that have been read again, since the last
// call.
func (l *Loader) Notes() []string {
	notes := l.notes
	l.notes = nil
	return notes
}

// Drop forgets a package, so that it is read anew.
func (l *Loader) Drop(p *Package) {
	if l.pkgs[p.Path] == p {
		delete(l.pkgs, p.Path)
	}
}

// Local reports whether a path is none of a package that is built in.
func (l *Loader) Local(path string) bool { return !l.config.Builtin(path) }

// Import gives the package that path means in code of the folder dir, a
// notebook's. An error about places in files is an [*Error].
func (l *Loader) Import(path, dir string) (*Package, error) {
	m, err := findModule(dir)
	if err != nil {
		return nil, err
	}
	return l.load(path, l.pathOf(dir, m), dir, m)
}

// load imports path for code of package from in dir, which lies in module m or in
// one that m requires.
func (l *Loader) load(path, from, dir string, m *mod) (*Package, error) {
	canonical, folder, err := l.resolve(path, dir, m)
	if err != nil {
		return nil, err
	}
	if err := allowed(canonical, from); err != nil {
		return nil, err
	}
	if i := slices.Index(l.stack, canonical); i >= 0 {
		var cycle []string
		for _, path := range append(l.stack[i:], canonical) {
			cycle = append(cycle, Display(path))
		}
		return nil, fmt.Errorf("import cycle: %s", strings.Join(cycle, " imports "))
	}
	old := l.pkgs[canonical]
	if old != nil {
		change := l.changed(old, m)
		if change == "" {
			return old, nil
		}
		l.notes = append(l.notes, fmt.Sprintf("%s: %s, so it was read again. Its variables begin anew; what cells made with it before keeps the earlier reading.", Display(canonical), change))
	}
	l.stack = append(l.stack, canonical)
	p, err := l.read(canonical, folder, m)
	l.stack = l.stack[:len(l.stack)-1]
	if err != nil {
		return nil, err
	}
	l.pkgs[canonical], l.fresh[p] = p, true
	return p, nil
}

// changed says what of a package, or of what it imports, has changed on disk; ""
// if nothing has.
func (l *Loader) changed(p *Package, m *mod) string {
	if l.fresh[p] {
		return ""
	}
	if name := p.stamp.changed(p.Dir); name != "" {
		return name + " has changed"
	}
	for _, imp := range p.Imports {
		if l.pkgs[imp.Path] != imp || l.changed(imp, m) != "" {
			return "package " + Display(imp.Path) + " has changed"
		}
	}
	l.fresh[p] = true
	return ""
}

// resolve finds the one path that a package has however it is written, and its
// folder.
func (l *Loader) resolve(path, dir string, m *mod) (canonical, folder string, err error) {
	switch {
	case build.IsLocalImport(path):
		folder = filepath.Join(dir, filepath.FromSlash(path))
		canonical = l.pathOf(folder, m)
	case l.dirs[path] != "":
		return path, l.dirs[path], nil
	case m == nil && !strings.Contains(strings.Split(path, "/")[0], "."):
		return "", "", fmt.Errorf("package %s is not built into this kernel; a folder beside the notebook is imported as \"./%s\", one of a module by a go.mod beside the notebook", path, path)
	case m == nil:
		return "", "", fmt.Errorf("package %s is not built into this kernel; other modules need a go.mod beside the notebook that requires them", path)
	default:
		if folder, err = m.find(path); err != nil {
			return "", "", err
		}
		canonical = path
	}
	if !isDir(folder) {
		return "", "", fmt.Errorf("there is no package %s: no folder %s", path, shown(folder))
	}
	return canonical, folder, nil
}

// pathOf is the import path of a folder: by the module that it lies in, else by
// where it is, as the go command once did.
func (l *Loader) pathOf(dir string, m *mod) string {
	if m != nil {
		if path, ok := m.pathOf(dir); ok {
			return path
		}
	}
	path := "_" + strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) || unicode.IsSpace(r) || strings.ContainsRune("!\"#$%&'()*,:;<=>?[\\]^{|}`", r) {
			return '_'
		}
		return r
	}, filepath.ToSlash(dir))
	for l.dirs[path] != "" && l.dirs[path] != dir {
		path += "_"
	}
	l.dirs[path] = dir
	return path
}

// allowed is the error for a package below a folder internal that is not for
// code of the package from.
func allowed(path, from string) error {
	i := strings.LastIndex("/"+path+"/", "/internal/")
	if i < 0 {
		return nil
	}
	parent := strings.TrimSuffix(("/" + path)[1:max(i, 1)], "/")
	if _, ok := below(from, parent); ok {
		return nil
	}
	return fmt.Errorf("package %s is internal to %s, and not for code in %s", Display(path), Display(parent), Display(from))
}

// Display is an import path for people.
func Display(path string) string {
	if dir, ok := strings.CutPrefix(path, "_/"); ok {
		if rel := shown("/" + dir); rel[0] != '/' {
			return "./" + rel
		}
		return "/" + dir
	}
	return path
}

// shown is the name of a file or folder for people: from where they are, if it is
// below.
func shown(name string) string {
	wd, err := os.Getwd()
	if err != nil {
		return name
	}
	rel, err := filepath.Rel(wd, name)
	if err != nil || strings.HasPrefix(rel, "..") {
		return name
	}
	return filepath.ToSlash(rel)
}

// An Error is what is wrong with the files of a package.
type Error struct {
	Path     string
	Problems []Problem
}

// A Problem is one thing that is wrong, at a place in a file.
type Problem struct {
	Pos token.Pos
	Msg string
}

func (e *Error) Error() string {
	return fmt.Sprintf("package %s is not right", Display(e.Path))
}

// problems is what err says about places, nil if it says nothing of the kind.
func problems(err error) []Problem {
	var e *Error
	if errors.As(err, &e) {
		return e.Problems
	}
	return nil
}
