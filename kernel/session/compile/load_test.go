package compile

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"sync"

	"golang.org/x/tools/go/gcexportdata"

	"github.com/traefik/yaegi/stdlib"
	"github.com/traefik/yaegi/stdlib/syscall"
	"github.com/traefik/yaegi/stdlib/unrestricted"
)

// exports are the files with export data of the standard library.
var exports = sync.OnceValues(func() (map[string]string, error) {
	var out []byte
	var err error
	if file := os.Getenv("SETUN_EXPORTS"); file != "" {
		out, err = os.ReadFile(file)
	} else {
		out, err = exec.Command("go", "list", "-export", "-f", "{{.ImportPath}} {{.Export}}", "std").Output()
	}
	if err != nil {
		return nil, err
	}
	m := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if path, file, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			m[path] = file
		}
	}
	return m, nil
})

func symbols() map[string]map[string]reflect.Value {
	m := map[string]map[string]reflect.Value{}
	for _, t := range []map[string]map[string]reflect.Value{stdlib.Symbols, syscall.Symbols, unrestricted.Symbols} {
		for path, syms := range t {
			if m[path] == nil {
				m[path] = map[string]reflect.Value{}
			}
			for name, v := range syms {
				m[path][name] = v
			}
		}
	}
	return m
}

// newStdImporter imports the standard library with its generic functions.
func newStdImporter(fset *token.FileSet) (*Std, error) {
	exp, err := exports()
	if err != nil {
		return nil, err
	}
	known := map[string]*types.Package{"unsafe": types.Unsafe}
	base := importerFunc(func(path string) (*types.Package, error) {
		if pkg := known[path]; pkg != nil && pkg.Complete() {
			return pkg, nil
		}
		f, err := os.Open(exp[path])
		if err != nil {
			return nil, fmt.Errorf("no package %s", path)
		}
		defer f.Close()
		//lint:ignore SA1019 go list -export names archives, which only NewReader reads
		r, err := gcexportdata.NewReader(f)
		if err != nil {
			return nil, err
		}
		return gcexportdata.Read(r, fset, known, path)
	})
	std := NewStd(fset, base, nil)
	// Compiled packages mention iter.Seq: they must mean ours.
	if known["iter"], err = std.Import("iter"); err != nil {
		return nil, err
	}
	return std, nil
}

// loadProgram checks the files of a package main and compiles it.
func loadProgram(cfg Config, sources map[string][]byte) (*Program, *Package, error) {
	fset := token.NewFileSet()
	std, err := newStdImporter(fset)
	if err != nil {
		return nil, nil, err
	}
	src := &Source{Info: NewInfo()}
	for name, b := range sources {
		f, err := parser.ParseFile(fset, name, b, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return nil, nil, err
		}
		src.Files = append(src.Files, f)
	}
	conf := types.Config{Importer: std, Sizes: types.SizesFor("gc", "amd64"), GoVersion: "go1.26"}
	conf.GoVersion = goVersion(src.Files)
	src.Pkg, err = conf.Check("main", fset, src.Files, src.Info)
	if err != nil {
		return nil, nil, err
	}
	cfg.Fset, cfg.Symbols, cfg.Source = fset, symbols(), std.Source
	p, err := New(cfg)
	if err != nil {
		return nil, nil, err
	}
	pkg, err := p.Add(src, nil)
	return p, pkg, err
}

// goVersion is the language version that "// run -lang=go1.x" asks for.
func goVersion(files []*ast.File) string {
	for _, f := range files {
		for _, g := range f.Comments {
			for _, c := range g.List {
				if i := strings.Index(c.Text, "-lang="); i >= 0 {
					v, _, _ := strings.Cut(c.Text[i+len("-lang="):], " ")
					return strings.TrimSpace(v)
				}
			}
		}
	}
	return "go1.26"
}

// runProgram runs a program the way its own process would; the result is the
// exit status.
func runProgram(sources map[string][]byte) int {
	p, pkg, err := loadProgram(Config{}, sources)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 3
	}
	run := p.NewRun(context.Background())
	fault := make(chan error, 1)
	run.Fault = func(err error) {
		select {
		case fault <- err:
		default:
		}
	}
	go func() {
		err := pkg.Init(run)
		if err == nil {
			err = pkg.Call(run, "main")
		}
		var pe *PanicError
		if errors.As(err, &pe) && pe.Value == any(goexit{}) {
			return // the others go on
		}
		fault <- err
	}()
	err = <-fault
	var exit *ExitError
	var pe *PanicError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.Code
	case errors.As(err, &pe):
		fmt.Fprintf(os.Stderr, "%v\n\ngoroutine 1 [running]:\n%s", err, pe.Traceback())
		return 2
	}
	fmt.Fprintln(os.Stderr, err)
	return 2
}
