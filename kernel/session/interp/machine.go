package interp

import (
	"bufio"
	"context"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"io"
	"reflect"
	"sync"
	"sync/atomic"

	"golang.org/x/tools/go/types/typeutil"
)

// A Machine is the memory of a session: its variables, functions, methods and
// types. Run is called by one goroutine at a time; interpreted goroutines of
// earlier runs may go on beside it.
type Machine struct {
	vars    map[types.Object]*variable
	funcs   map[types.Object]*funcSlot // functions and methods
	generic map[*types.Func]*source    // generic functions and methods, and methods of generic types
	copies  map[*source][]instance     // their instances

	importer  types.Importer
	libraries map[string]map[string]*source // generic functions of the standard library, by package and name

	layoutMu  sync.Mutex   // guards the layouts: values enter interfaces on any goroutine
	layouts   typeutil.Map // types.Type to reflect.Type
	learned   typeutil.Map // the same, learned from values
	underWay  map[*types.Named]bool
	typeCount int
	names     sync.Map // reflect.Type of a declared struct to its types.Type

	methodMu sync.Mutex
	methods  typeutil.Map // types.Type to map[string]methodFunc

	runs    sync.Map // goroutine labels to *Run
	order   []ptr    // the same labels, oldest first
	last    atomic.Pointer[Run]
	natives natives
}

// A variable is a package-level variable of the session.
type variable struct {
	p  ptr
	rt reflect.Type
}

// source is a function that is compiled when its type arguments are known.
type source struct {
	decl *ast.FuncDecl
	info *types.Info
}

// NewMachine returns an empty machine.
func NewMachine() *Machine {
	m := &Machine{
		vars:      map[types.Object]*variable{},
		funcs:     map[types.Object]*funcSlot{},
		generic:   map[*types.Func]*source{},
		copies:    map[*source][]instance{},
		libraries: map[string]map[string]*source{},
		underWay:  map[*types.Named]bool{},
	}
	m.natives = newNatives(m)
	return m
}

// A Program is one checked cell.
type Program struct {
	Info  *types.Info
	Funcs []Func         // functions and methods that it declares
	Body  *ast.BlockStmt // its statements
	Vars  []*types.Var   // the variables of Body that outlive it
	Value ast.Expr       // trailing expression, nil if none; not part of Body
}

// Func is one function or method that a cell declares.
type Func struct {
	Object *types.Func
	Decl   *ast.FuncDecl
	Info   *types.Info
}

// Run is one execution of a program.
type Run struct {
	// Context ends to interrupt the run and the goroutines that it has started.
	Context        context.Context
	Stdout, Stderr io.Writer
	Input          func(prompt string, password bool) (string, error)
	// Option is appended to the arguments of compiled variadic functions whose
	// element type it implements.
	Option reflect.Value
	// Position renders a position for traces and reports of goroutines.
	Position func(token.Pos) string
	// Tell is called before a call that is given Option, and what it returns
	// afterwards.
	Tell func() (done func())

	stopped atomic.Bool
	mu      sync.Mutex
	trace   []Frame
	input   *bufio.Reader
	pending atomic.Pointer[frame]
	owned   sync.Map // ids of the goroutines whose panics the run recovers from
}

// Frame is one line of a trace.
type Frame struct {
	Func string
	Pos  token.Pos
}

// Value is a result, with its static type.
type Value struct {
	Type  types.Type
	Value reflect.Value
}

// Reuse makes object stand for the same variable or function as old, which has
// the same name and type.
func (m *Machine) Reuse(object, old types.Object) {
	if v := m.vars[old]; v != nil {
		m.vars[object] = v
	}
	if f := m.funcs[old]; f != nil {
		m.funcs[object] = f
	}
}

// Get returns the value of a variable of the session.
func (m *Machine) Get(v types.Object) (reflect.Value, bool) {
	g := m.vars[v]
	if g == nil {
		return reflect.Value{}, false
	}
	return reflect.NewAt(g.rt, g.p).Elem(), true
}

// Compile makes p ready to run. Nothing of the session has changed if it fails;
// the error is an *Unsupported then. The functions and variables of the program
// exist from the moment that start, the returned function, is called.
func (m *Machine) Compile(p *Program) (start func(*Run) ([]Value, error), err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case unsupported:
			start, err = nil, &Unsupported{Pos: r.pos, What: r.msg}
		default:
			// A fault of the compiler ends the cell, not the session.
			start, err = nil, &Unsupported{What: fmt.Sprintf("this cell (a fault of the interpreter: %v)", r)}
		}
	}()
	oldGeneric := map[*types.Func]*source{}
	newSlots := map[types.Object]*funcSlot{}
	for _, f := range p.Funcs {
		if isGeneric(f.Object) {
			oldGeneric[f.Object] = m.generic[f.Object]
			m.generic[f.Object] = &source{f.Decl, f.Info}
			continue
		}
		if m.funcs[f.Object] == nil {
			s := &funcSlot{name: funcName(f.Object)}
			m.funcs[f.Object], newSlots[f.Object] = s, s
		}
	}
	newVars := map[types.Object]*variable{}
	for _, v := range p.Vars {
		if m.vars[v] == nil {
			rt := m.typeOf(v.Type())
			g := &variable{p: reflect.New(rt).UnsafePointer(), rt: rt}
			m.vars[v], newVars[v] = g, g
		}
	}
	defer func() {
		if err != nil {
			for o := range newSlots {
				delete(m.funcs, o)
			}
			for o := range newVars {
				delete(m.vars, o)
			}
			for o, s := range oldGeneric {
				if s == nil {
					delete(m.generic, o)
				} else {
					m.generic[o] = s
				}
			}
		}
	}()
	compiled := map[*funcSlot]*function{}
	for _, f := range p.Funcs {
		if !isGeneric(f.Object) {
			compiled[m.funcs[f.Object]] = m.compileDecl(f.Decl, f.Object, f.Info, nil)
		}
	}
	main, values := m.compileCell(p)
	return func(run *Run) ([]Value, error) {
		for s, fn := range compiled {
			s.fn = fn
		}
		return m.start(run, main, values)
	}, nil
}

func isGeneric(f *types.Func) bool {
	sig := f.Signature()
	return sig.TypeParams().Len() > 0 || sig.RecvTypeParams().Len() > 0
}

func funcName(f *types.Func) string {
	if recv := f.Signature().Recv(); recv != nil {
		return types.TypeString(recv.Type(), func(*types.Package) string { return "" }) + "." + f.Name()
	}
	return f.Name()
}

// unsupported is the panic of the compiler where it cannot go on.
type unsupported struct {
	pos token.Pos
	msg string
}

// Unsupported is the error for Go that this interpreter cannot run.
type Unsupported struct {
	Pos  token.Pos
	What string
}

func (e *Unsupported) Error() string { return fmt.Sprintf("cells cannot run %s", e.What) }
