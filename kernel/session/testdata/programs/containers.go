//go:build ignore

// Generic containers: a set, a stack, a ring queue, a treap, a linked list, with
// iterators and constraints of their own.
package main

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

type Set[T comparable] map[T]struct{}

func SetOf[T comparable](ts ...T) Set[T] {
	s := Set[T]{}
	for _, t := range ts {
		s[t] = struct{}{}
	}
	return s
}

func (s Set[T]) Has(t T) bool { _, ok := s[t]; return ok }
func (s Set[T]) Union(o Set[T]) Set[T] {
	u := maps.Clone(s)
	maps.Copy(u, o)
	return u
}
func (s Set[T]) Filter(keep func(T) bool) Set[T] {
	f := maps.Clone(s)
	maps.DeleteFunc(f, func(t T, _ struct{}) bool { return !keep(t) })
	return f
}

func Sorted[T cmp.Ordered](s Set[T]) []T { return slices.Sorted(maps.Keys(s)) }

type Stack[T any] struct{ items []T }

func (s *Stack[T]) Push(ts ...T) *Stack[T] { s.items = append(s.items, ts...); return s }
func (s *Stack[T]) Pop() (t T, ok bool) {
	if len(s.items) == 0 {
		return
	}
	n := len(s.items) - 1
	t, s.items = s.items[n], s.items[:n:n]
	return t, true
}

type Ring[T any] struct {
	buf        []T
	head, size int
}

func (r *Ring[T]) Push(t T) {
	if r.size == len(r.buf) {
		grown := make([]T, max(4, 2*len(r.buf)))
		for i := range r.size {
			grown[i] = r.buf[(r.head+i)%len(r.buf)]
		}
		r.buf, r.head = grown, 0
	}
	r.buf[(r.head+r.size)%len(r.buf)] = t
	r.size++
}

func (r *Ring[T]) Pop() T {
	if r.size == 0 {
		panic("pop of an empty ring")
	}
	var zero T
	t := r.buf[r.head]
	r.buf[r.head] = zero
	r.head = (r.head + 1) % len(r.buf)
	r.size--
	return t
}

type Map[K, V any] struct {
	root    *node[K, V]
	compare func(a, b K) int
	seed    uint32
	size    int
}

type node[K, V any] struct {
	k           K
	v           V
	prio        uint32
	left, right *node[K, V]
}

func NewMap[K cmp.Ordered, V any]() *Map[K, V] { return &Map[K, V]{compare: cmp.Compare[K], seed: 1} }

func (m *Map[K, V]) Set(k K, v V) { m.root = m.set(m.root, k, v) }

func (m *Map[K, V]) set(n *node[K, V], k K, v V) *node[K, V] {
	if n == nil {
		m.size++
		m.seed = m.seed*1664525 + 1013904223
		return &node[K, V]{k: k, v: v, prio: m.seed}
	}
	switch c := m.compare(k, n.k); {
	case c < 0:
		if n.left = m.set(n.left, k, v); n.left.prio > n.prio {
			l := n.left
			n.left, l.right = l.right, n
			return l
		}
	case c > 0:
		if n.right = m.set(n.right, k, v); n.right.prio > n.prio {
			r := n.right
			n.right, r.left = r.left, n
			return r
		}
	default:
		n.v = v
	}
	return n
}

func (m *Map[K, V]) All() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) { m.root.walk(yield) }
}

func (n *node[K, V]) walk(yield func(K, V) bool) bool {
	return n == nil || n.left.walk(yield) && yield(n.k, n.v) && n.right.walk(yield)
}

func (n *node[K, V]) depth() int {
	if n == nil {
		return 0
	}
	return 1 + max(n.left.depth(), n.right.depth())
}

type Number interface {
	~int | ~int64 | ~float32 | ~float64
}

func Fold[T, A any](s iter.Seq[T], a A, f func(A, T) A) A {
	for t := range s {
		a = f(a, t)
	}
	return a
}

func Sum[N Number](ns ...N) N {
	return Fold(slices.Values(ns), 0, func(a, n N) N { return a + n })
}

type celsius float32

type Point struct{ X, Y int }

func main() {
	a, b := SetOf(1, 2, 3, 5), SetOf(3, 4, 5)
	fmt.Println(Sorted(a.Union(b)), Sorted(a.Filter(b.Has)), a.Has(4), len(a))
	points := SetOf(Point{1, 2}, Point{1, 2}, Point{})
	fmt.Printf("%d %v %T\n", len(points), points.Has(Point{1, 2}), points)

	var st Stack[string]
	st.Push("a").Push("b", "c")
	for v, ok := st.Pop(); ok; v, ok = st.Pop() {
		fmt.Print(v, " ")
	}
	fmt.Println(len(st.items))

	var r Ring[*Point]
	for i := range 11 {
		r.Push(&Point{i, i * i})
		if i%3 == 2 {
			fmt.Print(*r.Pop(), " ")
		}
	}
	fmt.Println(r.size, len(r.buf))
	func() {
		defer func() { fmt.Println("recovered:", recover()) }()
		for {
			r.Pop()
		}
	}()

	m := NewMap[string, int]()
	for i, w := range strings.Fields("the quick brown fox jumps over the lazy dog and runs away from the fox") {
		m.Set(w, i)
	}
	for k, v := range m.All() {
		if k > "q" {
			break
		}
		fmt.Print(k, ":", v, " ")
	}
	fmt.Println(m.size, m.root.depth() < 14)
	big := NewMap[int, struct{}]()
	for i := range 2000 {
		big.Set(i*7919%2000, struct{}{})
	}
	fmt.Println(big.size, big.root.depth() < 40)
	fmt.Println(Sum(1, 2, 3), Sum(1.5, 2.5), Sum[celsius](20.5, 1), fmt.Sprintf("%T", Sum[celsius]()))
}
