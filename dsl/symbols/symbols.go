package symbols

import (
	"reflect"
	"sync"

	"setun/dsl/symbols/std"
)

// A Package names one package that cells can import.
type Package struct {
	Path string // "math/rand/v2"
	Name string // "rand"
}

var (
	mu     sync.Mutex
	tables = map[string]map[string]reflect.Value{}
)

// Lookup finds the compiled symbol name of the package at path. A function is
// the function, a variable is addressable, a type T is a nil *T. The wrapper of
// an interface type T is found as "_T": a nil pointer to a struct that
// implements T by its function fields, one W<Method> a method, and carries the
// value it stands for in its field IValue. Constants are not here: the type
// information has them.
func Lookup(path, name string) (reflect.Value, bool) {
	mu.Lock()
	defer mu.Unlock()
	table, ok := tables[path]
	if !ok {
		if load := own[path]; load != nil {
			table = load()
		} else if load := std.Tables[path]; load != nil {
			table = load()
		}
		tables[path] = table
	}
	v, ok := table[name]
	return v, ok
}
