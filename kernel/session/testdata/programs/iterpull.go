//go:build ignore

// Iterators: adapters on iter.Seq, Pull and Pull2, early stops, cleanup, panics
// that cross an iterator, trees, and the iterators of the standard library.
package main

import (
	"bytes"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

func Map[A, B any](s iter.Seq[A], f func(A) B) iter.Seq[B] {
	return func(yield func(B) bool) {
		for a := range s {
			if !yield(f(a)) {
				return
			}
		}
	}
}

func Filter[A any](s iter.Seq[A], keep func(A) bool) iter.Seq[A] {
	return func(yield func(A) bool) {
		s(func(a A) bool { return !keep(a) || yield(a) })
	}
}

func Take[A any](s iter.Seq[A], n int) iter.Seq[A] {
	return func(yield func(A) bool) {
		if n <= 0 {
			return
		}
		i := 0
		for a := range s {
			if i++; !yield(a) || i == n {
				return
			}
		}
	}
}

func Zip[A, B any](a iter.Seq[A], b iter.Seq[B]) iter.Seq2[A, B] {
	return func(yield func(A, B) bool) {
		next, stop := iter.Pull(b)
		defer stop()
		for x := range a {
			y, ok := next()
			if !ok || !yield(x, y) {
				return
			}
		}
	}
}

func Merge(a, b iter.Seq[int]) iter.Seq[int] {
	return func(yield func(int) bool) {
		na, sa := iter.Pull(a)
		defer sa()
		nb, sb := iter.Pull(b)
		defer sb()
		x, okx := na()
		y, oky := nb()
		for okx || oky {
			if okx && (!oky || x <= y) {
				if !yield(x) {
					return
				}
				x, okx = na()
			} else {
				if !yield(y) {
					return
				}
				y, oky = nb()
			}
		}
	}
}

func count(name string) iter.Seq[int] {
	return func(yield func(int) bool) {
		defer fmt.Println("done", name)
		for i := 0; ; i++ {
			if !yield(i) {
				return
			}
		}
	}
}

type tree struct {
	l, r *tree
	v    string
}

func (t *tree) All() iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		i := 0
		var walk func(*tree) bool
		walk = func(t *tree) bool {
			if t == nil {
				return true
			}
			if !walk(t.l) {
				return false
			}
			i++
			return yield(i-1, t.v) && walk(t.r)
		}
		walk(t)
	}
}

func insert(t *tree, v string) *tree {
	if t == nil {
		return &tree{v: v}
	}
	if v < t.v {
		t.l = insert(t.l, v)
	} else {
		t.r = insert(t.r, v)
	}
	return t
}

func find(t *tree, prefix string) (where int, what string) {
	for i, v := range t.All() {
		if strings.HasPrefix(v, prefix) {
			return i, v
		}
	}
	return -1, ""
}

func labelled() (out []string) {
outer:
	for i := range count("outer") {
		for j := range count("inner") {
			defer func() { out = append(out, fmt.Sprint(i, j)) }()
			switch {
			case j > i:
				continue outer
			case i == 2:
				break outer
			}
		}
	}
	return
}

func main() {
	odd := Filter(count("odd"), func(i int) bool { return i%2 == 1 })
	fmt.Println(slices.Collect(Take(Map(odd, func(i int) string { return strings.Repeat("*", i) }), 3)))
	for a, b := range Zip(Take(count("a"), 3), slices.Values([]string{"x", "y"})) {
		fmt.Print(a, b, " ")
	}
	fmt.Println()
	squares := Map(count("sq"), func(i int) int { return i * i })
	fmt.Println(slices.Collect(Take(Merge(squares, Map(count("cubes"), func(i int) int { return i * i * i })), 10)))

	var t *tree
	for w := range strings.FieldsSeq("one two three four five six seven") {
		t = insert(t, w)
	}
	fmt.Println(find(t, "s"))
	fmt.Println(find(t, "z"))
	fmt.Println(labelled())

	next, stop := iter.Pull2(t.All())
	fmt.Println(next())
	fmt.Println(next())
	stop()
	stop()
	fmt.Println(next())

	func() {
		defer func() { fmt.Println("recovered:", recover()) }()
		for i := range count("panic") {
			if i == 2 {
				panic(fmt.Sprint("at ", i))
			}
		}
	}()
	func() {
		defer func() { fmt.Println("recovered:", recover()) }()
		next, stop := iter.Pull(func(yield func(int) bool) {
			yield(1)
			panic("inside")
		})
		defer stop()
		fmt.Println(next())
		fmt.Println(next())
	}()
	func() {
		defer func() { fmt.Println("recovered:", recover()) }()
		for range func(yield func() bool) {
			yield()
			yield()
		} {
			break
		}
	}()

	m := map[string]int{"a": 1, "b": 2, "c": 3}
	fmt.Println(slices.Sorted(maps.Keys(m)), slices.Sorted(maps.Values(m)), maps.Collect(maps.All(m)))
	for chunk := range slices.Chunk([]int{1, 2, 3, 4, 5}, 2) {
		fmt.Print(chunk, cap(chunk), " ")
	}
	for i, v := range slices.Backward([]string{"p", "q"}) {
		fmt.Print(i, v, " ")
	}
	for line := range strings.Lines("a\nb\n\nc") {
		fmt.Printf("%q ", line)
	}
	for part := range bytes.SplitSeq([]byte("k=v=w"), []byte("=")) {
		fmt.Printf("%s ", part)
	}
	fmt.Println(slices.SortedStableFunc(maps.Keys(m), func(a, b string) int { return strings.Compare(b, a) }))
}
