package yaegi

import (
	"fmt"
	"go/types"
	"reflect"

	yaegi "github.com/traefik/yaegi/interp"
)

// names are the symbols that the text for yaegi refers to, all of package t.
type names struct {
	e     *Engine
	fresh map[string]reflect.Value // not yet known to yaegi
	types map[reflect.Type]string
	ops   map[string]*op
}

// An op is an operation that the text calls: with the frame first, and with
// erased types.
type op struct {
	name    string
	in, out []reflect.Type // without the frame
	fn      func(fr *Frame, args []reflect.Value) []reflect.Value
}

func newNames(e *Engine) *names {
	return &names{
		e: e, types: map[reflect.Type]string{}, ops: map[string]*op{},
		fresh: map[string]reflect.Value{
			"Frame": reflect.ValueOf((*Frame)(nil)),
			"At":    reflect.ValueOf(at),
		},
	}
}

// publish makes the fresh symbols known to yaegi.
func (n *names) publish(in *yaegi.Interpreter) error {
	if len(n.fresh) == 0 {
		return nil
	}
	fresh := n.fresh
	n.fresh = map[string]reflect.Value{}
	if err := in.Use(yaegi.Exports{"setun/t/t": fresh}); err != nil {
		return fmt.Errorf("symbols for yaegi: %w", err)
	}
	return nil
}

var frameType = reflect.TypeFor[*Frame]()

// op is the operation known by key; in and out are made erased.
func (n *names) op(key string, in, out []reflect.Type, fn func(fr *Frame, args []reflect.Value) []reflect.Value) *op {
	if o := n.ops[key]; o != nil {
		return o
	}
	o := &op{name: fmt.Sprintf("F%d", len(n.ops)), in: erase(in), out: erase(out), fn: fn}
	n.ops[key] = o
	ft := reflect.FuncOf(append([]reflect.Type{frameType}, o.in...), o.out, false)
	n.fresh[o.name] = reflect.MakeFunc(ft, func(args []reflect.Value) []reflect.Value {
		results := fn(args[0].Interface().(*Frame), args[1:])
		for i, r := range results {
			results[i] = fit(r, o.out[i])
		}
		return results
	})
	return o
}

// pack is the function that makes one value of several results.
func (n *names) pack(in []reflect.Type) string {
	key := "pack"
	for _, rt := range in {
		key += fmt.Sprintf(" %p", rt)
	}
	if o := n.ops[key]; o != nil {
		return o.name
	}
	o := &op{name: fmt.Sprintf("F%d", len(n.ops))}
	n.ops[key] = o
	ft := reflect.FuncOf(erase(in), []reflect.Type{reflect.TypeFor[*tuple]()}, false)
	n.fresh[o.name] = reflect.MakeFunc(ft, func(args []reflect.Value) []reflect.Value {
		t := &tuple{}
		for i, a := range args {
			t.values = append(t.values, fit(a, in[i]))
		}
		return []reflect.Value{reflect.ValueOf(t)}
	})
	return o.name
}

// typ is a type as the text writes it.
func (n *names) typ(rt reflect.Type) string {
	rt = eraseType(rt)
	if rt.PkgPath() == "" && rt.Name() != "" && basic(rt.Kind()) {
		return rt.Name()
	}
	name, ok := n.types[rt]
	if !ok {
		name = fmt.Sprintf("T%d", len(n.types))
		n.types[rt] = name
		n.fresh[name] = reflect.Zero(reflect.PointerTo(rt))
	}
	return "t." + name
}

// basic reports whether yaegi computes with values of the kind by itself.
func basic(k reflect.Kind) bool {
	return k >= reflect.Bool && k <= reflect.Complex128 || k == reflect.String
}

var basicTypes = map[reflect.Kind]reflect.Type{
	reflect.Bool: reflect.TypeFor[bool](), reflect.String: reflect.TypeFor[string](),
	reflect.Int: reflect.TypeFor[int](), reflect.Int8: reflect.TypeFor[int8](), reflect.Int16: reflect.TypeFor[int16](),
	reflect.Int32: reflect.TypeFor[int32](), reflect.Int64: reflect.TypeFor[int64](),
	reflect.Uint: reflect.TypeFor[uint](), reflect.Uint8: reflect.TypeFor[uint8](), reflect.Uint16: reflect.TypeFor[uint16](),
	reflect.Uint32: reflect.TypeFor[uint32](), reflect.Uint64: reflect.TypeFor[uint64](), reflect.Uintptr: reflect.TypeFor[uintptr](),
	reflect.Float32: reflect.TypeFor[float32](), reflect.Float64: reflect.TypeFor[float64](),
	reflect.Complex64: reflect.TypeFor[complex64](), reflect.Complex128: reflect.TypeFor[complex128](),
}

// eraseType is the type that yaegi sees: a named number, string or bool is a
// plain one for it, so that it computes as it does with those. Where a value's
// name matters, where it enters an interface, operations restore it.
func eraseType(rt reflect.Type) reflect.Type {
	if basic(rt.Kind()) {
		return basicTypes[rt.Kind()]
	}
	return rt
}

func erase(list []reflect.Type) []reflect.Type {
	out := make([]reflect.Type, len(list))
	for i, rt := range list {
		out[i] = eraseType(rt)
	}
	return out
}

// fit is v as the type rt, which has the same underlying type.
func fit(v reflect.Value, rt reflect.Type) reflect.Value {
	if v.Type() == rt {
		return v
	}
	if rt.Kind() == reflect.Interface {
		out := reflect.New(rt).Elem()
		if v.Kind() == reflect.Interface {
			v = v.Elem()
		}
		if v.IsValid() {
			out.Set(v)
		}
		return out
	}
	return v.Convert(rt)
}

func erased(v reflect.Value) reflect.Value { return fit(v, eraseType(v.Type())) }

// rt is the run-time type of t.
func (e *Engine) rt(t types.Type) reflect.Type { return e.types.Type(t) }
