package compile

import (
	"fmt"
	"go/types"
	"strconv"
	"strings"
)

// typeName is a named type as its descriptor spells it.
func typeName(t *types.Named) string { return speller{}.named(t) }

// typeString is a type as its descriptor spells it: without aliases, the methods
// of interfaces in one list, and the names of packages before those of types.
func typeString(t types.Type) string { return speller{}.spell(t) }

// A speller spells types as the compiler does: in type arguments, which stand in
// the name of an instance, with the paths of packages, also before the names of
// fields that are not exported.
type speller struct{ arg bool }

func (s speller) pkg(p *types.Package) string {
	if s.arg {
		return pkgPath(p)
	}
	return pkgName(p)
}

func (s speller) named(t *types.Named) string {
	name := t.Obj().Name()
	if pkg := t.Obj().Pkg(); pkg != nil {
		name = s.pkg(pkg) + "." + name
	}
	args := make([]string, t.TypeArgs().Len())
	for i := range args {
		args[i] = speller{arg: true}.spell(t.TypeArgs().At(i))
	}
	if len(args) > 0 {
		name += "[" + strings.Join(args, ",") + "]"
	}
	return name
}

func (s speller) spell(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		return s.named(t)
	case *types.Basic:
		return basicTypes[t.Kind()].reflect().String() // of byte: uint8
	case *types.Pointer:
		return "*" + s.spell(t.Elem())
	case *types.Slice:
		return "[]" + s.spell(t.Elem())
	case *types.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), s.spell(t.Elem()))
	case *types.Map:
		return "map[" + s.spell(t.Key()) + "]" + s.spell(t.Elem())
	case *types.Chan:
		return s.channel(t)
	case *types.Signature:
		return "func" + s.signature(t)
	case *types.Interface:
		return s.interfaceType(t)
	case *types.Struct:
		return s.structType(t)
	}
	return types.TypeString(t, s.pkg)
}

func (s speller) channel(t *types.Chan) string {
	elem := s.spell(t.Elem())
	switch t.Dir() {
	case types.SendOnly:
		return "chan<- " + elem
	case types.RecvOnly:
		return "<-chan " + elem
	}
	if strings.HasPrefix(elem, "<-") {
		elem = "(" + elem + ")"
	}
	return "chan " + elem
}

func (s speller) signature(t *types.Signature) string {
	params := make([]string, t.Params().Len())
	for i := range params {
		p := t.Params().At(i).Type()
		if list, ok := p.(*types.Slice); ok && t.Variadic() && i == len(params)-1 {
			params[i] = "..." + s.spell(list.Elem())
			continue
		}
		params[i] = s.spell(p)
	}
	text := "(" + strings.Join(params, ", ") + ")"
	results := make([]string, t.Results().Len())
	for i := range results {
		results[i] = s.spell(t.Results().At(i).Type())
	}
	switch len(results) {
	case 0:
		return text
	case 1:
		return text + " " + results[0]
	}
	return text + " (" + strings.Join(results, ", ") + ")"
}

func (s speller) interfaceType(t *types.Interface) string {
	methods := make([]*types.Func, t.NumMethods())
	if len(methods) == 0 {
		return "interface {}"
	}
	for i := range methods {
		methods[i] = t.Method(i)
	}
	sortMethods(methods)
	list := make([]string, len(methods))
	for i, m := range methods {
		if !m.Exported() {
			list[i] = s.pkg(m.Pkg()) + "."
		}
		list[i] += m.Name() + s.signature(m.Signature())
	}
	return "interface { " + strings.Join(list, "; ") + " }"
}

func (s speller) structType(t *types.Struct) string {
	if t.NumFields() == 0 {
		return "struct {}"
	}
	list := make([]string, t.NumFields())
	for i := range list {
		f := t.Field(i)
		text := s.spell(f.Type())
		switch {
		case !f.Embedded() && s.arg && !f.Exported():
			text = pkgPath(f.Pkg()) + "." + f.Name() + " " + text
		case !f.Embedded():
			text = f.Name() + " " + text
		case s.arg && strings.HasSuffix(text, "]"):
			text = f.Name() + " = " + text // an instance, whose name is longer
		}
		if tag := t.Tag(i); tag != "" {
			text += " " + strconv.Quote(tag)
		}
		list[i] = text
	}
	return "struct { " + strings.Join(list, "; ") + " }"
}
