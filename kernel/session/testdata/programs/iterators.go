//go:build ignore

// Iterators: Seq, Seq2, Pull, early stops, chains, trees.
package main

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

type Tree[T cmp.Ordered] struct {
	Left, Right *Tree[T]
	Value       T
}

func (t *Tree[T]) Insert(v T) *Tree[T] {
	if t == nil {
		return &Tree[T]{Value: v}
	}
	switch cmp.Compare(v, t.Value) {
	case -1:
		t.Left = t.Left.Insert(v)
	case +1:
		t.Right = t.Right.Insert(v)
	}
	return t
}

func (t *Tree[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) { t.push(yield) }
}

func (t *Tree[T]) push(yield func(T) bool) bool {
	return t == nil || t.Left.push(yield) && yield(t.Value) && t.Right.push(yield)
}

func Map[T, U any](s iter.Seq[T], f func(T) U) iter.Seq[U] {
	return func(yield func(U) bool) {
		for v := range s {
			if !yield(f(v)) {
				return
			}
		}
	}
}

func Enumerate[T any](s iter.Seq[T]) iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		i := 0
		for v := range s {
			if !yield(i, v) {
				return
			}
			i++
		}
	}
}

func Until[T any](s iter.Seq[T], stop func(T) bool) iter.Seq[T] {
	return func(yield func(T) bool) {
		for v := range s {
			if stop(v) || !yield(v) {
				return
			}
		}
	}
}

func Equal[T comparable](a, b iter.Seq[T]) bool {
	next, stop := iter.Pull(b)
	defer stop()
	for v := range a {
		if w, ok := next(); !ok || v != w {
			return false
		}
	}
	_, more := next()
	return !more
}

func fibs(yield func(int) bool) {
	defer fmt.Println("(fibs done)")
	for a, b := 0, 1; yield(a); a, b = b, a+b {
	}
}

func search[T any](s iter.Seq[T], want func(T) bool) (found T, at int) {
	for i, v := range Enumerate(s) {
		if want(v) {
			return v, i
		}
	}
	return found, -1
}

func main() {
	var t, u *Tree[string]
	for _, w := range strings.Fields("m c x a e s z") {
		t = t.Insert(w)
	}
	for _, w := range strings.Fields("a c e m s x z") {
		u = u.Insert(w)
	}
	for i, v := range Enumerate(Map(t.All(), strings.ToUpper)) {
		if i == 5 {
			break
		}
		fmt.Print(i, v, " ")
	}
	fmt.Println(Equal(t.All(), u.All()), Equal(t.All(), u.Insert("q").All()))
	fmt.Println(slices.Collect(Until(fibs, func(n int) bool { return n > 50 })))
	fmt.Println(search(fibs, func(n int) bool { return n > 100 }))
	next, stop := iter.Pull2(maps.All(map[int]string{1: "one"}))
	fmt.Println(next())
	stop()
	fmt.Println(next())
outer:
	for a := range fibs {
		for b := range fibs {
			if a*b == 40 {
				fmt.Println(a, b)
				break outer
			}
			if b > 40 {
				continue outer
			}
		}
	}
}
