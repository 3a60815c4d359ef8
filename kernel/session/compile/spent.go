package compile

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// unit is the cell's SSA as a unit; nil if the cell declares types or generics.
// Those are compiled whenever they are wanted, and what they mention must stay.
func (b *cellBuilder) unit() *unit {
	p := b.p
	if !b.lasting() {
		u := newUnit()
		for _, pkg := range b.order {
			u.pkgs = append(u.pkgs, p.ssa.Package(pkg))
		}
		return u
	}
	for _, v := range b.cell.Vars {
		p.pinned[v] = true
	}
	for _, f := range b.cell.Funcs {
		p.pinned[f.Object] = true
	}
	for _, obj := range b.info.Uses {
		if p.kept[obj] {
			p.pinned[obj] = true
		}
	}
	return nil
}

// lasting tells whether the cell declares types or generics.
func (b *cellBuilder) lasting() bool {
	for _, obj := range b.info.Defs {
		switch obj := obj.(type) {
		case *types.TypeName:
			if obj.Parent() == obj.Pkg().Scope() {
				return true
			}
		case *types.Func:
			if generic(obj) {
				return true
			}
		}
	}
	return false
}

// drop makes the SSA builder forget the cell's packages. Functions that wait for
// their first call keep no more of theirs than a name.
func (b *cellBuilder) drop() {
	packages := packagesOf(b.p.ssa)
	for _, pkg := range b.order {
		if sp := packages[pkg]; sp != nil {
			*sp = ssa.Package{Prog: b.p.ssa, Pkg: b.p.nowhere}
			delete(packages, pkg)
		}
	}
}

// spent drops what a cell needs only until it is compiled. The packages of a unit
// go whole; of others the statements, as SSA, and the names that nobody outside
// the cell knows.
func (b *cellBuilder) spent(body *types.Func, u *unit) {
	p := b.p
	for _, v := range b.zeros {
		delete(p.vars, v)
	}
	if u != nil {
		b.drop()
		return
	}
	pkg := p.ssa.Package(b.main)
	objects := objectsOf(pkg)
	own := []types.Object{body}
	if b.check != nil {
		own = append(own, b.check)
	}
	for _, v := range b.results {
		own = append(own, v)
	}
	for _, v := range b.zeros {
		own = append(own, v)
	}
	for _, obj := range own {
		switch m := objects[obj].(type) {
		case *ssa.Function:
			delete(p.funcs, m)
			delete(p.byObj, obj.(*types.Func))
			if obj == body { // the others are compiled when they are called
				m.Blocks, m.Locals, m.Recover = nil, nil, nil
			}
		case *ssa.Global:
			delete(p.globals, m)
		}
		delete(objects, obj)
		delete(pkg.Members, obj.Name())
	}
}
