package compile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A notebook checks and runs cells the way a session does, less politely: a cell
// is declarations, then statements after a line "do", then perhaps a line
// "= expression".
type notebook struct {
	fset    *token.FileSet
	std     *Std
	prog    *Program
	pkg     *types.Package // of objects
	objects map[string]types.Object
	out     bytes.Buffer
}

func newNotebook(tb testing.TB) *notebook {
	fset := token.NewFileSet()
	std, err := newStdImporter(fset)
	if err != nil {
		tb.Fatal(err)
	}
	n := &notebook{fset: fset, std: std, pkg: types.NewPackage("main", "main"), objects: map[string]types.Object{}}
	n.prog, err = New(Config{Fset: fset, Symbols: symbols(), Source: std.Source, Stderr: &n.out})
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

func (n *notebook) run(ctx context.Context, text string) (results []Result, err error) {
	decls, rest, _ := strings.Cut(text, "do\n")
	if strings.HasPrefix(text, "do\n") {
		decls, rest = "", text[3:]
	}
	stmts, value, hasValue := strings.Cut("\n"+rest, "\n= ")
	if hasValue {
		x, err := parser.ParseExpr(value)
		if err != nil {
			return nil, err
		}
		if _, call := x.(*ast.CallExpr); call {
			stmts += "\n" + value
		} else {
			stmts += "\n_ = " + value
		}
	}
	file, err := parser.ParseFile(n.fset, "cell", "package main\n"+decls+"\nfunc body() {\n"+stmts+"\n}\n", parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	pkg := types.NewPackage("main", "main")
	declared := map[string]bool{}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				declared[d.Name.Name] = true
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if ts, ok := s.(*ast.TypeSpec); ok {
					declared[ts.Name.Name] = true
				}
			}
		}
	}
	for name, obj := range n.objects {
		if !declared[name] {
			pkg.Scope().Insert(obj)
		}
	}
	info := NewInfo()
	var first error
	conf := types.Config{Importer: n.std, GoVersion: "go1.26", DisableUnusedImportCheck: true, Error: func(err error) {
		if e := err.(types.Error); !e.Soft && first == nil {
			first = err
		}
	}}
	types.NewChecker(&conf, n.fset, pkg, info).Files([]*ast.File{file})
	if first != nil {
		return nil, first
	}
	cell := &Cell{Info: info}
	found := map[string]types.Object{}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.Name == "body" {
				cell.Body = d.Body
				for _, name := range info.Scopes[d.Type].Names() {
					v := info.Scopes[d.Type].Lookup(name).(*types.Var)
					cell.Vars = append(cell.Vars, v)
					found[name] = v
				}
				continue
			}
			obj := info.Defs[d.Name].(*types.Func)
			cell.Funcs = append(cell.Funcs, CellFunc{obj, d})
			if d.Recv == nil {
				found[obj.Name()] = obj
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if ts, ok := s.(*ast.TypeSpec); ok {
					found[ts.Name.Name] = info.Defs[ts.Name]
				}
			}
		}
	}
	if hasValue {
		last := len(cell.Body.List) - 1
		switch s := cell.Body.List[last].(type) {
		case *ast.AssignStmt:
			cell.Values = s.Rhs
		case *ast.ExprStmt:
			cell.Values = []ast.Expr{s.X}
		}
		cell.Body.List = cell.Body.List[:last]
	}
	for name, obj := range found {
		if old := n.objects[name]; old != nil && types.Identical(old.Type(), obj.Type()) {
			n.prog.Reuse(obj, old)
		}
	}
	start, err := n.prog.Compile(cell)
	if err != nil {
		return nil, err
	}
	for name, obj := range found {
		n.objects[name] = n.keep(obj)
	}
	return start(n.prog.NewRun(ctx))
}

// keep is the object that stands for obj in later cells.
func (n *notebook) keep(obj types.Object) types.Object {
	var kept types.Object
	switch f, _ := obj.(*types.Func); {
	case f != nil && !generic(f):
		kept = types.NewFunc(obj.Pos(), n.pkg, obj.Name(), f.Signature())
	case f != nil:
		return obj
	default:
		if _, ok := obj.(*types.Var); !ok {
			return obj
		}
		kept = types.NewVar(obj.Pos(), n.pkg, obj.Name(), obj.Type())
	}
	n.prog.Keep(kept, obj)
	n.prog.Forget(obj)
	if old := n.objects[obj.Name()]; old != nil {
		n.prog.Forget(old)
	}
	return kept
}

// TestCells runs the notebooks under testdata/cells: cells, each followed by what
// it prints, its value, and its error.
func TestCells(t *testing.T) {
	files, err := filepath.Glob("testdata/cells/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no notebooks", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			n := newNotebook(t)
			parts := strings.Split("\n"+string(b), "\n-- cell --\n")
			for i, part := range parts[1:] {
				text, want, _ := strings.Cut(part, "-- want --\n")
				want, _, _ = strings.Cut("\n"+want, "\n\n") // what follows is prose
				n.out.Reset()
				results, err := n.run(context.Background(), text)
				got := n.out.String()
				for _, r := range results {
					got += fmt.Sprintf("= %v\n", r.Value)
				}
				if err != nil {
					got += fmt.Sprintf("! %v\n", err)
				}
				if strings.TrimSpace(got) != strings.TrimSpace(want) {
					t.Errorf("cell %d\n%s\ngot\n%s\nwant\n%s", i+1, text, got, want)
				}
			}
		})
	}
}

// An interrupt ends loops, calls and waits; deferred calls run, and closures of
// the stopped cell go on working.
func TestStop(t *testing.T) {
	for _, what := range []string{
		"for { }",
		"for i := 0; ; i++ { x += i }",
		"var f func(); f = func() { f() }; for { func() { defer func() { recover() }(); f() }() }",
		"<-make(chan int)",
		"select {}",
		"make(chan int) <- 1",
		"time.Sleep(time.Hour)",
		"var wg sync.WaitGroup; wg.Add(1); wg.Wait()",
		"var mu sync.Mutex; mu.Lock(); mu.Lock()",
		"sort.Slice(make([]int, 100), func(i, j int) bool { for { } })",
		"for range func(yield func() bool) { for yield() { } } { }",
	} {
		t.Run(what, func(t *testing.T) {
			n := newNotebook(t)
			ctx, cancel := context.WithCancel(context.Background())
			time.AfterFunc(50*time.Millisecond, cancel)
			_, err := n.run(ctx, `import ("time"; "sync"; "sort")
var _ = time.Hour; var _ sync.Mutex; var _ = sort.Ints
do
x := 0
done := 0
inc := func() int { done += 10; return done }
defer func() { done = 1 }()
`+what+"\n")
			if !errors.Is(err, ErrStopped) {
				t.Fatalf("error %v, want %v", err, ErrStopped)
			}
			results, err := n.run(context.Background(), "do\n= inc()\n")
			if err != nil || len(results) != 1 || results[0].Value.Int() != 11 {
				t.Fatalf("a closure of the stopped cell gave %v, %v, want 11: deferred calls ran, and it works", results, err)
			}
		})
	}
}
