//go:build ignore

// Package-level variables in any order, init functions, methods before types.
package main

import (
	"fmt"
	"maps"
	"slices"
)

var (
	total = sum(table...)
	table = build(size)
)

const size = half * 2

func (r registry) names() []string { return slices.Sorted(maps.Keys(r)) }

var reg = registry{}

func init() { reg["first"] = func() int { return total } }

type registry map[string]func() int

const half = 4

func init() {
	reg["second"] = func() int { return len(table) }
	fmt.Println("init", len(reg))
}

func build(n int) (t []int) {
	for i := range n {
		t = append(t, i*offset)
	}
	return
}

var offset = 3

func sum(xs ...int) (s int) {
	for _, x := range xs {
		s += x
	}
	return
}

func main() {
	for _, n := range reg.names() {
		fmt.Println(n, reg[n]())
	}
	fmt.Println(total, table, a, b, c)
}

var (
	a, b = c + 1, "b"
	c    = func() int { return offset * 2 }()
)
