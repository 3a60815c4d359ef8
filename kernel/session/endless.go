package session

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"slices"
)

// endlessInstances finds generic functions and types whose instances would never
// come to an end, as in
//
//	func f[T any](n int) { f[[]T](n - 1) }
//
// go/types looks for them too, but not in code with errors, and a variable that
// nothing uses is one to it. The way is its own (mono.go): types flow into type
// parameters that they are arguments of, and into types that are declared in
// generic functions. Where one flows back into itself as part of another type,
// there is no end.
func (r *checkRun) endlessInstances() {
	if len(r.info.Instances) == 0 {
		return
	}
	g := &typeFlow{own: map[types.Object]types.Object{}}
	for _, obj := range r.info.Defs {
		switch obj := obj.(type) {
		case *types.Func:
			g.method(obj)
		case *types.TypeName:
			g.local(obj)
		}
	}
	for id, inst := range r.info.Instances {
		for i, p := range slices.Collect(typeParams(r.info.Uses[id]).TypeParams()) {
			g.argument(inst.TypeArgs.At(i), p, id.Pos())
		}
	}
	slices.SortFunc(g.flows, func(a, b flow) int { return cmp.Compare(a.at, b.at) })
	for _, f := range g.flows {
		if !f.grows || !g.leads(f.to, f.from) {
			continue
		}
		msg := "instantiation cycle: with type " + f.to.Name() + " this function would have instances without end"
		if f.arg != nil {
			msg = fmt.Sprintf("instantiation cycle: %s instantiated as %s, and that again without end", f.to.Name(), types.TypeString(f.arg, nil))
		}
		r.errorAt(f.at, r.withCells(msg, false))
		return
	}
}

// A flow is that of one type parameter or local type into another.
type flow struct {
	from, to types.Object
	grows    bool // it is part of a larger type
	arg      types.Type
	at       token.Pos
}

type typeFlow struct {
	flows []flow
	own   map[types.Object]types.Object // the type parameters of receivers, as those of their types
}

func (g *typeFlow) add(f flow) {
	if p := g.own[f.from]; p != nil {
		f.from = p
	}
	if p := g.own[f.to]; p != nil {
		f.to = p
	}
	g.flows = append(g.flows, f)
}

// typeParams are those of a generic function or type.
func typeParams(obj types.Object) *types.TypeParamList {
	switch t := obj.Type().(type) {
	case *types.Signature:
		return t.TypeParams()
	case *types.Named:
		return t.Origin().TypeParams()
	case *types.Alias:
		return t.Origin().TypeParams()
	}
	return nil
}

// method notes that the type parameters of a receiver are those of its type.
func (g *typeFlow) method(f *types.Func) {
	recv := f.Signature().Recv()
	if recv == nil {
		return
	}
	t := types.Unalias(recv.Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if named, ok := t.(*types.Named); ok {
		for i, p := range slices.Collect(f.Signature().RecvTypeParams().TypeParams()) {
			g.own[p.Obj()] = named.Origin().TypeParams().At(i).Obj()
		}
	}
}

// local notes that a type of a generic function has the function's parameters.
func (g *typeFlow) local(obj *types.TypeName) {
	if _, ok := obj.Type().(*types.Named); !ok {
		return
	}
	for scope := obj.Parent(); scope != nil && scope != obj.Pkg().Scope(); scope = scope.Parent() {
		for _, name := range scope.Names() {
			if p, ok := scope.Lookup(name).Type().(*types.TypeParam); ok {
				if _, ok := scope.Lookup(name).(*types.TypeName); ok {
					g.add(flow{p.Obj(), obj, true, nil, obj.Pos()})
				}
			}
		}
	}
}

// argument notes what flows into p with its argument.
func (g *typeFlow) argument(arg types.Type, p *types.TypeParam, at token.Pos) {
	seen := map[types.Type]bool{}
	var visit func(types.Type)
	visit = func(t types.Type) {
		t = types.Unalias(t)
		if seen[t] {
			return
		}
		seen[t] = true
		add := func(obj types.Object) { g.add(flow{obj, p.Obj(), t != types.Unalias(arg), arg, at}) }
		switch t := t.(type) {
		case *types.TypeParam:
			add(t.Obj())
		case *types.Named:
			add(t.Origin().Obj())
			for a := range t.TypeArgs().Types() {
				visit(a)
			}
		case *types.Map:
			visit(t.Key())
			visit(t.Elem())
		case interface{ Elem() types.Type }: // array, channel, pointer, slice
			visit(t.Elem())
		case *types.Struct:
			for f := range t.Fields() {
				visit(f.Type())
			}
		case *types.Signature:
			for v := range t.Params().Variables() {
				visit(v.Type())
			}
			for v := range t.Results().Variables() {
				visit(v.Type())
			}
		case *types.Interface:
			for m := range t.Methods() {
				visit(m.Type())
			}
		}
	}
	visit(arg)
}

// leads reports whether what is in from comes into to.
func (g *typeFlow) leads(from, to types.Object) bool {
	seen := map[types.Object]bool{}
	var visit func(types.Object) bool
	visit = func(at types.Object) bool {
		if at == to {
			return true
		}
		if seen[at] {
			return false
		}
		seen[at] = true
		return slices.ContainsFunc(g.flows, func(f flow) bool { return f.from == at && visit(f.to) })
	}
	return visit(from)
}
