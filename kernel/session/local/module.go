package local

import (
	"errors"
	"fmt"
	"go/build"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// A mod is the module that a notebook lies in.
type mod struct {
	dir      string
	path     string
	language string            // "go1.24": what its files are written in
	requires map[string]string // modules to versions
	replaces map[string]string // modules to folders
}

// findModule reads the go.mod of dir, or of the nearest folder above it; nil if
// there is none.
func findModule(dir string) (*mod, error) {
	for {
		name := filepath.Join(dir, "go.mod")
		data, err := os.ReadFile(name)
		if err == nil {
			return parseModule(dir, name, data)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("read the module of the notebook: %w", err)
		}
		up := filepath.Dir(dir)
		if up == dir {
			return nil, nil
		}
		dir = up
	}
}

func parseModule(dir, name string, data []byte) (*mod, error) {
	file, err := modfile.Parse(shown(name), data, nil)
	if err != nil {
		return nil, fmt.Errorf("read the module of the notebook: %w", err)
	}
	if file.Module == nil {
		return nil, fmt.Errorf("%s has no module line", shown(name))
	}
	m := &mod{dir: dir, path: file.Module.Mod.Path, language: "go1.16", requires: map[string]string{}, replaces: map[string]string{}}
	if file.Go != nil {
		m.language = "go" + file.Go.Version
	}
	for _, r := range file.Require {
		m.requires[r.Mod.Path] = r.Mod.Version
	}
	for _, r := range file.Replace {
		version, required := m.requires[r.Old.Path]
		switch {
		case !required || r.Old.Version != "" && r.Old.Version != version:
		case r.New.Version != "":
			dir, err := cacheDir(r.New)
			if err != nil {
				return nil, err
			}
			m.replaces[r.Old.Path] = dir
		case filepath.IsAbs(r.New.Path):
			m.replaces[r.Old.Path] = r.New.Path
		default:
			m.replaces[r.Old.Path] = filepath.Join(dir, r.New.Path)
		}
	}
	return m, nil
}

// pathOf is the import path of a folder of the module.
func (m *mod) pathOf(dir string) (string, bool) {
	rel, err := filepath.Rel(m.dir, dir)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "", false
	}
	return path.Join(m.path, filepath.ToSlash(rel)), true
}

// find is the folder of a package that the module, or one that it requires, has.
func (m *mod) find(importPath string) (dir string, err error) {
	if rel, ok := below(importPath, m.path); ok {
		return filepath.Join(m.dir, filepath.FromSlash(rel)), nil
	}
	owner, version := "", ""
	for p, v := range m.requires {
		if _, ok := below(importPath, p); ok && len(p) > len(owner) {
			owner, version = p, v
		}
	}
	if owner == "" {
		return "", fmt.Errorf("package %s is not built into this kernel, and neither in module %s nor in one that it requires", importPath, m.path)
	}
	rel, _ := below(importPath, owner)
	rel = filepath.FromSlash(rel)
	if dir := m.replaces[owner]; dir != "" {
		return filepath.Join(dir, rel), nil
	}
	if dir := filepath.Join(m.dir, "vendor", filepath.FromSlash(owner), rel); isDir(dir) {
		return dir, nil
	}
	root, err := cacheDir(module.Version{Path: owner, Version: version})
	if err != nil {
		return "", err
	}
	if !isDir(root) {
		return "", fmt.Errorf("module %s %s is neither in %s nor in the module cache; go mod vendor or go mod download fetches it", owner, version, shown(filepath.Join(m.dir, "vendor")))
	}
	return filepath.Join(root, rel), nil
}

// below is what stands behind the import path of a folder in the path of one
// below it.
func below(importPath, root string) (rel string, ok bool) {
	if importPath == root {
		return "", true
	}
	return strings.CutPrefix(importPath, root+"/")
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// moduleCache is where the go command keeps modules.
func moduleCache() string {
	if dir := os.Getenv("GOMODCACHE"); dir != "" {
		return dir
	}
	if list := filepath.SplitList(build.Default.GOPATH); len(list) > 0 {
		return filepath.Join(list[0], "pkg", "mod")
	}
	return ""
}

// cacheDir is the folder of a module in the module cache.
func cacheDir(v module.Version) (string, error) {
	p, err := module.EscapePath(v.Path)
	if err != nil {
		return "", err
	}
	version, err := module.EscapeVersion(v.Version)
	if err != nil {
		return "", err
	}
	return filepath.Join(moduleCache(), filepath.FromSlash(p)+"@"+version), nil
}
