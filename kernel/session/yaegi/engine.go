package yaegi

import (
	"errors"
	"fmt"
	"go/ast"
	"go/types"
	"io"
	"reflect"
	"sync"

	yaegi "github.com/traefik/yaegi/interp"

	"setun/dsl/symbols"
	"setun/kernel/session/compile"
	"setun/kernel/session/engine"
)

// An Engine is the memory of a session whose cells run on yaegi.
type Engine struct {
	config engine.Config
	std    *compile.Std
	types  *compile.Program // builds the types of cells
	names  *names

	mu     sync.Mutex // guards what follows, and yaegi while it compiles
	interp *yaegi.Interpreter
	vars   map[types.Object]reflect.Value // pointers to the variables of cells
	slots  map[*types.Func]*slot          // functions of cells, and of packages that are there as source
	source map[*types.Func]*source        // where functions come from that are written out when they are wanted
	copies map[*source][]*slot            // generic functions, by type arguments
	states sync.Map                       // *engine.Run to *state
	named  sync.Map                       // reflect.Type to types.Type, of what has entered an interface
	serial int
}

var _ engine.Engine = (*Engine)(nil)

// New makes an engine without variables.
func New(c engine.Config) (engine.Engine, error) {
	e := &Engine{
		config: c,
		interp: yaegi.New(yaegi.Options{Stdout: io.Discard, Stderr: io.Discard}),
		vars:   map[types.Object]reflect.Value{},
		slots:  map[*types.Func]*slot{},
		source: map[*types.Func]*source{},
		copies: map[*source][]*slot{},
	}
	e.std = compile.NewStd(c.Fset, c.Importer, func(path string) (map[string][]byte, error) {
		files := map[string][]byte{}
		for name, text := range symbols.Source(path) {
			files[name] = []byte(text)
		}
		if len(files) == 0 {
			return nil, fmt.Errorf("the source of package %s is not built into this kernel", path)
		}
		return files, nil
	})
	// Compiled packages mention iter.Seq: they must mean the one that cells do.
	iter, err := e.std.Import("iter")
	if err != nil {
		return nil, err
	}
	if im, ok := c.Importer.(interface{ Provide(*types.Package) }); ok {
		im.Provide(iter)
	}
	e.types, err = compile.New(compile.Config{Fset: c.Fset, Lookup: symbols.Lookup, Source: e.std.Source, Method: e.method})
	if err != nil {
		return nil, err
	}
	e.names = newNames(e)
	if err := e.names.publish(e.interp); err != nil {
		return nil, err
	}
	if _, err := e.interp.Eval(`import "setun/t"`); err != nil {
		return nil, fmt.Errorf("start yaegi: %w", err)
	}
	return e, nil
}

// Importer implements engine.Engine: generic functions of the standard library
// are there as source.
func (e *Engine) Importer() types.Importer { return e.std }

// Hold implements engine.Engine.
func (e *Engine) Hold() (release func()) {
	e.mu.Lock()
	return e.mu.Unlock
}

// Reuse implements engine.Engine.
func (e *Engine) Reuse(object, old types.Object) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if v, ok := e.vars[old]; ok {
		e.vars[object] = v
	}
	if f, ok := old.(*types.Func); ok {
		if s := e.slots[f]; s != nil {
			e.slots[object.(*types.Func)] = s
		}
	}
}

// Keep implements engine.Engine.
func (e *Engine) Keep(object, of types.Object) { e.Reuse(object, of) }

// Forget implements engine.Engine. Functions are translated when they are first
// called, and may mention any object until then: all stay.
func (e *Engine) Forget(types.Object) {}

// Get implements engine.Engine.
func (e *Engine) Get(v types.Object) (reflect.Value, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	p, ok := e.vars[v]
	if !ok {
		return reflect.Value{}, false
	}
	return p.Elem(), true
}

// Exported implements engine.Engine. All values are what compiled code has.
func (e *Engine) Exported(v engine.Value) any {
	if !v.Value.IsValid() {
		return nil
	}
	return v.Value.Interface()
}

// Compile implements engine.Engine.
func (e *Engine) Compile(p *engine.Program) (start func(*engine.Run) ([]engine.Value, error), err error) {
	if len(p.Packages) > 0 {
		return nil, &engine.Unsupported{What: fmt.Sprintf("package %s from source on yaegi; %%engine default can", p.Packages[0].Types.Name())}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	undo := e.mark()
	defer func() {
		if err != nil {
			undo()
		}
	}()
	c := &cell{e: e}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *engine.Unsupported:
			start, err = nil, r
		default:
			start, err = nil, &engine.Unsupported{What: fmt.Sprintf("this cell on yaegi (a fault of the translation: %v); %%engine default can", r)}
		}
	}()
	for _, v := range p.Vars {
		if _, ok := e.vars[v]; !ok {
			e.vars[v] = reflect.New(e.rt(v.Type()))
		}
	}
	for _, f := range p.Funcs {
		e.source[f.Object] = &source{decl: f.Decl, info: p.Info}
		if !generic(f.Object) {
			e.declared(f.Object)
		}
	}
	for _, f := range p.Funcs {
		if !generic(f.Object) {
			c.function(e.slots[f.Object], &source{decl: f.Decl, info: p.Info}, nil)
		}
	}
	main, results := c.body(p)
	c.finish()
	if err := c.eval(); err != nil {
		return nil, err
	}
	return func(run *engine.Run) ([]engine.Value, error) {
		e.mu.Lock()
		c.install()
		e.mu.Unlock()
		for _, f := range p.Funcs {
			e.types.Added(f.Object)
		}
		return e.start(run, main, results)
	}, nil
}

// mark notes what a program that fails to compile must leave as it was.
func (e *Engine) mark() (undo func()) {
	vars, slots, source, copies := clone(e.vars), clone(e.slots), clone(e.source), clone(e.copies)
	return func() { e.vars, e.slots, e.source, e.copies = vars, slots, source, copies }
}

func clone[K comparable, V any](m map[K]V) map[K]V {
	out := make(map[K]V, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

// A source is a function that is written out when it is wanted.
type source struct {
	decl *ast.FuncDecl
	info *types.Info
}

// A slot is where callers find a function, whatever cell has declared it last.
type slot struct {
	title string
	sig   *types.Signature // with what stands for type parameters
	recv  types.Type       // nil for functions
	args  []types.Type     // type arguments
	body  *body
}

// A body is a function that yaegi knows.
type body struct {
	name     string // for yaegi
	title    string // for people
	deferred bool   // it has defer statements: its results are in memory
	fn       reflect.Value
}

// declared is the slot of a function or method that is not generic.
func (e *Engine) declared(f *types.Func) *slot {
	if s := e.slots[f]; s != nil {
		return s
	}
	s := &slot{title: funcTitle(f), sig: f.Signature()}
	if recv := f.Signature().Recv(); recv != nil {
		s.recv = recv.Type()
	}
	e.slots[f] = s
	return s
}

func funcTitle(f *types.Func) string {
	if recv := f.Signature().Recv(); recv != nil {
		return types.TypeString(recv.Type(), func(*types.Package) string { return "" }) + "." + f.Name()
	}
	return f.Name()
}

func generic(f *types.Func) bool {
	sig := f.Signature()
	return sig.TypeParams().Len() > 0 || sig.RecvTypeParams().Len() > 0
}

// start runs a cell on the calling goroutine.
func (e *Engine) start(run *engine.Run, main *body, results []result) (out []engine.Value, err error) {
	defer e.config.Runs.Enter(run)()
	st := e.state(run)
	ended := false
	defer func() {
		p := recover()
		if p == nil && !ended {
			return // runtime.Goexit
		}
		if p != nil {
			out, err = nil, st.failure(p)
		}
		var exit *engine.PanicError
		if errors.As(err, &exit) && exit.Value == (engine.ExitError{}) {
			err = nil // the end of the cell, and no failure
		}
	}()
	defer st.own()()
	values := make([]reflect.Value, len(results))
	for i, r := range results {
		values[i] = reflect.New(e.rt(r.typ))
		st.results = append(st.results, values[i])
	}
	st.valued = false
	e.enter(&Frame{state: st}, main, nil)
	ended = true
	if !st.valued {
		return nil, nil
	}
	for i, r := range results {
		out = append(out, engine.Value{Type: r.typ, Value: values[i].Elem()})
	}
	return out, nil
}
