//go:build ignore

// Generics: constraints with methods and cores, recursive constraints, generic
// methods as values, instances as map keys, type sets in switches, options,
// results, functional pipelines, a graph over any node type, aliases.
package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
)

type Integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8
}

type Setter[T any] interface {
	*T
	Set(string) error
}

type Port int

func (p *Port) Set(s string) (err error) {
	n, err := strconv.Atoi(s)
	*p = Port(n)
	return err
}

type Names []string

func (n *Names) Set(s string) error { *n = append(*n, s); return nil }

func ParseAll[T any, P Setter[T]](in ...string) (out []T, err error) {
	for _, s := range in {
		var t T
		if e := P(&t).Set(s); e != nil {
			err = errors.Join(err, e)
			continue
		}
		out = append(out, t)
	}
	return
}

type Node[ID comparable] interface {
	comparable
	Key() ID
	Next() []ID
}

type city struct {
	name  string
	roads string
}

func (c city) Key() string    { return c.name }
func (c city) Next() []string { return strings.Fields(c.roads) }

func Reach[ID comparable, N Node[ID]](nodes []N, from ID) (out []ID) {
	byKey := map[ID]N{}
	seen := map[N]bool{}
	for _, n := range nodes {
		byKey[n.Key()] = n
	}
	var visit func(ID)
	visit = func(id ID) {
		n, ok := byKey[id]
		if !ok || seen[n] {
			return
		}
		seen[n] = true
		out = append(out, id)
		for _, m := range n.Next() {
			visit(m)
		}
	}
	visit(from)
	return
}

type Option[T any] struct {
	v  T
	ok bool
}

func Some[T any](v T) Option[T] { return Option[T]{v, true} }
func (o Option[T]) OrElse(d T) T {
	if o.ok {
		return o.v
	}
	return d
}
func (o Option[T]) String() string {
	if !o.ok {
		return fmt.Sprintf("None[%T]", *new(T))
	}
	return fmt.Sprintf("Some(%v)", o.v)
}
func Then[A, B any](o Option[A], f func(A) Option[B]) Option[B] {
	if !o.ok {
		return Option[B]{}
	}
	return f(o.v)
}

type Ordered[T any] interface{ Compare(T) int }

type version struct{ major, minor int }

func (v version) Compare(w version) int {
	return cmp.Or(cmp.Compare(v.major, w.major), cmp.Compare(v.minor, w.minor))
}

func Max[T Ordered[T]](first T, rest ...T) T {
	for _, t := range rest {
		if t.Compare(first) > 0 {
			first = t
		}
	}
	return first
}

type List[T any] struct {
	head *cell[T]
	n    int
}
type cell[T any] struct {
	v    T
	next *cell[T]
}

func (l *List[T]) Push(v T) { l.head, l.n = &cell[T]{v, l.head}, l.n+1 }
func (l *List[T]) Each(f func(int, T)) {
	i := 0
	for c := l.head; c != nil; c = c.next {
		f(i, c.v)
		i++
	}
}

type Matrix[T Integer | ~float64] [][]T

func (m Matrix[T]) Mul(o Matrix[T]) Matrix[T] {
	out := make(Matrix[T], len(m))
	for i := range m {
		out[i] = make([]T, len(o[0]))
		for j := range out[i] {
			for k, v := range m[i] {
				out[i][j] += v * o[k][j]
			}
		}
	}
	return out
}

func Convert[To, From Integer](f From) (To, bool) {
	t := To(f)
	return t, From(t) == f && (t < 0) == (f < 0)
}

func Kind[T any]() string {
	switch any(*new(T)).(type) {
	case int:
		return "int"
	case []T:
		return "never"
	case fmt.Stringer:
		return "stringer"
	case Option[T]:
		return "never"
	}
	return fmt.Sprintf("%T", *new(T))
}

func Concat[S ~[]E, E any](ss ...S) (out S) {
	for _, s := range ss {
		out = append(out, s...)
	}
	return
}

func Bytes[T ~string | ~[]byte](t T) (n int) {
	for i := range len(t) {
		n += int(t[i])
	}
	return n + len(t[1:])
}

type Pair[A, B any] struct {
	First  A
	Second B
}
type Same[T any] = Pair[T, T]
type Tree[T any] struct {
	Pair[*Tree[T], *Tree[T]]
	Value T
}

func Compose[A, B, C any](f func(A) B, g func(B) C) func(A) C { return func(a A) C { return g(f(a)) } }

func GroupBy[T any, K cmp.Ordered](ts []T, key func(T) K) (out []Pair[K, []T]) {
	m := map[K][]T{}
	for _, t := range ts {
		m[key(t)] = append(m[key(t)], t)
	}
	for k, v := range m {
		out = append(out, Pair[K, []T]{k, v})
	}
	slices.SortFunc(out, func(a, b Pair[K, []T]) int { return cmp.Compare(a.First, b.First) })
	return
}

func main() {
	fmt.Println(ParseAll[Port]("80", "x", "443"))
	fmt.Println(ParseAll[Names]("a", "b"))
	fmt.Println(Reach([]city{{"A", "B C"}, {"B", "D"}, {"C", "A"}, {"D", ""}, {"E", "A"}}, "A"))
	half := func(i int) Option[float64] {
		if i%2 != 0 {
			return Option[float64]{}
		}
		return Some(float64(i) / 2)
	}
	fmt.Println(Then(Some(6), half), Then(Some(7), half), Then(Option[int]{}, half).OrElse(-1))
	fmt.Println(Max(version{1, 2}, version{1, 10}, version{0, 99}))
	var l List[Option[string]]
	push := l.Push
	push(Some("a"))
	(*List[Option[string]]).Push(&l, Option[string]{})
	l.Each(func(i int, o Option[string]) { fmt.Print(i, o, " ") })
	fmt.Printf("%d %T %T\n", l.n, l, push)
	fmt.Println(Matrix[Port]{{1, 2}, {3, 4}}.Mul(Matrix[Port]{{0, 1}, {1, 0}}), Matrix[float64]{{.5}}.Mul(Matrix[float64]{{4}}))
	fmt.Println(Convert[int8](300))
	fmt.Println(Convert[uint8](-1))
	fmt.Println(Convert[int8](-100))
	fmt.Println(Kind[int](), Kind[Option[int]](), Kind[[]string](), Kind[error](), Kind[Pair[int, Same[string]]]())
	fmt.Printf("%T %v %d %d\n", Concat(Names{"a"}, Names{"b"}), Concat([]int{1}, nil, []int{2, 3}), Bytes("abc"), Bytes([]byte{1, 2}))
	tr := Tree[int]{Value: 1}
	tr.First = &Tree[int]{Value: 2}
	fmt.Println(tr.First.Value, tr.Second == nil, Same[int]{1, 2} == Pair[int, int]{1, 2})
	f := Compose(strconv.Itoa, func(s string) Same[string] { return Same[string]{s, s + s} })
	fmt.Printf("%+v\n", f(12))
	for _, g := range GroupBy(strings.Fields("apple avocado bean cherry beet"), func(s string) byte { return s[0] }) {
		fmt.Print(string(g.First), g.Second, " ")
	}
	keys := map[any]int{Some(1): 1, Some("1"): 2, Same[int]{}: 3, Pair[int, int8]{}: 4}
	var ks []string
	for k, v := range keys {
		ks = append(ks, fmt.Sprintf("%T:%d", k, v))
	}
	sort.Strings(ks)
	fmt.Println(ks, keys[Option[int]{1, true}])
}
