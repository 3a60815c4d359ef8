package interp

import (
	"fmt"
	"go/types"
	"reflect"

	"setun/dsl/symbols"
)

var (
	anyType   = reflect.TypeFor[any]()
	errorType = reflect.TypeFor[error]()
)

var basicTypes = map[types.BasicKind]reflect.Type{
	types.Bool: reflect.TypeFor[bool](), types.String: reflect.TypeFor[string](),
	types.Int: reflect.TypeFor[int](), types.Int8: reflect.TypeFor[int8](),
	types.Int16: reflect.TypeFor[int16](), types.Int32: reflect.TypeFor[int32](),
	types.Int64: reflect.TypeFor[int64](), types.Uint: reflect.TypeFor[uint](),
	types.Uint8: reflect.TypeFor[uint8](), types.Uint16: reflect.TypeFor[uint16](),
	types.Uint32: reflect.TypeFor[uint32](), types.Uint64: reflect.TypeFor[uint64](),
	types.Uintptr: reflect.TypeFor[uintptr](), types.UnsafePointer: reflect.TypeFor[ptr](),
	types.Float32: reflect.TypeFor[float32](), types.Float64: reflect.TypeFor[float64](),
	types.Complex64: reflect.TypeFor[complex64](), types.Complex128: reflect.TypeFor[complex128](),
	types.UntypedBool: reflect.TypeFor[bool](), types.UntypedString: reflect.TypeFor[string](),
	types.UntypedInt: reflect.TypeFor[int](), types.UntypedRune: reflect.TypeFor[rune](),
	types.UntypedFloat: reflect.TypeFor[float64](), types.UntypedComplex: reflect.TypeFor[complex128](),
	types.UntypedNil: anyType,
}

// isCell reports whether a cell declared the type's name.
func isCell(n *types.Named) bool {
	pkg := n.Obj().Pkg()
	return pkg != nil && pkg.Path() == "main"
}

// typeOf is how values of type t look in memory. A struct declared by a cell
// becomes a struct type that reflect makes, with a tag for its identity; an
// interface declared by a cell is any; a pointer to a struct that contains
// itself is an unsafe.Pointer, as reflect makes no recursive types.
func (m *Machine) typeOf(t types.Type) reflect.Type {
	m.layoutMu.Lock()
	defer m.layoutMu.Unlock()
	return m.layoutOf(t)
}

func (m *Machine) layoutOf(t types.Type) reflect.Type {
	if rt := m.layouts.At(t); rt != nil {
		return rt.(reflect.Type)
	}
	rt := m.layOut(t)
	m.layouts.Set(t, rt)
	return rt
}

func (m *Machine) layOut(t types.Type) reflect.Type {
	switch t := t.(type) {
	case *types.Alias:
		return m.layoutOf(types.Unalias(t))
	case *types.Basic:
		return basicTypes[t.Kind()]
	case *types.Named:
		return m.layOutNamed(t)
	case *types.Pointer:
		if n, ok := types.Unalias(t.Elem()).(*types.Named); ok && isCell(n) && isRecursive(n) {
			return reflect.TypeFor[ptr]()
		}
		return reflect.PointerTo(m.layoutOf(t.Elem()))
	case *types.Slice:
		return reflect.SliceOf(m.layoutOf(t.Elem()))
	case *types.Array:
		return reflect.ArrayOf(int(t.Len()), m.layoutOf(t.Elem()))
	case *types.Map:
		return reflect.MapOf(m.layoutOf(t.Key()), m.layoutOf(t.Elem()))
	case *types.Chan:
		dir := map[types.ChanDir]reflect.ChanDir{
			types.SendRecv: reflect.BothDir, types.SendOnly: reflect.SendDir, types.RecvOnly: reflect.RecvDir,
		}[t.Dir()]
		return reflect.ChanOf(dir, m.layoutOf(t.Elem()))
	case *types.Signature:
		return reflect.FuncOf(m.tupleTypes(t.Params()), m.tupleTypes(t.Results()), t.Variadic())
	case *types.Struct:
		return m.layOutStruct(t, "")
	case *types.Interface:
		return anyType
	}
	panic(unsupported{msg: fmt.Sprintf("a value of type %s", t)})
}

func (m *Machine) layOutNamed(n *types.Named) reflect.Type {
	obj := n.Obj()
	if obj.Pkg() == nil {
		if obj.Name() == "error" {
			return errorType
		}
		return m.layoutOf(n.Underlying())
	}
	if !isCell(n) {
		if n.TypeArgs().Len() == 0 {
			if v, ok := symbols.Lookup(obj.Pkg().Path(), obj.Name()); ok {
				return v.Type().Elem()
			}
		}
		if rt := m.learned.At(n); rt != nil {
			return rt.(reflect.Type)
		}
		if _, ok := n.Underlying().(*types.Struct); ok {
			panic(unsupported{msg: fmt.Sprintf("the type %s, which is not among the compiled ones", types.TypeString(n, qualifier))})
		}
		return m.layoutOf(n.Underlying())
	}
	switch u := n.Underlying().(type) {
	case *types.Interface:
		return anyType
	case *types.Struct:
		if m.underWay[n] {
			panic(unsupported{msg: fmt.Sprintf("type %s, which contains itself other than through a pointer", n.Obj().Name())})
		}
		m.underWay[n] = true
		defer delete(m.underWay, n)
		m.typeCount++
		rt := m.layOutStruct(u, fmt.Sprintf("%s#%d", types.TypeString(n, qualifier), m.typeCount))
		if rt.NumField() > 0 {
			m.names.Store(rt, types.Type(n))
		}
		return rt
	default:
		if m.underWay[n] {
			panic(unsupported{msg: fmt.Sprintf("type %s, which contains itself other than through a struct", n.Obj().Name())})
		}
		m.underWay[n] = true
		defer delete(m.underWay, n)
		return m.layoutOf(u)
	}
}

// layOutStruct makes a struct type; identity, if not empty, tells it from others
// with the same fields. Embedded fields become ordinary ones: what go/types says
// about selectors is enough to reach what they promote.
func (m *Machine) layOutStruct(s *types.Struct, identity string) reflect.Type {
	fields := make([]reflect.StructField, s.NumFields())
	seen := map[string]bool{}
	for i := range fields {
		v := s.Field(i)
		name := v.Name()
		if name == "_" || seen[name] {
			name = fmt.Sprintf("_%d", i)
		}
		seen[name] = true
		fields[i] = reflect.StructField{Name: name, Type: m.layoutOf(v.Type()), Tag: reflect.StructTag(s.Tag(i))}
		if !v.Exported() {
			fields[i].PkgPath = "main"
		}
	}
	if identity != "" && len(fields) > 0 {
		tag := fields[0].Tag
		if tag != "" {
			tag += " "
		}
		fields[0].Tag = tag + reflect.StructTag(fmt.Sprintf("setun:%q", identity))
	}
	return reflect.StructOf(fields)
}

func (m *Machine) tupleTypes(t *types.Tuple) []reflect.Type {
	out := make([]reflect.Type, t.Len())
	for i := range out {
		out[i] = m.layoutOf(t.At(i).Type())
	}
	return out
}

// learn remembers how unexported and instantiated types of compiled packages
// look, from a value that a compiled symbol has.
func (m *Machine) learn(t types.Type, rt reflect.Type) {
	m.layoutMu.Lock()
	defer m.layoutMu.Unlock()
	m.learnType(t, rt)
}

func (m *Machine) learnType(t types.Type, rt reflect.Type) {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		obj := t.Obj()
		if obj.Pkg() != nil && !isCell(t) && (t.TypeArgs().Len() > 0 || !obj.Exported()) {
			m.learned.Set(t, rt)
		}
	case *types.Pointer:
		if rt.Kind() == reflect.Pointer {
			m.learnType(t.Elem(), rt.Elem())
		}
	case *types.Slice:
		if rt.Kind() == reflect.Slice {
			m.learnType(t.Elem(), rt.Elem())
		}
	case *types.Signature:
		if rt.Kind() != reflect.Func || rt.NumIn() != t.Params().Len() || rt.NumOut() != t.Results().Len() {
			return
		}
		for i := range t.Params().Len() {
			m.learnType(t.Params().At(i).Type(), rt.In(i))
		}
		for i := range t.Results().Len() {
			m.learnType(t.Results().At(i).Type(), rt.Out(i))
		}
	}
}

// isRecursive reports whether values of n can hold pointers to n.
func isRecursive(n *types.Named) bool {
	seen := map[types.Type]bool{}
	var reaches func(types.Type) bool
	reaches = func(t types.Type) bool {
		t = types.Unalias(t)
		if seen[t] {
			return false
		}
		seen[t] = true
		switch t := t.(type) {
		case *types.Named:
			if t == n || types.Identical(t, n) {
				return true
			}
			return isCell(t) && reaches(t.Underlying())
		case *types.Pointer:
			return reaches(t.Elem())
		case *types.Slice:
			return reaches(t.Elem())
		case *types.Array:
			return reaches(t.Elem())
		case *types.Chan:
			return reaches(t.Elem())
		case *types.Map:
			return reaches(t.Key()) || reaches(t.Elem())
		case *types.Signature:
			for v := range t.Params().Variables() {
				if reaches(v.Type()) {
					return true
				}
			}
			for v := range t.Results().Variables() {
				if reaches(v.Type()) {
					return true
				}
			}
		case *types.Struct:
			for v := range t.Fields() {
				if reaches(v.Type()) {
					return true
				}
			}
		}
		return false
	}
	return reaches(n.Underlying())
}

func qualifier(p *types.Package) string { return p.Name() }
