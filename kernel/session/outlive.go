package session

import "go/types"

// What a cell declares was checked in a package and scopes of the cell's own, and
// refers to all of them. keepers replaces it by objects of one package for all
// cells, so that ten thousand cells do not stay for the sake of their names.
// Types and generics stay what they are: others refer to them by identity.
type keepers struct {
	pkg   *types.Package
	scope *types.Scope // that objects have as their parent; later ones begin another
}

func newKeepers() *keepers {
	return &keepers{types.NewPackage("main", "main"), types.NewScope(nil, 0, 0, "cells")}
}

// keep is the object that stands for obj from now on, and whether it is another.
func (k *keepers) keep(obj types.Object) (types.Object, bool) {
	var kept types.Object
	switch obj := obj.(type) {
	case *types.Var:
		kept = types.NewVar(obj.Pos(), k.pkg, obj.Name(), obj.Type())
	case *types.Const:
		kept = types.NewConst(obj.Pos(), k.pkg, obj.Name(), obj.Type(), obj.Val())
	case *types.Func:
		sig := obj.Signature()
		if sig.TypeParams().Len() > 0 {
			return obj, false
		}
		kept = types.NewFunc(obj.Pos(), k.pkg, obj.Name(), types.NewSignatureType(nil, nil, nil,
			k.tuple(sig.Params()), k.tuple(sig.Results()), sig.Variadic()))
	default:
		return obj, false
	}
	// An object without a parent would get the first cell that mentions it.
	if k.scope.Insert(kept) != nil {
		k.scope = types.NewScope(nil, 0, 0, "cells")
		k.scope.Insert(kept)
	}
	return kept, true
}

func (k *keepers) tuple(t *types.Tuple) *types.Tuple {
	var vars []*types.Var
	for v := range t.Variables() {
		vars = append(vars, types.NewParam(v.Pos(), k.pkg, v.Name(), v.Type()))
	}
	return types.NewTuple(vars...)
}

// declare puts what a compiled cell declares into the session.
func (s *Session) declare(objects map[string]types.Object) {
	for name, obj := range objects {
		kept, other := s.keepers.keep(obj)
		if other {
			s.engine.Keep(kept, obj)
			s.engine.Forget(obj)
		}
		if old := s.scope.objects[name]; old != nil {
			s.engine.Forget(old)
		}
		s.scope.objects[name] = kept
		if _, ok := obj.(*types.TypeName); ok {
			s.scope.versions[name]++
		}
		delete(s.scope.imports, name)
	}
}
