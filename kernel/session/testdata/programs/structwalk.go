//go:build ignore

// reflect: a walk over any value, a validator by tags, a dump, setters, calls by
// name, types made at run time, a dependency injector.
package main

import (
	"errors"
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"strings"
)

type Address struct {
	Street string `check:"required" col:"street"`
	Zip    string `check:"len=5"`
}

type Person struct {
	Name    string `check:"required" json:"name,omitempty"`
	Age     int    `check:"min=0,max=150"`
	Emails  []string
	Home    *Address
	Work    Address
	Scores  map[string]float64
	Friends []*Person
	secret  int
	Any     any
	Fn      func(int) string `check:"-"`
	fmt.Stringer
}

func (p Person) Greet(greeting string, times ...int) (string, error) {
	if greeting == "" {
		return "", errors.New("no greeting")
	}
	return strings.Repeat(greeting+" ", 1+len(times)) + p.Name, nil
}
func (p *Person) Birthday() { p.Age++ }
func (p *Person) private()  {}

type visitor func(path string, v reflect.Value) bool

func walk(path string, v reflect.Value, visit visitor) {
	if !visit(path, v) {
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			walk("*"+path, v.Elem(), visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			walk(path+"."+v.Type().Field(i).Name, v.Field(i), visit)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			walk(path+"["+strconv.Itoa(i)+"]", v.Index(i), visit)
		}
	case reflect.Map:
		keys := v.MapKeys()
		sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
		for _, k := range keys {
			walk(path+"["+k.String()+"]", v.MapIndex(k), visit)
		}
	}
}

func check(x any) (errs []string) {
	v := reflect.Indirect(reflect.ValueOf(x))
	for _, f := range reflect.VisibleFields(v.Type()) {
		fv := v.FieldByIndex(f.Index)
		for rule := range strings.SplitSeq(f.Tag.Get("check"), ",") {
			name, arg, _ := strings.Cut(rule, "=")
			n, _ := strconv.Atoi(arg)
			ok := true
			switch name {
			case "required":
				ok = !fv.IsZero()
			case "min":
				ok = fv.Int() >= int64(n)
			case "max":
				ok = fv.Int() <= int64(n)
			case "len":
				ok = fv.Len() == n
			}
			if !ok {
				errs = append(errs, f.Name+" breaks "+rule)
			}
		}
		if f.Type.Kind() == reflect.Struct {
			errs = append(errs, check(fv.Interface())...)
		}
	}
	return
}

type injector map[reflect.Type]reflect.Value

func (in injector) provide(xs ...any) injector {
	for _, x := range xs {
		in[reflect.TypeOf(x)] = reflect.ValueOf(x)
	}
	return in
}

func (in injector) invoke(f any) ([]any, error) {
	t := reflect.TypeOf(f)
	args := make([]reflect.Value, t.NumIn())
	for i := range args {
		want := t.In(i)
		v, ok := in[want]
		if !ok && want.Kind() == reflect.Interface {
			for have, val := range in {
				if have.Implements(want) {
					v, ok = val, true
				}
			}
		}
		if !ok {
			return nil, fmt.Errorf("nothing provides %v", want)
		}
		args[i] = v
	}
	var out []any
	for _, r := range reflect.ValueOf(f).Call(args) {
		out = append(out, r.Interface())
	}
	return out, nil
}

func main() {
	p := &Person{Name: "Ann", Age: 30, Emails: []string{"a@x", "b@y"}, Home: &Address{"Main", "12345"}, Scores: map[string]float64{"go": 1, "c": 0.5}, Any: [2]bool{true}, secret: 7}
	p.Friends = append(p.Friends, &Person{Name: "Bob", Any: p.Work})
	kinds := map[reflect.Kind]int{}
	walk("p", reflect.ValueOf(p), func(path string, v reflect.Value) bool {
		kinds[v.Kind()]++
		if v.Kind() == reflect.String && v.Len() > 0 {
			fmt.Println(path, v, v.CanSet(), v.CanInterface())
			if v.CanSet() {
				v.SetString(strings.ToUpper(v.String()))
			}
		}
		return true
	})
	fmt.Println(kinds)
	fmt.Println(p.Name, p.Emails, *p.Home, p.Friends[0].Name)
	fmt.Println(check(p), check(Person{Age: 200, Work: Address{Street: "x", Zip: "99999"}}))

	t := reflect.TypeOf(p)
	for i := range t.NumMethod() {
		m := t.Method(i)
		fmt.Println(m.Name, m.Type, m.Type.IsVariadic())
	}
	fmt.Println(t.Elem().NumMethod(), t.Elem().NumField(), t.Elem().Field(0).Tag.Get("json"))
	v := reflect.ValueOf(p)
	fmt.Println(v.MethodByName("Greet").Call([]reflect.Value{reflect.ValueOf("hi"), reflect.ValueOf(1), reflect.ValueOf(2)}))
	out := v.MethodByName("Greet").CallSlice([]reflect.Value{reflect.ValueOf(""), reflect.ValueOf([]int(nil))})
	fmt.Println(out[1].Interface(), out[1].Type(), out[1].IsNil())
	v.MethodByName("Birthday").Call(nil)
	fmt.Println(p.Age, v.MethodByName("private").IsValid())
	for _, f := range []func(){
		func() { v.Elem().FieldByName("secret").SetInt(1) },
		func() { reflect.ValueOf(*p).Field(0).SetString("x") },
		func() { v.Elem().Field(0).SetInt(1) },
		func() { v.Elem().FieldByName("Name").Len(); v.Elem().FieldByName("Nope").Len() },
		func() { reflect.ValueOf(check).Call(nil) },
	} {
		func() {
			defer func() { fmt.Println("panic:", recover()) }()
			f()
		}()
	}

	st := reflect.StructOf([]reflect.StructField{
		{Name: "ID", Type: reflect.TypeFor[int](), Tag: `k:"v"`},
		{Name: "P", Type: reflect.TypeFor[Person]()},
	})
	dyn := reflect.New(st).Elem()
	dyn.Field(0).SetInt(9)
	dyn.Field(1).Field(0).SetString("dyn")
	fmt.Printf("%v %v\n", st.Field(0), dyn.Field(1).Field(0))
	mt := reflect.MapOf(reflect.TypeFor[string](), reflect.SliceOf(reflect.TypeFor[Address]()))
	m := reflect.MakeMap(mt)
	m.SetMapIndex(reflect.ValueOf("k"), reflect.Append(reflect.Zero(mt.Elem()), reflect.ValueOf(Address{Zip: "1"})))
	fmt.Printf("%v %T\n", m.Interface().(map[string][]Address), m.Interface())
	swap := func(args []reflect.Value) []reflect.Value { return []reflect.Value{args[1], args[0]} }
	f := reflect.MakeFunc(reflect.TypeFor[func(Address, string) (string, Address)](), swap).Interface().(func(Address, string) (string, Address))
	fmt.Println(f(Address{"S", "Z"}, "first"))

	in := injector{}.provide(p, Address{"Inj", "0"}, 42, errors.New("an error"))
	fmt.Println(in.invoke(func(a Address, n int, e error) (string, int) { return a.Street + e.Error(), n * 2 }))
	fmt.Println(in.invoke(func(float64) {}))
	fmt.Println(reflect.DeepEqual(p, p), reflect.DeepEqual([]any{1, "a", nil}, []any{1, "a", nil}), reflect.DeepEqual(map[string][]int{"a": nil}, map[string][]int{"a": {}}))
	ch := reflect.MakeChan(reflect.TypeFor[chan Address](), 1)
	ch.Send(reflect.ValueOf(Address{"via", "chan"}))
	i, rv, ok := reflect.Select([]reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: ch}, {Dir: reflect.SelectDefault}})
	fmt.Println(i, rv, ok)
}
