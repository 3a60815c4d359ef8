//go:build ignore

// Types that recur through maps, arrays and structs without a name.
package main

import (
	"fmt"
	"reflect"
	"runtime"
)

type node struct {
	Name  string
	Child map[string]node
}

func (n node) count() int {
	total := 1
	for _, c := range n.Child {
		total += c.count()
	}
	return total
}

type triple [3]map[string]triple

type event struct {
	about any
	when  float64
	hook  func(map[event2]bool)
	parts []struct {
		of    event
		index int
	}
}

type event2 struct {
	about any
	when  float64
	seen  *map[event2]bool
	pair  [2]struct {
		*node
		c chan map[event2]int
	}
}

type layer struct {
	*node
	under map[int]layer
	by    map[[2]int]struct{ layer }
}

func main() {
	root := node{"root", map[string]node{}}
	root.Child["a"] = node{"a", map[string]node{}}
	root.Child["a"].Child["b"] = node{Name: "b"}
	fmt.Println(root, root.count())

	// What such maps hold survives the collector.
	var t triple
	t[1] = map[string]triple{}
	for i := range 1000 {
		var inner triple
		inner[2] = map[string]triple{fmt.Sprint(i): {}}
		t[1][fmt.Sprint(i)] = inner
	}
	runtime.GC()
	waste := 0
	for i := range 1000 {
		waste += len(make([]byte, 48+i%300))
	}
	found := 0
	for k, v := range t[1] {
		if _, ok := v[2][k]; ok {
			found++
		}
	}
	fmt.Println(found, waste)

	fmt.Println(reflect.TypeOf(event{}).Field(3).Type, reflect.TypeOf(layer{}).Field(2).Type)
	seen := map[event2]bool{}
	seen[event2{about: 1}] = true
	seen[event2{about: 1, when: 0}] = false
	fmt.Println(len(seen))
	defer func() { fmt.Println(recover()) }()
	fmt.Println(seen[event2{about: []int{1}}], layer{under: map[int]layer{1: {node: &root}}}.under[1].Name)
}
