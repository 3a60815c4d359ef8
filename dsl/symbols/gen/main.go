// Command gen writes everything generated in setun/dsl/symbols: the type
// information and documentation of the packages that cells can use, and tables
// of their symbols. Run it by go generate ./dsl/symbols. Its output depends on
// nothing but the sources of the toolchain and of this module: positions and
// paths are stripped.
package main

import (
	"bytes"
	"fmt"
	"go/token"
	"log"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
	"golang.org/x/tools/go/packages"
)

// ownPaths are Setun's packages that a cell can import.
var ownPaths = []string{
	"setun/display", "setun/dsl",
	"setun/runtime/asm", "setun/runtime/tensor",
	"setun/runtime/qat", "setun/runtime/qat/nn", "setun/runtime/qat/optim",
	"setun/runtime/qat/data", "setun/runtime/qat/token", "setun/runtime/qat/train",
	"setun/runtime/qat/loss", "setun/runtime/qat/penalty", "setun/runtime/qat/distill",
	"setun/runtime/qat/progressive", "setun/runtime/qat/curriculum",
	"setun/runtime/qat/checkpoint", "setun/runtime/qat/runlog",
}

// sourcePaths are packages of generic functions, whose source cells run: there
// is no compiled function to take for types that only a cell knows.
var sourcePaths = map[string]bool{"cmp": true, "maps": true, "slices": true}

// leftOut are packages of the standard library that differ from one operating
// system to the other or make no sense in a cell.
var leftOut = map[string]bool{
	"syscall": true, "log/syslog": true, "plugin": true, "runtime/cgo": true,
	"runtime/race": true, "runtime/coverage": true, "unsafe": true,
	"testing/cryptotest": true,
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("gen: ")
	if err := generate("."); err != nil {
		log.Fatal(err)
	}
}

// generate writes all files below dir, the folder of package symbols.
func generate(dir string) error {
	std, err := load("std")
	if err != nil {
		return err
	}
	own, err := load(ownPaths...)
	if err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(dir, "std", "*.go"))
	if err != nil {
		return err
	}
	oldOwn, err := filepath.Glob(filepath.Join(dir, "own_*_table.go"))
	if err != nil {
		return err
	}
	for _, name := range append(old, oldOwn...) {
		if filepath.Base(name) != "doc.go" {
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	exports, docs, sources := map[string][]byte{}, map[string][]byte{}, map[string][]byte{}
	for _, p := range append(append([]*packages.Package{}, std...), own...) {
		if exports[p.PkgPath], err = exportData(p); err != nil {
			return err
		}
		if docs[p.PkgPath], err = documentation(p); err != nil {
			return err
		}
		if !sourcePaths[p.PkgPath] {
			continue
		}
		for _, name := range p.GoFiles {
			if sources[p.PkgPath+"/"+filepath.Base(name)], err = os.ReadFile(name); err != nil {
				return err
			}
		}
	}
	if err := writeZip(filepath.Join(dir, "exports.zip"), exports); err != nil {
		return err
	}
	if err := writeZip(filepath.Join(dir, "docs.zip"), docs); err != nil {
		return err
	}
	if err := writeZip(filepath.Join(dir, "sources.zip"), sources); err != nil {
		return err
	}
	var stdPaths, ownList []string
	for _, p := range std {
		src, err := table("std", p.Types)
		if err != nil {
			return err
		}
		if src == nil {
			continue
		}
		stdPaths = append(stdPaths, p.PkgPath)
		if err := write(filepath.Join(dir, "std", fileName(p.PkgPath)), src); err != nil {
			return err
		}
	}
	for _, p := range own {
		src, err := table("symbols", p.Types)
		if err != nil {
			return err
		}
		if src == nil {
			continue
		}
		ownList = append(ownList, p.PkgPath)
		if err := write(filepath.Join(dir, "own_"+fileName(p.PkgPath)), src); err != nil {
			return err
		}
	}
	if err := write(filepath.Join(dir, "std", "tables.go"), directory("std", "Tables",
		"Tables holds what makes the table of each package, by import path.", stdPaths)); err != nil {
		return err
	}
	if err := write(filepath.Join(dir, "own.go"), directory("symbols", "own",
		"own holds what makes the table of each of our packages, by import path.", ownList)); err != nil {
		return err
	}
	return write(filepath.Join(dir, "index.go"), index(append(std, own...)))
}

// load type-checks the packages that the patterns name and keeps those a cell
// may import, sorted by path.
func load(patterns ...string) ([]*packages.Package, error) {
	config := &packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedTypes | packages.NeedImports |
			packages.NeedDeps | packages.NeedExportFile,
		Fset: token.NewFileSet(),
		// The tables must compile everywhere, without cgo too.
		Env: append(os.Environ(), "CGO_ENABLED=0"),
	}
	all, err := packages.Load(config, patterns...)
	if err != nil {
		return nil, fmt.Errorf("load %v: %w", patterns, err)
	}
	var out []*packages.Package
	for _, p := range all {
		if leftOut[p.PkgPath] || strings.Contains("/"+p.PkgPath+"/", "/internal/") ||
			strings.HasPrefix(p.PkgPath, "vendor/") || strings.HasPrefix(p.PkgPath, "cmd/") {
			continue
		}
		if len(p.Errors) > 0 {
			return nil, fmt.Errorf("package %s: %w", p.PkgPath, p.Errors[0])
		}
		out = append(out, p)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].PkgPath < out[j].PkgPath })
	return out, nil
}

// exportData is the package's type information without positions: the file set
// given to the writer knows none of them.
func exportData(p *packages.Package) ([]byte, error) {
	var b bytes.Buffer
	if err := gcexportdata.Write(&b, token.NewFileSet(), p.Types); err != nil {
		return nil, fmt.Errorf("export data of %s: %w", p.PkgPath, err)
	}
	return b.Bytes(), nil
}

func fileName(path string) string { return identifier(path) + "_table.go" }

// identifier turns an import path into a Go identifier.
func identifier(path string) string {
	return strings.NewReplacer("/", "_", ".", "_", "-", "_").Replace(path)
}

// write replaces the file at path.
func write(path string, data []byte) error {
	tmp := path + ".tmp"
	if err := os.WriteFile(tmp, data, 0o666); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}
