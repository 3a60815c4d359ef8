package session

import (
	"errors"
	"fmt"
	"go/types"
	"maps"
	"os"
	"reflect"
	"regexp"
	"strings"

	"setun/dsl/symbols"
	"setun/kernel/session/compile"
	"setun/kernel/session/engine"
)

// compileEngine is package compile behind the seam.
type compileEngine struct {
	config  engine.Config
	args    []string // os.Args of cells
	std     *compile.Std
	program *compile.Program
}

func newCompile(c engine.Config) (engine.Engine, error) {
	e := &compileEngine{config: c, args: []string{"cell"}}
	e.std = compile.NewStd(c.Fset, c.Importer, librarySource)
	// Compiled packages mention iter.Seq: they must mean the one that is compiled
	// from source here.
	iter, err := e.std.Import("iter")
	if err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	if im, ok := c.Importer.(*symbols.Importer); ok {
		im.Provide(iter)
	}
	perRun := e.perRun()
	maps.Copy(perRun, e.reading())
	maps.Copy(perRun, flags())
	maps.Copy(perRun, handlers())
	e.program, err = compile.New(compile.Config{
		Fset: c.Fset, Lookup: e.symbol, Source: e.std.Source, PerRun: perRun,
		ExtraArg: e.extraArg, ExtraDone: e.extraDone, Stderr: c.Stderr, Current: e.current, Reserve: c.Reserve,
		Box: e.standIn, Boxed: map[reflect.Type]bool{reflect.TypeFor[*os.File](): true},
	})
	if err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	return e, nil
}

func librarySource(path string) (map[string][]byte, error) {
	files := map[string][]byte{}
	for name, text := range symbols.Source(path) {
		files[name] = []byte(text)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("the source of package %s is not built into this kernel", path)
	}
	return files, nil
}

// symbol is the compiled symbol of a name, but the session's own os.Stdin,
// os.Stdout, os.Stderr and os.Args.
func (e *compileEngine) symbol(path, name string) (reflect.Value, bool) {
	if path == "os" {
		switch name {
		case "Args":
			return reflect.ValueOf(&e.args).Elem(), true
		case "Stdin":
			return reflect.ValueOf(&e.config.Stdin).Elem(), true
		case "Stdout":
			return reflect.ValueOf(&e.config.Stdout).Elem(), true
		case "Stderr":
			return reflect.ValueOf(&e.config.Stderr).Elem(), true
		}
	}
	return symbols.Lookup(path, name)
}

// extraArg gives the running cell to compiled functions whose variadic arguments
// it can be one of.
func (e *compileEngine) extraArg(_ *types.Func, elem reflect.Type) (value func(*compile.Run) reflect.Value, ok bool) {
	if elem.Kind() != reflect.Interface || elem.NumMethod() == 0 || !optionType.Implements(elem) {
		return nil, false
	}
	return func(r *compile.Run) reflect.Value {
		run := e.run(r)
		run.Tell()
		return run.Option
	}, true
}

func (e *compileEngine) extraDone(r *compile.Run) { e.run(r).Done() }

// run is the run that code belongs to: that of its goroutine, which compiled
// code may have started, else the one that it was called from.
func (e *compileEngine) run(r *compile.Run) *engine.Run {
	if run := e.config.Runs.Current(); run != nil {
		return run
	}
	if run, ok := r.Value.(*engine.Run); ok {
		return run
	}
	return e.config.Runs.Latest()
}

// current is the run of a goroutine that compiled code has started.
func (e *compileEngine) current() *compile.Run {
	if run := e.config.Runs.Current(); run != nil {
		r, _ := run.Private.(*compile.Run)
		return r
	}
	return nil
}

func (e *compileEngine) Importer() types.Importer { return e.std }

func (e *compileEngine) Hold() (release func()) { return e.program.Hold() }

func (e *compileEngine) Compile(p *engine.Program) (start func(*engine.Run) ([]engine.Value, error), err error) {
	cell := &compile.Cell{Info: p.Info, Body: p.Body, Vars: p.Vars, Values: p.Values}
	for _, f := range p.Funcs {
		cell.Funcs = append(cell.Funcs, compile.CellFunc(f))
	}
	inits, err := e.addPackages(p.Packages)
	if err != nil {
		return nil, err
	}
	run, err := e.program.Compile(cell)
	if err != nil {
		return nil, err
	}
	return func(r *engine.Run) ([]engine.Value, error) {
		cr := e.program.NewRun(r.Context)
		cr.Value, cr.Stderr = r, r.Stderr
		r.Private = cr
		cr.Fault = func(err error) { e.report(r, err) }
		for i, init := range inits {
			if err := init(cr); err != nil {
				return nil, e.failure(err)
			}
			p.Packages[i].Started()
		}
		results, err := run(cr)
		if err != nil {
			return nil, e.failure(err)
		}
		out := make([]engine.Value, len(results))
		for i, v := range results {
			out[i] = engine.Value(v)
		}
		return out, nil
	}, nil
}

// addPackages compiles packages from source, and returns what gives each its
// variables their values.
func (e *compileEngine) addPackages(list []*engine.Package) (inits []func(*compile.Run) error, err error) {
	for _, p := range list {
		added, err := e.program.Add(&compile.Source{Pkg: p.Types, Files: p.Files, Info: p.Info}, nil)
		if err != nil {
			return nil, err
		}
		inits = append(inits, func(r *compile.Run) error {
			for v, value := range p.Embedded {
				to := e.program.Var(v).Elem()
				to.Set(reflect.ValueOf(value).Convert(to.Type()))
			}
			return added.Init(r)
		})
	}
	return inits, nil
}

// failure is the seam's error for one of package compile.
func (e *compileEngine) failure(err error) error {
	var p *compile.PanicError
	var exit *compile.ExitError
	var stop *compile.StoppedError
	switch {
	case errors.As(err, &stop):
		return &engine.InterruptedError{Trace: frames(stop.Trace)}
	case errors.As(err, &exit):
		if exit.Code == 0 {
			return nil // the end of the cell, and no failure
		}
		return &engine.PanicError{Value: engine.ExitError{Code: exit.Code}, Trace: frames(exit.Trace)}
	case errors.As(err, &p):
		return &engine.PanicError{Value: e.staleAssertion(p.Value), Trace: frames(p.Trace)}
	}
	return err
}

// pathPrefix is what stands before the last element of an import path.
var pathPrefix = regexp.MustCompile(`[^\s(*\[]*/`)

// literalNumber is how package runtime numbers the function literals of a function.
var literalNumber = regexp.MustCompile(`\.func\d+(\.\d+)*$`)

// frames are calls under names that a person with cells knows.
func frames(calls []compile.Call) []engine.Frame {
	out := make([]engine.Frame, len(calls))
	for i, c := range calls {
		name := pathPrefix.ReplaceAllString(c.Func, "")
		name = strings.ReplaceAll(name, "main.", "")
		if literal := literalNumber.FindStringIndex(name); literal != nil {
			name = name[:literal[0]] + ".func"
		}
		out[i] = engine.Frame{Func: name, Pos: c.At}
	}
	return out
}

// report tells of a panic that ended a goroutine other than the cell's.
func (e *compileEngine) report(r *engine.Run, err error) {
	switch err := e.failure(err).(type) {
	case *engine.PanicError:
		r.Fault(err)
	case nil: // os.Exit(0) ends the cell, wherever it is called
		r.Fail(&engine.PanicError{Value: engine.ExitError{}})
	}
}

func (e *compileEngine) Reuse(object, old types.Object) { e.program.Reuse(object, old) }

func (e *compileEngine) Keep(object, of types.Object) { e.program.Keep(object, of) }

func (e *compileEngine) Forget(object types.Object) { e.program.Forget(object) }

func (e *compileEngine) Get(v types.Object) (reflect.Value, bool) { return e.program.Get(v) }

func (e *compileEngine) Exported(v engine.Value) any { return v.Value.Interface() }
