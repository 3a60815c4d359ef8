//go:build ignore

// Layout: sizes, alignments and offsets of types, arrays by value, comparisons of
// structs, arrays and interfaces, zero-size types, strings and slices as headers.
package main

import (
	"fmt"
	"reflect"
	"unsafe"
)

type packed struct {
	a bool
	b int64
	c bool
	d int32
	e byte
}

type better struct {
	b    int64
	d    int32
	a, c bool
	e    byte
}

type empty struct{}
type tail struct {
	n int32
	_ struct{}
}
type nested struct {
	packed
	arr [3]packed
	f   func()
	i   interface{ M() }
	s   []string
	m   map[string]int
	c   chan<- int
	z   complex64
}

type named [4]uint16

func change(a [3]int, p *[3]int, s []int) {
	a[0], p[1], s[2] = 100, 200, 300
}

type key struct {
	name string
	at   [2]int
	any  any
}

func try(f func() bool) (out any) {
	defer func() {
		if r := recover(); r != nil {
			out = r
		}
	}()
	return f()
}

func main() {
	fmt.Println(unsafe.Sizeof(packed{}), unsafe.Sizeof(better{}), unsafe.Sizeof(empty{}), unsafe.Sizeof(tail{}), unsafe.Sizeof(nested{}), unsafe.Sizeof(named{}))
	var p packed
	fmt.Println(unsafe.Offsetof(p.a), unsafe.Offsetof(p.b), unsafe.Offsetof(p.c), unsafe.Offsetof(p.d), unsafe.Offsetof(p.e), unsafe.Alignof(p), unsafe.Alignof(p.c))
	const size = unsafe.Sizeof(p.b) * 2
	var arr [size]byte
	fmt.Println(len(arr), unsafe.Sizeof(arr), unsafe.Sizeof(""), unsafe.Sizeof([]int{}), unsafe.Sizeof(any(nil)))
	for _, t := range []reflect.Type{reflect.TypeFor[packed](), reflect.TypeFor[nested](), reflect.TypeFor[tail]()} {
		for i := range t.NumField() {
			f := t.Field(i)
			fmt.Print(f.Name, "@", f.Offset, ":", f.Type.Size(), " ")
		}
		fmt.Println(t.Size(), t.Align(), t.Comparable())
	}

	x := [3]int{1, 2, 3}
	y := x
	change(x, &y, x[:])
	fmt.Println(x, y, x == y, x == [...]int{1, 2, 300})
	for i, v := range x {
		x[2] = 9
		fmt.Print(i, v, " ")
	}
	for i, v := range &x {
		x[2] = 7
		fmt.Print(i, v, " ")
	}
	fmt.Println(x)
	grid := [2][2]int{{1, 2}, {3, 4}}
	row := grid[0]
	row[0] = 50
	rows := grid[:]
	rows[1][1] = 60
	fmt.Println(grid, row, len(grid), cap(rows))
	funcs := [...]func() [2]int{func() [2]int { return grid[0] }, 2: nil}
	r := funcs[0]()
	r[1]++
	fmt.Println(r, grid[0], len(funcs), funcs[1] == nil)

	k := key{"k", [2]int{1, 2}, 3}
	fmt.Println(k == key{"k", [2]int{1, 2}, 3}, k == key{"k", [2]int{1, 2}, int64(3)}, key{} == key{any: nil})
	fmt.Println(try(func() bool { return key{any: []int{}} == key{any: []int{}} }))
	fmt.Println(try(func() bool { return key{any: []int{}} == key{any: 1} }))
	fmt.Println(try(func() bool { return key{name: "x", any: []int{}} == key{name: "y", any: []int{}} }))
	fmt.Println(try(func() bool { return map[any]int{func() {}: 1} == nil }))
	m := map[key]string{k: "one", {}: "zero"}
	m[key{"k", [2]int{1, 2}, any(3)}] += "+"
	fmt.Println(m[k], len(m), m[key{}])
	anon := struct {
		name string
		at   [2]int
		any  any
	}(k)
	fmt.Println(anon == k, fmt.Sprintf("%T", anon))
	var a, b any = empty{}, struct{}{}
	fmt.Println(a == b, a == empty{}, b == struct{}{})
	c1, c2 := make(chan int), make(chan int)
	var ro <-chan int = c1
	fmt.Println(c1 == c2, ro == c1, any(ro) == any(c1))
	bs := []byte("bytes")
	str := unsafe.String(&bs[1], 3)
	fmt.Println(str, unsafe.Slice(unsafe.StringData("word"), 4)[2], *(*[2]byte)(bs), [5]byte(bs) == [5]byte{'b', 'y', 't', 'e', 's'})
	fmt.Println(try(func() bool { return [6]byte(bs)[0] == 0 }))
	*(*int32)(unsafe.Pointer(uintptr(unsafe.Pointer(&p)) + unsafe.Offsetof(p.d))) = -5
	fmt.Printf("%+v\n", p)
}
