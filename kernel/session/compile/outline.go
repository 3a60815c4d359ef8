package compile

import (
	"fmt"
	"go/types"
	"reflect"
	"unsafe"
)

// outline is a type as large as t, with pointers, strings, numbers and interfaces
// where t has them, and none of its names. It stands for the type of a field or
// an element while that is being built: in
//
//	type Node struct {
//		Name  string
//		Child map[string]Node
//	}
//
// package reflect looks into Node for pointers, to make the map, before the type
// of Child is there.
func outline(t types.Type) *rtype {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return basicTypes[u.Kind()]
	case *types.Interface:
		return rtypeFor[any]()
	case *types.Slice:
		return rtypeFor[[]byte]()
	case *types.Array:
		return toRtype(reflect.ArrayOf(int(u.Len()), outline(u.Elem()).reflect()))
	case *types.Struct:
		fields := make([]reflect.StructField, u.NumFields())
		for i := range fields {
			fields[i] = reflect.StructField{Name: fmt.Sprint("F", i), Type: outline(u.Field(i).Type()).reflect()}
		}
		return toRtype(reflect.StructOf(fields))
	}
	return rtypeFor[unsafe.Pointer]() // pointers, maps, channels, functions
}
