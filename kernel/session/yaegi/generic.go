package yaegi

import (
	"go/ast"
	"go/types"
	"slices"
)

// A substitution maps the type parameters of a function that is being written to
// the types that it is written for.
type substitution map[*types.TypeParam]types.Type

// copyOf is the slot of a generic function for type arguments; its text becomes
// part of the cell that wants it first.
func (c *cell) copyOf(f *types.Func, src *source, args []types.Type) *slot {
	for _, s := range c.e.copies[src] {
		if slices.EqualFunc(s.args, args, types.Identical) {
			return s
		}
	}
	sig := src.info.Defs[src.decl.Name].(*types.Func).Signature()
	params := sig.TypeParams()
	if params.Len() == 0 {
		params = sig.RecvTypeParams()
	}
	sub := substitution{}
	for i := range params.Len() {
		sub[params.At(i)] = args[i]
	}
	s := &slot{title: f.Name(), args: args}
	s.sig = sub.apply(types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())).(*types.Signature)
	if recv := sig.Recv(); recv != nil {
		s.recv = sub.apply(recv.Type())
		s.title = types.TypeString(s.recv, func(*types.Package) string { return "" }) + "." + f.Name()
	}
	c.e.copies[src] = append(c.e.copies[src], s)
	c.queue = append(c.queue, func() { c.function(s, src, sub) })
	return s
}

// sourceOf is where the text of a function comes from, nil for compiled ones.
func (e *Engine) sourceOf(f *types.Func) *source {
	f = f.Origin()
	if src := e.source[f]; src != nil {
		return src
	}
	if f.Pkg() == nil {
		return nil
	}
	src := e.std.Source(f.Pkg())
	if src == nil {
		return nil
	}
	if _, err := src.Want(f); err != nil {
		panic(err)
	}
	for _, file := range src.Files {
		for _, d := range file.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || fd.Body == nil {
				continue
			}
			if src.Info.Defs[fd.Name] == f {
				e.source[f] = &source{fd, src.Info}
			}
		}
	}
	return e.source[f]
}

// slotOf is the slot of a function of cells or of one that is there as source;
// nil for compiled ones. args are its type arguments, or those of its receiver.
func (c *cell) slotOf(f *types.Func, args []types.Type) *slot {
	if s := c.e.slots[f]; s != nil {
		return s
	}
	src := c.e.sourceOf(f)
	if src == nil {
		return nil
	}
	if generic(f.Origin()) {
		return c.copyOf(f.Origin(), src, args)
	}
	s := c.e.declared(f)
	c.queue = append(c.queue, func() { c.function(s, src, nil) })
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
	return slices.Collect(n.TypeArgs().Types())
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
	case *types.Named:
		if t.TypeArgs().Len() == 0 {
			return t
		}
		var args []types.Type
		for a := range t.TypeArgs().Types() {
			args = append(args, s.apply(a))
		}
		// The arguments were checked where the generic function was.
		out, err := types.Instantiate(types.NewContext(), t.Origin(), args, false)
		if err != nil {
			panic(err)
		}
		return out
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
		fields := make([]*types.Var, t.NumFields())
		tags := make([]string, t.NumFields())
		for i := range fields {
			v := t.Field(i)
			fields[i] = types.NewField(v.Pos(), v.Pkg(), v.Name(), s.apply(v.Type()), v.Embedded())
			tags[i] = t.Tag(i)
		}
		return types.NewStruct(fields, tags)
	case *types.Interface:
		if t.NumMethods() == 0 {
			return t
		}
		var methods []*types.Func
		for m := range t.Methods() {
			methods = append(methods, types.NewFunc(m.Pos(), m.Pkg(), m.Name(), s.apply(m.Signature()).(*types.Signature)))
		}
		return types.NewInterfaceType(methods, nil).Complete()
	}
	return t
}

func (s substitution) tuple(t *types.Tuple) *types.Tuple {
	var vars []*types.Var
	for v := range t.Variables() {
		vars = append(vars, types.NewParam(v.Pos(), v.Pkg(), v.Name(), s.apply(v.Type())))
	}
	return types.NewTuple(vars...)
}
