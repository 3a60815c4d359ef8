package compile

import (
	"context"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"io"
	"os"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"
)

// Config is what a program is compiled against.
type Config struct {
	// Fset holds the positions of all files.
	Fset *token.FileSet
	// Symbols are the compiled packages, keyed as in yaegi's stdlib.Symbols:
	// "import/path/name" to the name's value, types as (*T)(nil), variables as
	// addressable values.
	Symbols map[string]map[string]reflect.Value
	// Lookup, if set, finds the same values one by one, and Symbols is not used.
	Lookup func(path, name string) (reflect.Value, bool)
	// Source gives the checked files of a package that is to be compiled from
	// source; nil for one whose symbols are all there is.
	Source func(pkg *types.Package) *Source
	// Method, if set, runs the methods of the types that the program builds, for an
	// engine that takes nothing but types from here: it makes a function of type ft,
	// the receiver being its first parameter.
	Method func(sel *types.Selection, ft reflect.Type) reflect.Value
	// PerRun are functions, by their full name ("fmt.Println"), that depend on
	// the run: what a call enters is asked for at the call. What stands for a
	// method, "(*os.File).Write", has the receiver as its first parameter.
	PerRun map[string]func(*Run) reflect.Value
	// ExtraArg, if set, is asked for every compiled variadic function that is
	// called by name, with the type of its variadic elements: if ok, value's
	// result is appended to the arguments of each call.
	ExtraArg func(fn *types.Func, elem reflect.Type) (value func(*Run) reflect.Value, ok bool)
	// ExtraDone, if set, is called after each call that ExtraArg's value went into.
	ExtraDone func(*Run)
	// Box, if set, is what a value of one of Boxed becomes where it is converted to
	// an interface that has methods.
	Box   func(any) any
	Boxed map[reflect.Type]bool
	// Stderr takes what print and println write in runs that say nothing else;
	// os.Stderr if nil.
	Stderr io.Writer
	// Current, if set, is the run of a goroutine that compiled code has started;
	// nil for one that belongs to none.
	Current func() *Run
	// Reserve, if set, is asked before interpreted code allocates n bytes at once,
	// where that is 1 MiB or more; it panics with its error.
	Reserve func(n uintptr) error
}

// Source is a type-checked package.
type Source struct {
	Pkg   *types.Package
	Files []*ast.File
	Info  *types.Info
	later *unchecked // bodies of functions that Info does not have yet; nil for none
}

// A Program is a growing set of packages that call each other. Its methods may
// be called from several goroutines.
type Program struct {
	cfg   Config
	sizes types.Sizes
	tctx  *types.Context

	mu      sync.Mutex // everything below, and compilation
	ssa     *ssa.Program
	rtypes  *typeutil.Map // types.Type to *rtype
	typeOf  map[*rtype]types.Type
	todo    []*methodTable
	serial  int
	ids     codeIDs
	funcs   map[*ssa.Function]*Func
	globals map[*ssa.Global]unsafe.Pointer
	vars    map[types.Object]unsafe.Pointer
	byObj   map[*types.Func]*Func
	nowhere *types.Package        // of functions whose cell is forgotten
	home    *ssa.Package          // of the objects that outlive their cells
	kept    map[types.Object]bool // those objects
	pinned  map[types.Object]bool // what code may still mention that is compiled later
	tables  map[*rtype]*methodTable
	epoch   atomic.Int64 // grows when types get methods
	methods sync.Map     // methodKey to *target
	learned map[string]*rtype
	natives map[*types.Func]*Func
	thunks  map[string]*Func

	goroutines goroutines
	counters   counters

	current atomic.Pointer[Run]
	idle    *Run // for callbacks while nothing runs
}

// New makes an empty program.
func New(cfg Config) (*Program, error) {
	if err := checkABI(); err != nil {
		return nil, err
	}
	if cfg.Stderr == nil {
		cfg.Stderr = os.Stderr
	}
	p := &Program{
		cfg: cfg, sizes: types.SizesFor("gc", runtime.GOARCH), tctx: types.NewContext(),
		ssa:     ssa.NewProgram(cfg.Fset, ssa.InstantiateGenerics),
		rtypes:  new(typeutil.Map),
		typeOf:  map[*rtype]types.Type{},
		funcs:   map[*ssa.Function]*Func{},
		byObj:   map[*types.Func]*Func{},
		nowhere: types.NewPackage("main", "main"),
		kept:    map[types.Object]bool{},
		pinned:  map[types.Object]bool{},
		tables:  map[*rtype]*methodTable{},
		globals: map[*ssa.Global]unsafe.Pointer{},
		vars:    map[types.Object]unsafe.Pointer{},
		learned: map[string]*rtype{},
		natives: map[*types.Func]*Func{},
		thunks:  map[string]*Func{},
	}
	p.remember(types.Universe.Lookup("error").Type(), rtypeFor[error]())
	p.remember(types.NewInterfaceType(nil, nil), rtypeFor[any]())
	p.idle = p.NewRun(context.Background())
	p.current.Store(nil)
	return p, nil
}

// checkABI makes a type and looks at it with package reflect, so that a
// toolchain whose type descriptors changed is found before anything breaks.
var checkABI = sync.OnceValue(func() (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("compile: this toolchain (%s) lays out types in an unknown way: %v", runtime.Version(), r)
		}
	}()
	type probe struct {
		_ int8
		_ string
	}
	r := rtypeFor[probe]()
	if got := r.reflect(); got.Size() != unsafe.Sizeof(probe{}) || r.size != unsafe.Sizeof(probe{}) || r.kind != uint8(reflect.Struct) || (*structType)(unsafe.Pointer(r)).fields[1].offset != 8 {
		return fmt.Errorf("compile: this toolchain (%s) lays out types in an unknown way", runtime.Version())
	}
	return nil
})

// Hold keeps functions from being compiled, which they are when they are first
// called, until release is called: the caller changes types that they mention.
// Other methods of p wait as well.
func (p *Program) Hold() (release func()) {
	p.mu.Lock()
	return p.mu.Unlock
}

// A Package is compiled code that can be run.
type Package struct {
	p   *Program
	ssa *ssa.Package
}

// Add compiles a checked package. Variables that share gives an address for
// live there, others in memory of their own; nothing runs yet.
func (p *Program) Add(src *Source, share map[types.Object]unsafe.Pointer) (pkg *Package, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("compile: internal error: %v", r)
			if debug {
				panic(r)
			}
		}
	}()
	for obj, at := range share {
		p.vars[obj] = at
	}
	p.createUsed(src.Info, src.Pkg)
	sp := p.ssa.CreatePackage(src.Pkg, src.Files, src.Info, true)
	buildPackage(sp)
	return &Package{p, sp}, nil
}

var debug = os.Getenv("SETUN_COMPILE_DEBUG") != ""

// createUsed makes the packages whose objects info mentions known to the SSA
// program: from source where there is source, else by their export data.
func (p *Program) createUsed(info *types.Info, self *types.Package) {
	if self != nil {
		for _, imp := range self.Imports() {
			p.create(imp)
		}
	}
	for _, obj := range info.Uses {
		if pkg := obj.Pkg(); pkg != nil && pkg != self && pkgName(pkg) != "main" {
			p.create(pkg)
			p.want(obj)
		}
	}
}

// want makes the body of obj known, if it is a function whose package checks
// bodies when they are wanted, and those of all that it calls.
func (p *Program) want(obj types.Object) {
	fn, ok := obj.(*types.Func)
	if !ok || !wholeSource[fn.Pkg().Path()] || p.cfg.Source == nil {
		return
	}
	src := p.cfg.Source(fn.Pkg())
	if src == nil {
		return
	}
	used, err := src.Want(fn)
	if err != nil {
		panic(err)
	}
	for _, obj := range used {
		p.want(obj)
	}
}

func (p *Program) create(pkg *types.Package) *ssa.Package {
	if sp := p.ssa.Package(pkg); sp != nil {
		return sp
	}
	if p.cfg.Source != nil && pkg.Path() != "unsafe" {
		if src := p.cfg.Source(pkg); src != nil {
			p.createUsed(src.Info, src.Pkg)
			for _, fn := range src.later.plain() {
				p.want(fn)
			}
			sp := p.ssa.CreatePackage(pkg, src.Files, src.Info, true)
			buildPackage(sp)
			return sp
		}
	}
	return p.ssa.CreatePackage(pkg, nil, nil, true)
}

// Init runs the package's initialisers: variables in order of dependence, then
// its init functions.
func (pkg *Package) Init(r *Run) error {
	return pkg.Call(r, "init")
}

// Call runs the function name, which has neither parameters nor results.
func (pkg *Package) Call(r *Run, name string) error {
	fn := pkg.ssa.Func(name)
	if fn == nil {
		return fmt.Errorf("compile: package %s has no function %s", pkg.ssa.Pkg.Path(), name)
	}
	p := pkg.p
	p.mu.Lock()
	f := p.shared(fn)
	p.mu.Unlock()
	return r.start(f)
}

// Func is the function name as a Go function value.
func (pkg *Package) Func(name string) (reflect.Value, error) {
	fn := pkg.ssa.Func(name)
	if fn == nil {
		return reflect.Value{}, fmt.Errorf("compile: package %s has no function %s", pkg.ssa.Pkg.Path(), name)
	}
	p := pkg.p
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.flush()
	f := p.shared(fn)
	f.prepare()
	c := unsafe.Pointer(f.value())
	return reflect.NewAt(f.ftype, unsafe.Pointer(&c)).Elem(), nil
}

// Var is the address of a package-level variable.
func (p *Program) Var(obj *types.Var) reflect.Value {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.flush()
	return reflect.NewAt(p.rt(obj.Type()).reflect(), p.varAddr(obj))
}

// Type is the runtime type of t.
func (p *Program) Type(t types.Type) reflect.Type {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.flush()
	return p.rt(t).reflect()
}

// Learn notes that the compiled type of something of type t is r: types within it
// may have no other way to be found, having no exported name.
func (p *Program) Learn(t types.Type, r reflect.Type) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.learn(t, r)
}

// varAddr is where a package-level variable lives.
func (p *Program) varAddr(obj *types.Var) unsafe.Pointer {
	if at, ok := p.vars[obj]; ok {
		return at
	}
	if v, ok := p.symbol(obj); ok {
		p.learn(obj.Type(), v.Type())
		at := v.Addr().UnsafePointer()
		p.vars[obj] = at
		return at
	}
	at := p.zeroed(p.rt(obj.Type()))
	p.vars[obj] = at
	return at
}

func (p *Program) globalAddr(g *ssa.Global) unsafe.Pointer {
	if at, ok := p.globals[g]; ok {
		return at
	}
	var at unsafe.Pointer
	if obj, ok := g.Object().(*types.Var); ok {
		at = p.varAddr(obj)
	} else {
		at = p.zeroed(p.rt(g.Type().Underlying().(*types.Pointer).Elem()))
	}
	p.globals[g] = at
	return at
}

// A Run is one execution that can be stopped: a cell with the goroutines it
// started.
type Run struct {
	p     *Program
	ctx   context.Context
	limit atomic.Int32 // of call depth; negative once stopped
	done  chan struct{}
	stop  atomic.Bool
	once  sync.Once

	finished atomic.Bool // its own goroutine is done
	threads  sync.Pool   // for callbacks
	// Value is for the embedder: what natives that know about runs look at.
	Value any
	// Box, if set, is what a value of one of Boxed becomes where it is converted to
	// an interface that has methods.
	Box   func(any) any
	Boxed map[reflect.Type]bool
	// Stderr takes what print and println write; nil means Config.Stderr.
	Stderr io.Writer
	// Fault is told of panics that ended a goroutine; nil means to print them.
	Fault func(error)
}

// NewRun makes a run that ends when ctx does.
func (p *Program) NewRun(ctx context.Context) *Run {
	r := &Run{p: p, ctx: ctx, done: make(chan struct{})}
	r.limit.Store(shallow)
	if ctx.Done() != nil {
		context.AfterFunc(ctx, r.Stop)
	}
	p.current.Store(r)
	return r
}

// Context is the context of the run.
func (r *Run) Context() context.Context { return r.ctx }

// Stop ends what the run does at its next loop, call or wait.
func (r *Run) Stop() {
	r.once.Do(func() {
		// First why, and then what makes calls look: one that saw the limit alone
		// would take the stop for a stack overflow.
		r.stop.Store(true)
		r.limit.Store(-1 << 30)
		close(r.done)
	})
}
