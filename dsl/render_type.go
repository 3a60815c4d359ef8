package dsl

import (
	"cmp"
	"fmt"
	"reflect"
	"regexp"
	"strings"
)

// cellTypeTag is the key, in the tag of a struct's first field, under which the
// session keeps the name of a type that a cell declared: such a type has no name
// of its own at run time. Its value is "main.Sawtooth#3", the third version.
const cellTypeTag = "setun"

// cellTypeName is the name of a type that a cell declared, "" for other types.
func cellTypeName(t reflect.Type) string {
	if t.Kind() != reflect.Struct || t.Name() != "" || t.NumField() == 0 {
		return ""
	}
	name, _, _ := strings.Cut(t.Field(0).Tag.Get(cellTypeTag), "#")
	return strings.ReplaceAll(name, "main.", "")
}

// typeName is the type as it is written in a cell: with the names that cells
// gave, with "any" for an empty interface. Structs without a name are "".
func typeName(t reflect.Type) string {
	if t.Name() == "" {
		switch t.Kind() {
		case reflect.Struct:
			return cellTypeName(t)
		case reflect.Pointer:
			return "*" + elemName(t)
		case reflect.Slice:
			return "[]" + elemName(t)
		case reflect.Array:
			return fmt.Sprintf("[%d]%s", t.Len(), elemName(t))
		case reflect.Map:
			return "map[" + orStruct(typeName(t.Key())) + "]" + elemName(t)
		case reflect.Chan:
			return t.ChanDir().String() + " " + elemName(t)
		case reflect.Func:
			return "func" + signature(t)
		case reflect.Interface:
			if t.NumMethod() == 0 {
				return "any"
			}
		}
	}
	return inMain.ReplaceAllString(t.String(), "")
}

// inMain is the qualifier of what cells declare.
var inMain = regexp.MustCompile(`\bmain\.`)

func elemName(t reflect.Type) string { return orStruct(typeName(t.Elem())) }

func orStruct(name string) string { return cmp.Or(name, "struct{…}") }

func signature(t reflect.Type) string {
	in := make([]string, t.NumIn())
	for i := range in {
		in[i] = orStruct(typeName(t.In(i)))
		if t.IsVariadic() && i == len(in)-1 {
			in[i] = "..." + elemName(t.In(i))
		}
	}
	out := make([]string, t.NumOut())
	for i := range out {
		out[i] = orStruct(typeName(t.Out(i)))
	}
	s := "(" + strings.Join(in, ", ") + ")"
	switch len(out) {
	case 0:
		return s
	case 1:
		return s + " " + out[0]
	}
	return s + " (" + strings.Join(out, ", ") + ")"
}
