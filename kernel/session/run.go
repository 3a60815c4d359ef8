package session

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/types"
	"strings"
	"sync"

	"setun/display"
	"setun/dsl"
	"setun/kernel/session/engine"
	"setun/kernel/session/local"
)

// Config is what a session is made with.
type Config struct {
	// Engine names what runs the cells; "" is the default one.
	Engine string
}

// A Session holds what cells have declared and runs new ones. One cell runs at a
// time; completion and inspection may be asked for meanwhile.
type Session struct {
	run sync.Mutex  // held by the running cell
	ran *provenance // with it

	mu       sync.Mutex // guards what follows; never held while a cell runs
	sources  *sources
	scope    *scope
	keepers  *keepers
	importer types.Importer // of the packages that are built in
	local    *local.Loader  // of those beside the notebook
	engine   engine.Engine
	// engineName is what people choose it by.
	engineName string
	runs       *engine.Runs
	files      *files
	memory     *memory
}

var _ Interface = (*Session)(nil)

// New returns an empty session.
func New(c Config) (*Session, error) {
	files, err := openFiles()
	if err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	runs := &engine.Runs{}
	s := &Session{keepers: newKeepers(), runs: runs, files: files, memory: newMemory(runs)}
	if err := s.useEngine(c.Engine); err != nil {
		return nil, err
	}
	s.captureLog()
	return s, nil
}

func (s *Session) engineConfig(sources *sources) engine.Config {
	return engine.Config{
		Fset: sources.fset, Importer: newImporter(), Runs: s.runs, Reserve: s.memory.reserve,
		Stdin: s.files.stdin, Stdout: s.files.stdout.w, Stderr: s.files.stderr.w,
	}
}

// Execute runs a cell: the magics that it begins with, then its Go. Its error is
// an *Error.
func (s *Session) Execute(ctx context.Context, c Cell) (result Result, err error) {
	s.run.Lock()
	defer s.run.Unlock()
	commands, rest := s.leadingCommands(c.Code)
	timed := false
	for _, cmd := range commands {
		result.show(c.Output)
		switch {
		case cmd.name == "time" && cmd.arg == "":
			timed, result = true, Result{}
		case cmd.name == "time":
			result, err = s.runGo(ctx, c, blankAround(c.Code, cmd.start, cmd.end), true)
		default:
			result, err = s.command(ctx, c, cmd)
		}
		if err != nil {
			return Result{}, err
		}
	}
	if len(commands) > 0 && strings.TrimSpace(c.Code[rest:]) == "" {
		return result, nil
	}
	result.show(c.Output)
	return s.runGo(ctx, c, blankAround(c.Code, rest, len(c.Code)), timed)
}

// show displays what one line of a cell has as its result, because more follow.
func (r Result) show(out Output) {
	for _, b := range []*display.Bundle{r.Value, r.Page} {
		if b != nil {
			out.Display(*b, "")
		}
	}
}

// runGo runs the Go of a cell.
func (s *Session) runGo(ctx context.Context, c Cell, code string, timed bool) (Result, error) {
	job, failure := s.prepare(newSource(c.Number, code))
	s.tellReloads(c.Output)
	if failure != nil {
		return Result{}, failure
	}
	if timed {
		before := usageNow()
		defer func() { c.Output.Stream("stdout", usageNow().since(before)+"\n") }()
	}
	s.ran.add(c.Code)
	values, cell, err := s.start(ctx, c, job)
	if err != nil {
		return Result{}, s.runFailure(err)
	}
	if job.silent {
		return Result{}, nil
	}
	bundles := s.render(values, job.values, cell)
	if len(bundles) == 0 {
		return Result{}, nil
	}
	last := len(bundles) - 1
	for _, b := range bundles[:last] {
		c.Output.Display(b, "")
	}
	return Result{Value: &bundles[last]}, nil
}

// Eval evaluates an expression, or several, and renders it.
func (s *Session) Eval(ctx context.Context, c Cell, expression string) (display.Bundle, error) {
	s.run.Lock()
	defer s.run.Unlock()
	src := newSource(c.Number, expression)
	src.name = "expression"
	job, failure := s.prepare(src)
	if failure != nil {
		return display.Bundle{}, failure
	}
	values, cell, err := s.start(ctx, c, job)
	if err != nil {
		return display.Bundle{}, s.runFailure(err)
	}
	switch bundles := s.render(values, job.values, cell); len(bundles) {
	case 0:
	case 1:
		return bundles[0], nil
	default:
		return display.Text(strings.Join(texts(bundles), ", ")), nil
	}
	return display.Bundle{}, &Error{Name: "CompileError", Message: "the expression has no value"}
}

// A job is a cell that is ready to run.
type job struct {
	start  func(*engine.Run) ([]engine.Value, error)
	values []ast.Expr // trailing expressions
	silent bool       // they are not to be shown
	vars   []string   // names of the variables that it declares
	// packages are those from disk that it starts.
	packages []*local.Package
}

// prepare parses, checks and compiles a cell, and declares what it declares. A
// cell that fails here has changed nothing.
func (s *Session) prepare(src *source) (*job, *Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	syntax, diags := s.sources.parse(src)
	if len(diags) > 0 {
		return nil, compileError(explainMagics(sortDiagnostics(diags)))
	}
	s.local.Begin()
	packages := &importer{s: s}
	ch := &checker{s.sources, s.scope, packages}
	release := s.engine.Hold()
	checked, diags := ch.check(syntax)
	if len(diags) > 0 {
		release()
		return nil, compileError(diags)
	}
	reused := map[types.Object]types.Object{} // what goes on, by what it is now
	for name, obj := range checked.objects {
		if old := s.scope.objects[name]; old != nil && sameSlot(obj, old) {
			reused[obj] = old
		}
	}
	release()
	for obj, old := range reused {
		s.engine.Reuse(obj, old)
	}
	unstarted := packages.unstarted()
	checked.program.Packages = enginePackages(unstarted)
	start, err := s.engine.Compile(checked.program)
	if err != nil {
		for _, obj := range checked.objects {
			s.engine.Forget(obj)
		}
		s.dropFailed(unstarted)
		var u *engine.Unsupported
		if errors.As(err, &u) {
			at, offset := s.sources.at(u.Pos)
			if at == nil {
				at, offset = src, 0
			}
			return nil, compileError([]diagnostic{{at, offset, err.Error()}})
		}
		name := "CompileError"
		if _, full := errors.AsType[*memoryError](err); full {
			name = "MemoryLimit" // variables as large as that
		}
		return nil, &Error{Name: name, Message: err.Error(), Traceback: []string{red + name + reset + ": " + err.Error()}}
	}
	for name, path := range checked.imports {
		s.scope.imports[name] = path
		if old := s.scope.objects[name]; old != nil {
			s.engine.Forget(old)
			delete(s.scope.objects, name)
		}
	}
	for name, text := range checked.texts {
		s.scope.texts[name] = text
	}
	s.declare(checked.objects)
	j := &job{start: start, packages: unstarted, values: syntax.values, silent: syntax.silent}
	for _, v := range checked.program.Vars {
		j.vars = append(j.vars, v.Name())
	}
	return j, nil
}

// sameSlot reports whether a new object goes on where an old one was.
func sameSlot(obj, old types.Object) bool {
	switch obj := obj.(type) {
	case *types.Var:
		_, ok := old.(*types.Var)
		return ok && types.Identical(obj.Type(), old.Type())
	case *types.Func:
		_, ok := old.(*types.Func)
		return ok && obj.Signature().TypeParams().Len() == 0 && types.Identical(obj.Type(), old.Type())
	}
	return false
}

// render shows the values of trailing expressions: one, or several on one line if
// they are nothing but a line of text each.
func (s *Session) render(values []engine.Value, exprs []ast.Expr, cell dsl.Cell) []display.Bundle {
	if len(values) == 0 || isPrint(exprs[0]) {
		return nil
	}
	// That a call went well goes without saying.
	if _, call := ast.Unparen(exprs[0]).(*ast.CallExpr); call && len(exprs) == 1 {
		if n := len(values) - 1; isError(values[n].Type) && values[n].Value.IsNil() {
			values = values[:n]
		}
	}
	var bundles []display.Bundle
	lines := true
	for _, v := range values {
		b := dsl.Render(s.engine.Exported(v), cell)
		text, ok := b.Data[display.MIMEText].(string)
		lines = lines && ok && len(b.Data) == 1 && !strings.Contains(text, "\n")
		bundles = append(bundles, b)
	}
	if len(bundles) > 1 && lines {
		return []display.Bundle{display.Text(strings.Join(texts(bundles), ", "))}
	}
	return bundles
}

// texts are bundles as plain text.
func texts(bundles []display.Bundle) (list []string) {
	for _, b := range bundles {
		if text, ok := b.Data[display.MIMEText].(string); ok {
			list = append(list, text)
		}
	}
	return list
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// isPrint reports whether e is a call of the fmt.Print family, whose count of
// bytes nobody wants to see.
func isPrint(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := sel.X.(*ast.Ident)
	name := strings.TrimPrefix(sel.Sel.Name, "F")
	return ok && pkg.Name == "fmt" && (name == "Print" || name == "Println" || name == "Printf" || name == "print" || name == "println" || name == "printf")
}
