package engine

import (
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"reflect"
)

// An Engine is the memory of a session and runs its checked cells. Start, which
// Compile returns, is called by one goroutine at a time; goroutines of earlier
// cells may go on beside it.
type Engine interface {
	// Importer is where the packages come from that programs for this engine are
	// checked against: Config.Importer, or one around it.
	Importer() types.Importer
	// Hold keeps the engine from reading types until release is called, and nothing
	// else of it may be called meanwhile. A check completes and extends types of
	// earlier cells, whose goroutines may just then call a function for the first
	// time, which compiles it.
	Hold() (release func())
	// Compile makes a program ready; nothing has changed if it fails. An error
	// about a place in the cell is an [*Unsupported].
	Compile(p *Program) (start func(*Run) ([]Value, error), err error)
	// Reuse lets an object stand for what an earlier one of the same name and
	// type stands for, so that what refers to it sees the new one. It is called
	// before Compile of the program that declares the object.
	Reuse(object, old types.Object)
	// Keep lets an object stand for what one of a compiled program stands for. It
	// does not refer to that program, and is what later programs mention instead.
	Keep(object, of types.Object)
	// Forget drops an object that no later program mentions. What has been compiled
	// goes on with what it stood for.
	Forget(object types.Object)
	// Get reads a variable that a program has declared.
	Get(v types.Object) (reflect.Value, bool)
	// Exported is a value as compiled code is to see it.
	Exported(v Value) any
}

// Config is what an engine is made with.
type Config struct {
	Fset     *token.FileSet // of the cells
	Importer types.Importer // the packages that there are
	Runs     *Runs          // the session's runs, by goroutine
	// Reserve is asked before a program allocates n bytes at once, where that is
	// much; its error is what the program panics with.
	Reserve func(n uintptr) error
	// Stdout and Stderr stand for os.Stdout and os.Stderr in cells. What arrives
	// there reaches the running cell in order with what is written to the streams
	// of its run. Stdin stands for os.Stdin, and is empty: an engine reads from the
	// run instead.
	Stdin, Stdout, Stderr *os.File
}

// A Program is one checked cell.
type Program struct {
	// Packages are those from source that the cell imports and no earlier one has,
	// before those that import them.
	Packages []*Package
	Package  *types.Package // that the cell was checked as
	Info     *types.Info
	Funcs    []Func         // functions and methods that it declares
	Body     *ast.BlockStmt // its statements
	Vars     []*types.Var   // the variables of Body that outlive it
	// Values are the trailing expression, or several, each of one value, that a
	// comma stands between; none if there is none. They are not part of Body.
	Values []ast.Expr
}

// A Package is one from source.
type Package struct {
	Types *types.Package
	Files []*ast.File
	Info  *types.Info
	// Embedded are the values of variables with a go:embed directive.
	Embedded map[*types.Var]any
	// Started is called when the package's variables have their values.
	Started func()
}

// A Func is one function or method that a cell declares. A method on a type of
// an earlier cell has been checked as a function of another name, the receiver
// being its first parameter; Object is what others know it by.
type Func struct {
	Object *types.Func
	Decl   *ast.FuncDecl
}

// A Value is a result, with its static type.
type Value struct {
	Type  types.Type
	Value reflect.Value
}
