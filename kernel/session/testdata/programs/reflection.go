//go:build ignore

// A printer that walks any value with reflect, cycles included.
package main

import (
	"fmt"
	"io"
	"os"
	"reflect"
	"sort"
	"strings"
)

type Node struct {
	Name  string `show:"n"`
	Kids  []*Node
	attrs map[string]any
	Fn    func()
	Any   interface{}
	Ch    chan int
	Arr   [2]bool
}

func show(w io.Writer, v reflect.Value, depth int, seen map[uintptr]bool) {
	pad := strings.Repeat("  ", depth)
	switch v.Kind() {
	case reflect.Invalid:
		fmt.Fprintln(w, pad+"nil")
	case reflect.Pointer:
		if v.IsNil() {
			fmt.Fprintln(w, pad+"nil "+v.Type().String())
			return
		}
		if seen[v.Pointer()] {
			fmt.Fprintln(w, pad+"(seen)")
			return
		}
		seen[v.Pointer()] = true
		show(w, v.Elem(), depth, seen)
	case reflect.Struct:
		fmt.Fprintf(w, "%s%s {\n", pad, v.Type())
		for i := range v.NumField() {
			f := v.Type().Field(i)
			fmt.Fprintf(w, "%s %s %q exported=%v\n", pad, f.Name, f.Tag.Get("show"), f.IsExported())
			show(w, v.Field(i), depth+1, seen)
		}
		fmt.Fprintf(w, "%s}\n", pad)
	case reflect.Slice, reflect.Array:
		fmt.Fprintf(w, "%s%s len %d\n", pad, v.Type(), v.Len())
		for i := range v.Len() {
			show(w, v.Index(i), depth+1, seen)
		}
	case reflect.Map:
		fmt.Fprintf(w, "%s%s\n", pad, v.Type())
		keys := v.MapKeys()
		sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
		for _, k := range keys {
			fmt.Fprintf(w, "%s %v:\n", pad, k)
			show(w, v.MapIndex(k), depth+1, seen)
		}
	case reflect.Interface:
		show(w, v.Elem(), depth, seen)
	case reflect.Func, reflect.Chan:
		fmt.Fprintf(w, "%s%s nil=%v\n", pad, v.Type(), v.IsNil())
	default:
		fmt.Fprintf(w, "%s%v (%s)\n", pad, v, v.Kind())
	}
}

type Celsius float64

func (c Celsius) F() float64     { return float64(c)*9/5 + 32 }
func (c *Celsius) Set(f float64) { *c = Celsius(f) }
func (c Celsius) Add(o ...Celsius) Celsius {
	for _, x := range o {
		c += x
	}
	return c
}

func main() {
	n := &Node{Name: "root", attrs: map[string]any{"b": 1, "a": []string{"x"}}, Fn: func() {}, Any: Celsius(3)}
	n.Kids = []*Node{{Name: "kid", Kids: []*Node{n}}, nil}
	show(os.Stdout, reflect.ValueOf(n), 0, map[uintptr]bool{})
	c := Celsius(10)
	v := reflect.ValueOf(&c)
	t := v.Type()
	for i := range t.NumMethod() {
		m := t.Method(i)
		fmt.Println(m.Name, m.Type, m.Type.IsVariadic())
	}
	v.MethodByName("Set").Call([]reflect.Value{reflect.ValueOf(20.5)})
	fmt.Println(c, v.MethodByName("F").Call(nil)[0], v.Elem().Method(0).Call([]reflect.Value{reflect.ValueOf(Celsius(1)), reflect.ValueOf(Celsius(2))})[0])
	fmt.Println(t.Elem().Kind(), t.Elem().Name(), t.Implements(reflect.TypeFor[fmt.Stringer]()), reflect.TypeFor[map[string][]*Node](), t.Elem().ConvertibleTo(reflect.TypeFor[int]()))
	s := reflect.ValueOf(struct{ A, b int }{1, 2})
	fmt.Println(s.Field(1).CanInterface(), s.Field(0).Interface(), s.Type())
	fn := reflect.ValueOf(strings.Repeat)
	fmt.Println(fn.Call([]reflect.Value{reflect.ValueOf("ab"), reflect.ValueOf(2)})[0], fn.Type().NumIn())
	func() {
		defer func() { fmt.Println(recover()) }()
		reflect.ValueOf(c).SetFloat(1)
	}()
}
