package compile

import (
	"go/types"
	"reflect"
	"slices"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// A unit is the SSA of one cell that nothing outside it refers to: its functions
// and what they mention. It lives as long as one of them waits for its first
// call. Functions of a nil unit are the program's, and live as long as that does:
// those of packages, and of cells that declare types or generics, whose methods
// and instances later cells may ask for.
type unit struct {
	pkgs    []*ssa.Package
	funcs   map[*ssa.Function]*Func
	globals map[*ssa.Global]unsafe.Pointer
}

func newUnit() *unit {
	return &unit{funcs: map[*ssa.Function]*Func{}, globals: map[*ssa.Global]unsafe.Pointer{}}
}

// function is the Func of an SSA function that code of u mentions.
func (p *Program) function(u *unit, fn *ssa.Function) *Func {
	if u == nil {
		return p.shared(fn)
	}
	if f, ok := u.funcs[fn]; ok {
		return f
	}
	if !u.own(fn) {
		return p.shared(fn)
	}
	f := newFunc(p, fn)
	f.unit = u
	u.funcs[fn] = f
	return f
}

// own tells whether only code of u can mention fn: a function of its packages,
// or a wrapper, which is made anew wherever it is wanted.
func (u *unit) own(fn *ssa.Function) bool {
	if fn.Blocks == nil {
		return false
	}
	root := fn
	for root.Parent() != nil {
		root = root.Parent()
	}
	if root.Pkg == nil {
		return root.Origin() == nil
	}
	return slices.Contains(u.pkgs, root.Pkg)
}

// global is where a variable is that code of u mentions.
func (p *Program) global(u *unit, g *ssa.Global) unsafe.Pointer {
	if u != nil {
		if at, ok := u.globals[g]; ok {
			return at
		}
	}
	return p.globalAddr(g)
}

// resolve looks up what the functions of u mention and later cells may replace:
// when they are called, the names may stand for something else.
func (p *Program) resolve(u *unit) {
	var visit func(fn *ssa.Function)
	visit = func(fn *ssa.Function) {
		var operands []*ssa.Value
		for _, b := range fn.Blocks {
			for _, in := range b.Instrs {
				operands = in.Operands(operands[:0])
				for _, o := range operands {
					switch v := (*o).(type) {
					case *ssa.Global:
						if obj, ok := v.Object().(*types.Var); ok && (slices.Contains(u.pkgs, v.Pkg) || v.Pkg == p.home) {
							u.globals[v] = p.varAddr(obj)
						}
					case *ssa.Function:
						if v.Pkg != nil && v.Pkg == p.home {
							u.funcs[v] = p.shared(v)
						}
					}
				}
			}
		}
		for _, anon := range fn.AnonFuncs {
			visit(anon)
		}
	}
	for _, pkg := range u.pkgs {
		for _, m := range objectsOf(pkg) {
			if fn, ok := m.(*ssa.Function); ok {
				visit(fn)
			}
		}
	}
}

// Variables and functions that outlive their cell are known to later ones by
// objects of one package, home, with no cell behind them ([Program.Reuse]).
// members makes those that info mentions known to the SSA builder.
func (p *Program) members(info *types.Info) {
	var tmp *types.Package
	for _, obj := range info.Uses {
		if obj == nil || obj.Pkg() == nil || !p.kept[obj] {
			continue
		}
		if p.home == nil {
			p.home = p.ssa.CreatePackage(obj.Pkg(), nil, nil, false)
		}
		if objectsOf(p.home)[obj] != nil {
			continue
		}
		if tmp == nil {
			tmp = types.NewPackage("main", "main")
		}
		tmp.Scope().Insert(obj)
	}
	if tmp == nil {
		return
	}
	made := p.ssa.CreatePackage(tmp, nil, nil, false)
	for obj, m := range objectsOf(made) {
		switch m := m.(type) {
		case *ssa.Global:
			m.Pkg = p.home
		case *ssa.Function:
			m.Pkg = p.home
		}
		objectsOf(p.home)[obj] = m
	}
	delete(packagesOf(p.ssa), tmp)
}

// Forget drops what obj stands for: no later cell can name it. What was compiled
// goes on with it.
func (p *Program) Forget(obj types.Object) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pinned[obj] {
		return
	}
	if p.home != nil {
		objects := objectsOf(p.home)
		switch m := objects[obj].(type) {
		case *ssa.Global:
			delete(p.globals, m)
		case *ssa.Function:
			delete(p.funcs, m)
		}
		delete(objects, obj)
	}
	delete(p.kept, obj)
	delete(p.vars, obj)
	if f, ok := obj.(*types.Func); ok {
		delete(p.byObj, f)
	}
}

// buildPackage makes the SSA of a package's functions. Generic ones it leaves alone: their
// instances are made from the syntax, whenever one is wanted.
func buildPackage(pkg *ssa.Package) {
	f := reflect.ValueOf(pkg).Elem().FieldByName("created")
	created := (*[]*ssa.Function)(unsafe.Pointer(f.UnsafeAddr()))
	*created = slices.DeleteFunc(*created, func(fn *ssa.Function) bool {
		return fn.TypeParams().Len() > 0 || fn.Signature.RecvTypeParams().Len() > 0
	})
	pkg.Build()
}

// packagesOf is the SSA builder's table of packages.
func packagesOf(p *ssa.Program) map[*types.Package]*ssa.Package {
	f := reflect.ValueOf(p).Elem().FieldByName("packages")
	return *(*map[*types.Package]*ssa.Package)(unsafe.Pointer(f.UnsafeAddr()))
}
