package session

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"strings"
	"sync"
	"time"

	"setun/display"
	"setun/dsl"
	"setun/kernel/session/engine"
)

// How long an interrupted cell has to stop by itself before Execute leaves it
// behind: little where nothing tells the code it waits in, more where a call that
// knows the context, such as Fit, brings what it has done to an end.
const (
	grace     = 80 * time.Millisecond
	callGrace = 10 * time.Second
)

// Config is what a session is made with.
type Config struct {
	// Engine names what runs the cells; "" is the default one.
	Engine string
}

// A Session holds what cells have declared and runs new ones. One cell runs at a
// time; completion and inspection may be asked for meanwhile.
type Session struct {
	run sync.Mutex // held by the running cell

	mu       sync.Mutex // guards what follows; never held while a cell runs
	sources  *sources
	scope    *scope
	keepers  *keepers
	importer types.Importer
	engine   engine.Engine
	// engineName is what people choose it by.
	engineName string
	runs       *engine.Runs
	files      *files
}

var _ Interface = (*Session)(nil)

// New returns an empty session.
func New(c Config) (*Session, error) {
	files, err := openFiles()
	if err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	s := &Session{
		sources: newSources(),
		scope:   newScope(),
		keepers: newKeepers(),
		runs:    &engine.Runs{},
		files:   files,
	}
	if err := s.useEngine(c.Engine); err != nil {
		return nil, err
	}
	s.captureLog()
	return s, nil
}

func (s *Session) engineConfig() engine.Config {
	return engine.Config{
		Fset: s.sources.fset, Importer: newImporter(), Runs: s.runs, Stdout: s.files.stdout.w, Stderr: s.files.stderr.w,
	}
}

// Execute runs a cell. Its error is an *Error.
func (s *Session) Execute(ctx context.Context, c Cell) (Result, error) {
	s.run.Lock()
	defer s.run.Unlock()
	if page, ok, err := s.magic(c.Code); ok {
		return Result{Page: page}, err
	}
	src := newSource(c.Number, c.Code)
	job, failure := s.prepare(src, c.Code)
	if failure != nil {
		return Result{}, failure
	}
	values, cell, err := s.start(ctx, c, job)
	if err != nil {
		return Result{}, s.runFailure(err)
	}
	if job.silent {
		return Result{}, nil
	}
	return Result{Value: s.render(values, job.value, cell)}, nil
}

// Eval evaluates one expression and renders it.
func (s *Session) Eval(ctx context.Context, c Cell, expression string) (display.Bundle, error) {
	s.run.Lock()
	defer s.run.Unlock()
	src := newSource(c.Number, expression)
	src.name = "expression"
	job, failure := s.prepare(src, expression)
	if failure != nil {
		return display.Bundle{}, failure
	}
	values, cell, err := s.start(ctx, c, job)
	if err != nil {
		return display.Bundle{}, s.runFailure(err)
	}
	if b := s.render(values, job.value, cell); b != nil {
		return *b, nil
	}
	return display.Bundle{}, &Error{Name: "CompileError", Message: "the expression has no value"}
}

// A job is a cell that is ready to run.
type job struct {
	start  func(*engine.Run) ([]engine.Value, error)
	value  ast.Expr // trailing expression
	silent bool     // it is not to be shown
}

// prepare parses, checks and compiles a cell, and declares what it declares. A
// cell that fails here has changed nothing.
func (s *Session) prepare(src *source, code string) (*job, *Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	syntax, diags := s.sources.parse(src)
	if len(diags) > 0 {
		return nil, compileError(sortDiagnostics(diags))
	}
	ch := &checker{s.sources, s.scope, s.importer}
	checked, diags := ch.check(syntax)
	if len(diags) > 0 {
		return nil, compileError(diags)
	}
	for name, obj := range checked.objects {
		if old := s.scope.objects[name]; old != nil && sameSlot(obj, old) {
			s.engine.Reuse(obj, old)
		}
	}
	start, err := s.engine.Compile(checked.program)
	if err != nil {
		for _, obj := range checked.objects {
			s.engine.Forget(obj)
		}
		var u *engine.Unsupported
		if errors.As(err, &u) {
			at, offset := s.sources.at(u.Pos)
			if at == nil {
				at, offset = src, 0
			}
			return nil, compileError([]diagnostic{{at, offset, err.Error()}})
		}
		return nil, &Error{Name: "CompileError", Message: err.Error(), Traceback: []string{err.Error()}}
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
	return &job{start, syntax.value, syntax.silent}, nil
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

// start runs a job on a goroutine of its own, and leaves it there if it does not
// stop when it is interrupted.
func (s *Session) start(ctx context.Context, c Cell, j *job) ([]engine.Value, dsl.Cell, error) {
	runCtx, detach := runContext(ctx)
	cell := dsl.Cell{Context: runCtx, Sink: c.Output, Input: c.Output.Input, Shown: &dsl.Shown{}}
	run := &engine.Run{
		Context:  runCtx,
		Stdout:   streamWriter{s.files, c.Output, "stdout"},
		Stderr:   streamWriter{s.files, c.Output, "stderr"},
		Ask:      c.Output.Input,
		Option:   reflect.ValueOf(cell),
		Position: s.position,
	}
	type outcome struct {
		values []engine.Value
		err    error
	}
	done := make(chan outcome, 1)
	s.files.attach(c.Output)
	go func() {
		defer s.runs.Enter(run)()
		finished := false
		defer func() {
			if !finished { // runtime.Goexit
				done <- outcome{nil, errors.New("the cell ended its goroutine")}
			}
		}()
		values, err := j.start(run)
		finished = true
		done <- outcome{values, err}
	}()
	var out outcome
	select {
	case out = <-done:
	case <-ctx.Done():
		patience := grace
		if run.Told() {
			patience = callGrace
		}
		select {
		case out = <-done:
		case <-time.After(patience):
			// It waits in compiled code that knows no context. It stops at its
			// next step.
			out.err = engine.ErrInterrupted
		}
	}
	detach()
	s.files.drain()
	return out.values, cell, out.err
}

// render shows the values of a trailing expression, several one below the other.
func (s *Session) render(values []engine.Value, value ast.Expr, cell dsl.Cell) *display.Bundle {
	if len(values) == 0 || isPrint(value) {
		return nil
	}
	if _, call := ast.Unparen(value).(*ast.CallExpr); call && len(values) == 1 && isError(values[0].Type) && values[0].Value.IsNil() {
		return nil // it went well
	}
	if n := len(values); n > 1 && isError(values[n-1].Type) && values[n-1].Value.IsNil() {
		values = values[:n-1]
	}
	if len(values) == 1 {
		b := dsl.Render(s.engine.Exported(values[0]), cell)
		return &b
	}
	var lines []string
	for _, v := range values {
		b := dsl.Render(s.engine.Exported(v), cell)
		if text, ok := b.Data[display.MIMEText].(string); ok {
			lines = append(lines, text)
		}
	}
	b := display.Text(strings.Join(lines, ", "))
	return &b
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
