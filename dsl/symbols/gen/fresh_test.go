package main

import (
	"bytes"
	"encoding/json"
	"go/types"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"testing"

	"setun/dsl/symbols"
)

// TestFresh compares what is generated for our own packages with their sources.
// If it fails: go generate ./dsl/symbols
func TestFresh(t *testing.T) {
	own, err := load(ownPaths...)
	if err != nil {
		t.Fatal(err)
	}
	importer := symbols.NewImporter()
	for _, p := range own {
		src, err := table("symbols", p.Types)
		if err != nil {
			t.Fatal(err)
		}
		if src != nil {
			have, err := os.ReadFile(filepath.Join("..", "own_"+fileName(p.PkgPath)))
			if err != nil || !bytes.Equal(have, src) {
				t.Errorf("%s: the symbol table is stale; run go generate ./dsl/symbols (%v)", p.PkgPath, err)
			}
		}
		exported, err := importer.Import(p.PkgPath)
		if err != nil {
			t.Errorf("%s: %v; run go generate ./dsl/symbols", p.PkgPath, err)
			continue
		}
		if have, want := declarations(exported), declarations(p.Types); !reflect.DeepEqual(have, want) {
			t.Errorf("%s: the type information is stale; run go generate ./dsl/symbols", p.PkgPath)
		}
		texts, err := documentation(p)
		if err != nil {
			t.Fatal(err)
		}
		var want map[string]string
		if err := json.Unmarshal(texts, &want); err != nil {
			t.Fatal(err)
		}
		for symbol, text := range want {
			if symbols.Doc(p.PkgPath, symbol) != text {
				t.Errorf("%s: the documentation of %q is stale; run go generate ./dsl/symbols", p.PkgPath, symbol)
				break
			}
		}
	}
}

// declarations lists everything exported with its type.
func declarations(pkg *types.Package) []string {
	var out []string
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		out = append(out, types.ObjectString(obj, nil))
		if tn, ok := obj.(*types.TypeName); ok {
			for m := range types.NewMethodSet(types.NewPointer(tn.Type())).Methods() {
				if m.Obj().Exported() {
					out = append(out, types.ObjectString(m.Obj(), nil))
				}
			}
		}
	}
	sort.Strings(out)
	return out
}

// Two runs write the same bytes.
func TestDeterministic(t *testing.T) {
	var first [][]byte
	for range 2 {
		own, err := load("setun/display", "errors")
		if err != nil {
			t.Fatal(err)
		}
		var all [][]byte
		for _, p := range own {
			for _, make := range []func() ([]byte, error){
				func() ([]byte, error) { return exportData(p) },
				func() ([]byte, error) { return documentation(p) },
				func() ([]byte, error) { return table("x", p.Types) },
			} {
				data, err := make()
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, data)
			}
		}
		if first != nil && !reflect.DeepEqual(first, all) {
			t.Error("two runs differ")
		}
		first = all
	}
	for _, data := range first {
		if dir, err := os.Getwd(); err != nil || bytes.Contains(data, []byte(filepath.Dir(filepath.Dir(filepath.Dir(dir))))) {
			t.Errorf("generated data contains a path of this machine (%v)", err)
		}
	}
}
