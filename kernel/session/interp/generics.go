package interp

import (
	"go/types"
	"slices"
)

// A substitution maps the type parameters of the function being compiled to the
// types that it is compiled for.
type substitution map[*types.TypeParam]types.Type

// An instance is a generic function compiled for type arguments.
type instance struct {
	args []types.Type
	slot *funcSlot
}

// instance is the code of a generic function for type arguments, compiled when
// it is first wanted.
func (m *Machine) instance(obj *types.Func, src *source, args []types.Type) *funcSlot {
	for _, known := range m.copies[src] {
		if slices.EqualFunc(known.args, args, types.Identical) {
			return known.slot
		}
	}
	s := &funcSlot{name: obj.Name()}
	m.copies[src] = append(m.copies[src], instance{args, s})
	// The type parameters as the body has them.
	sig := src.info.Defs[src.decl.Name].(*types.Func).Signature()
	params := sig.TypeParams()
	if params.Len() == 0 {
		params = sig.RecvTypeParams()
	}
	subst := substitution{}
	for i := range params.Len() {
		subst[params.At(i)] = args[i]
	}
	defer func() {
		if s.fn == nil {
			m.copies[src] = slices.DeleteFunc(m.copies[src], func(i instance) bool { return i.slot == s })
		}
	}()
	s.fn = m.compileDecl(src.decl, obj, src.info, subst)
	return s
}

// receiverArgs are the type arguments of a receiver's type.
func receiverArgs(t types.Type) []types.Type {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, ok := t.(*types.Named)
	if !ok {
		return nil
	}
	var out []types.Type
	for a := range n.TypeArgs().Types() {
		out = append(out, a)
	}
	return out
}

func (s substitution) list(l *types.TypeList) []types.Type {
	out := make([]types.Type, l.Len())
	for i := range out {
		out[i] = s.apply(l.At(i))
	}
	return out
}

// apply replaces type parameters in t.
func (s substitution) apply(t types.Type) types.Type {
	if len(s) == 0 || t == nil {
		return t
	}
	switch t := t.(type) {
	case *types.TypeParam:
		if a := s[t]; a != nil {
			return a
		}
	case *types.Alias:
		return s.apply(types.Unalias(t))
	case *types.Pointer:
		return types.NewPointer(s.apply(t.Elem()))
	case *types.Slice:
		return types.NewSlice(s.apply(t.Elem()))
	case *types.Array:
		return types.NewArray(s.apply(t.Elem()), t.Len())
	case *types.Map:
		return types.NewMap(s.apply(t.Key()), s.apply(t.Elem()))
	case *types.Chan:
		return types.NewChan(t.Dir(), s.apply(t.Elem()))
	case *types.Tuple:
		return s.tuple(t)
	case *types.Signature:
		return types.NewSignatureType(nil, nil, nil, s.tuple(t.Params()), s.tuple(t.Results()), t.Variadic())
	case *types.Struct:
		fields, tags := make([]*types.Var, t.NumFields()), make([]string, t.NumFields())
		for i := range fields {
			f := t.Field(i)
			fields[i] = types.NewField(f.Pos(), f.Pkg(), f.Name(), s.apply(f.Type()), f.Embedded())
			tags[i] = t.Tag(i)
		}
		return types.NewStruct(fields, tags)
	case *types.Named:
		if t.TypeArgs().Len() > 0 {
			if inst, err := types.Instantiate(nil, t.Origin(), s.list(t.TypeArgs()), false); err == nil {
				return inst
			}
		}
	}
	return t
}

func (s substitution) tuple(t *types.Tuple) *types.Tuple {
	vars := make([]*types.Var, t.Len())
	for i := range vars {
		v := t.At(i)
		vars[i] = types.NewVar(v.Pos(), v.Pkg(), v.Name(), s.apply(v.Type()))
	}
	return types.NewTuple(vars...)
}
