package interp

import (
	"encoding/json"
	"fmt"
	"go/types"
	"reflect"
	"sync"

	"setun/display"
	"setun/dsl/symbols"
)

// An object is a value of a type that a cell declared, in an interface. Compiled
// code sees the box around it, which implements the methods that it looks for;
// interpreted code looks through the box.
type object struct {
	m   *Machine
	typ types.Type // T or *T
	val reflect.Value
}

// plainBox is the box in any of types without methods that change how a value
// acts when it is printed or encoded otherwise; it prints and encodes what it
// holds.
type plainBox struct{ obj *object }

// errorBox is the box of types that are errors.
type errorBox struct{ plainBox }

// displayBox is the box of types that show themselves.
type displayBox struct{ plainBox }

func (b *plainBox) object() *object { return b.obj }

type boxed interface{ object() *object }

// Format implements fmt.Formatter.
func (b *plainBox) Format(s fmt.State, verb rune) {
	o := b.obj
	if o.has("Format") {
		o.m.call(o, "Format", reflect.ValueOf(&s).Elem(), reflect.ValueOf(verb))
		return
	}
	if s.Flag('#') && verb == 'v' && o.has("GoString") {
		fmt.Fprint(s, o.m.call(o, "GoString")[0].String())
		return
	}
	if !s.Flag('#') || verb != 'v' {
		for _, name := range []string{"Error", "String"} {
			if o.has(name) && (verb == 'v' || verb == 's' || verb == 'q' || verb == 'x' || verb == 'X') {
				fmt.Fprintf(s, fmt.FormatString(s, verb), o.m.call(o, name)[0].String())
				return
			}
		}
	}
	if verb == 'T' {
		fmt.Fprint(s, types.TypeString(o.typ, qualifier))
		return
	}
	fmt.Fprintf(s, fmt.FormatString(s, verb), o.raw().Interface())
}

// raw is the value as compiled code can look into it.
func (o *object) raw() reflect.Value {
	if p, ok := o.typ.(*types.Pointer); ok && o.val.Kind() == reflect.UnsafePointer && !o.val.IsZero() {
		return reflect.NewAt(o.m.typeOf(p.Elem()), o.val.UnsafePointer())
	}
	return o.val
}

// MarshalJSON implements json.Marshaler.
func (b *plainBox) MarshalJSON() ([]byte, error) {
	o := b.obj
	for _, name := range []string{"MarshalJSON", "MarshalText"} {
		if !o.has(name) {
			continue
		}
		out := o.m.call(o, name)
		err, _ := out[1].Interface().(error)
		if name == "MarshalText" && err == nil {
			return json.Marshal(string(out[0].Bytes()))
		}
		return out[0].Bytes(), err
	}
	return json.Marshal(o.raw().Interface())
}

// UnmarshalJSON implements json.Unmarshaler.
func (b *plainBox) UnmarshalJSON(data []byte) error {
	o := b.obj
	if o.has("UnmarshalJSON") {
		err, _ := o.m.call(o, "UnmarshalJSON", reflect.ValueOf(data))[0].Interface().(error)
		return err
	}
	return json.Unmarshal(data, o.raw().Interface())
}

func (b *errorBox) Error() string { return b.obj.m.call(b.obj, "Error")[0].String() }

// Unwrap lets errors.Is and errors.As follow the chain.
func (b *errorBox) Unwrap() error {
	if !b.obj.has("Unwrap") {
		return nil
	}
	err, _ := b.obj.m.call(b.obj, "Unwrap")[0].Interface().(error)
	return err
}

// Is lets errors.Is compare boxed errors by what they hold.
func (b *errorBox) Is(target error) bool {
	if b.obj.has("Is") {
		return b.obj.m.call(b.obj, "Is", reflect.ValueOf(&target).Elem())[0].Bool()
	}
	t, ok := target.(boxed)
	return ok && sameObject(b.obj, t.object())
}

func (b *displayBox) Display() display.Bundle {
	return b.obj.m.call(b.obj, "Display")[0].Interface().(display.Bundle)
}

// sameObject is == of two boxed values.
func sameObject(a, b *object) bool {
	if !types.Identical(a.typ, b.typ) {
		return false
	}
	if !a.val.Comparable() {
		panic(runtimeError("comparing uncomparable type " + types.TypeString(a.typ, qualifier)))
	}
	return a.val.Equal(b.val)
}

// has reports whether the object's type has the method.
func (o *object) has(name string) bool { return o.m.method(o.typ, name) != nil }

// cellNamed is the type declared by a cell that t is or points to, nil if none.
func cellNamed(t types.Type) *types.Named {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok && isCell(n) {
		return n
	}
	return nil
}

// A boxer puts a value into what stands for it in an interface.
type boxer func(reflect.Value) reflect.Value

// boxer returns how values of the concrete type t enter the interface type
// target; nil if they enter as they are.
func (m *Machine) boxer(t types.Type, target reflect.Type) boxer {
	if cellNamed(t) == nil {
		return nil
	}
	newObject := func(v reflect.Value) *object { return &object{m, t, copyOf(v)} }
	switch {
	case target == errorType:
		return func(v reflect.Value) reflect.Value { return reflect.ValueOf(&errorBox{plainBox{newObject(v)}}) }
	case target == reflect.TypeFor[display.Displayer]():
		return func(v reflect.Value) reflect.Value { return reflect.ValueOf(&displayBox{plainBox{newObject(v)}}) }
	case target.NumMethod() > 0:
		return m.wrapper(t, target, newObject)
	}
	if m.method(t, "Error") != nil {
		return func(v reflect.Value) reflect.Value { return reflect.ValueOf(&errorBox{plainBox{newObject(v)}}) }
	}
	if m.method(t, "Display") != nil {
		return func(v reflect.Value) reflect.Value { return reflect.ValueOf(&displayBox{plainBox{newObject(v)}}) }
	}
	boxedMethods := false
	for _, name := range []string{"String", "Format", "GoString", "MarshalJSON", "MarshalText", "UnmarshalJSON"} {
		boxedMethods = boxedMethods || m.method(t, name) != nil
	}
	if !boxedMethods && m.dynamicName(m.typeOf(t)) != nil {
		return nil
	}
	return func(v reflect.Value) reflect.Value { return reflect.ValueOf(&plainBox{newObject(v)}) }
}

var wrapperTypes sync.Map // reflect.Type of the struct to true

// wrapper boxes for a compiled interface by its generated wrapper, whose
// function fields call the interpreted methods.
func (m *Machine) wrapper(t types.Type, target reflect.Type, newObject func(reflect.Value) *object) boxer {
	w, ok := symbols.Lookup(target.PkgPath(), "_"+target.Name())
	if !ok {
		panic(unsupported{msg: fmt.Sprintf("%s as a %s", types.TypeString(t, qualifier), target)})
	}
	wt := w.Type().Elem()
	wrapperTypes.Store(wt, true)
	return func(v reflect.Value) reflect.Value {
		obj := newObject(v)
		box := reflect.New(wt)
		box.Elem().Field(0).Set(reflect.ValueOf(obj))
		for i := 1; i < wt.NumField(); i++ {
			field := wt.Field(i)
			call := m.boundMethod(obj, field.Name[1:])
			box.Elem().Field(i).Set(reflect.MakeFunc(field.Type, func(args []reflect.Value) []reflect.Value {
				run := m.current()
				return run.guard(&thread{run: run}, field.Type, func() []reflect.Value { return call(args) })
			}))
		}
		return box
	}
}

// open returns the declared type and the value behind v, the dynamic value of an
// interface. The type is nil if no cell declared it.
func (m *Machine) open(v reflect.Value) (types.Type, reflect.Value) {
	rt := v.Type()
	if rt.Kind() == reflect.Pointer && rt.Elem().Kind() == reflect.Struct {
		if b, ok := v.Interface().(boxed); ok {
			o := b.object()
			return o.typ, o.val
		}
		if _, ok := wrapperTypes.Load(rt.Elem()); ok {
			if o, ok := v.Elem().Field(0).Interface().(*object); ok {
				return o.typ, o.val
			}
		}
	}
	return m.dynamicName(rt), v
}

// dynamicName is the declared type whose layout is rt, nil if there is none.
func (m *Machine) dynamicName(rt reflect.Type) types.Type {
	if t, ok := m.names.Load(rt); ok {
		return t.(types.Type)
	}
	if rt.Kind() == reflect.Pointer && rt.Name() == "" {
		if t, ok := m.names.Load(rt.Elem()); ok {
			return types.NewPointer(t.(types.Type))
		}
	}
	return nil
}

// toInterface puts v, of concrete type t (nil: a compiled one), into the
// interface type target.
func (m *Machine) toInterface(v reflect.Value, t types.Type, target reflect.Type) reflect.Value {
	out := reflect.New(target).Elem()
	if t != nil {
		if b := m.boxer(t, target); b != nil {
			v = b(v)
		}
	}
	out.Set(v)
	return out
}

// Exported is a value as compiled code is to see it: boxed if a cell declared its
// type.
func (m *Machine) Exported(v Value) any {
	x := v.Value
	if !x.IsValid() || x.Kind() == reflect.Interface && x.IsNil() {
		return nil
	}
	t := v.Type
	if x.Kind() == reflect.Interface {
		t, x = m.open(x.Elem())
	}
	if t == nil {
		return x.Interface()
	}
	return m.toInterface(x, t, anyType).Interface()
}
