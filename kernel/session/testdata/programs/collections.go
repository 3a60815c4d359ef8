//go:build ignore

// A small library of generic containers, as people keep them in one file: its
// sentinel errors and settings are variables of the package.
package main

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"
)

var (
	ErrEmpty    = errors.New("collections: empty")
	ErrFull     = errors.New("collections: full")
	ErrNotFound = fmt.Errorf("collections: %w", os.ErrNotExist)
)

var (
	maxDepth   = defaultDepth()
	statistics = map[string]int{}
	trace      func(format string, args ...any)
	order      = []string{"stack", "queue", "tree", "ring", "graph"}
)

func defaultDepth() int { return 4 * len(order) }

func count[T any](op string, _ T) {
	statistics[op]++
	if trace != nil {
		var zero T
		trace("%s of %T\n", op, zero)
	}
}

// A Stack is last in, first out.
type Stack[T any] struct {
	items []T
	limit int
}

func NewStack[T any](limit int) *Stack[T] { return &Stack[T]{limit: min(limit, maxDepth)} }

func (s *Stack[T]) Push(items ...T) error {
	for i, v := range items {
		if len(s.items) >= s.limit {
			return fmt.Errorf("push %d of %d: %w", i+1, len(items), ErrFull)
		}
		s.items = append(s.items, v)
		count("push", v)
	}
	return nil
}

func (s *Stack[T]) Pop() (v T, err error) {
	if len(s.items) == 0 {
		return v, ErrEmpty
	}
	last := len(s.items) - 1
	v, s.items = s.items[last], s.items[:last]
	count("pop", v)
	return v, nil
}

// A Container is what the tests below need to know.
type Container[T any] interface {
	Len() int
	All() iter.Seq[T]
}

// A Tree is an unbalanced search tree.
type Tree[K cmp.Ordered, V any] struct {
	root *node[K, V]
	size int
}

type node[K cmp.Ordered, V any] struct {
	key         K
	value       V
	left, right *node[K, V]
}

func (t *Tree[K, V]) find(key K) **node[K, V] {
	at := &t.root
	for *at != nil {
		switch c := cmp.Compare(key, (*at).key); {
		case c < 0:
			at = &(*at).left
		case c > 0:
			at = &(*at).right
		default:
			return at
		}
	}
	return at
}

func (t *Tree[K, V]) Put(key K, value V) (replaced bool) {
	at := t.find(key)
	if *at != nil {
		(*at).value = value
		return true
	}
	*at = &node[K, V]{key: key, value: value}
	t.size++
	count("put", key)
	return false
}

func (t *Tree[K, V]) Get(key K) (V, error) {
	if n := *t.find(key); n != nil {
		return n.value, nil
	}
	var zero V
	return zero, &KeyError[K]{key, ErrNotFound}
}

func (t *Tree[K, V]) Len() int { return t.size }

func (t *Tree[K, V]) All() iter.Seq[K] {
	return func(yield func(K) bool) { t.root.walk(yield) }
}

func (n *node[K, V]) walk(yield func(K) bool) bool {
	return n == nil || n.left.walk(yield) && yield(n.key) && n.right.walk(yield)
}

// A KeyError says which key is meant.
type KeyError[K any] struct {
	Key K
	Err error
}

func (e *KeyError[K]) Error() string { return fmt.Sprintf("key %v: %v", e.Key, e.Err) }
func (e *KeyError[K]) Unwrap() error { return e.Err }
func (e *KeyError[K]) Is(target error) bool {
	return target == ErrEmpty && statistics["get"] == 0
}

// A Ring overwrites what is oldest.
type Ring[T any] struct {
	buf   []T
	start int
}

func (r *Ring[T]) Add(v T) *Ring[T] {
	if len(r.buf) < ringSize {
		r.buf = append(r.buf, v)
	} else {
		r.buf[r.start] = v
		r.start = (r.start + 1) % ringSize
	}
	return r
}
func (r Ring[T]) Len() int { return len(r.buf) }
func (r Ring[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		for i := range r.buf {
			if !yield(r.buf[(r.start+i)%len(r.buf)]) {
				return
			}
		}
	}
}

var ringSize = 3

var (
	_ Container[int]    = Ring[int]{}
	_ Container[string] = (*Tree[string, int])(nil)
)

func Join[T any](c Container[T]) string {
	var b strings.Builder
	for v := range c.All() {
		if b.Len() > 0 {
			b.WriteString(separator)
		}
		fmt.Fprint(&b, v)
	}
	return fmt.Sprintf("%d[%s]", c.Len(), b.String())
}

const separator = " "

// A Graph of anything comparable.
type Graph[N comparable] map[N][]N

func (g Graph[N]) Edge(a, b N) Graph[N] {
	g[a] = append(g[a], b)
	if _, ok := g[b]; !ok {
		g[b] = nil
	}
	return g
}

// Sorted is a topological order, by less among equals.
func (g Graph[N]) Sorted(less func(a, b N) int) (out []N, err error) {
	const visiting, done = 1, 2
	state := map[N]int{}
	var visit func(N) error
	visit = func(n N) error {
		switch state[n] {
		case visiting:
			return &KeyError[N]{n, errCycle}
		case done:
			return nil
		}
		state[n] = visiting
		next := slices.Clone(g[n])
		slices.SortFunc(next, less)
		for _, m := range next {
			if err := visit(m); err != nil {
				return err
			}
		}
		state[n] = done
		out = append(out, n)
		return nil
	}
	for _, n := range slices.SortedFunc(maps.Keys(g), less) {
		if err := visit(n); err != nil {
			return nil, err
		}
	}
	slices.Reverse(out)
	return out, nil
}

var errCycle = errors.New("cycle")

func main() {
	fmt.Println("depth", maxDepth)
	s := NewStack[string](3)
	err := s.Push("a", "b", "c", "d")
	fmt.Println(err, errors.Is(err, ErrFull), errors.Is(err, ErrEmpty))
	for {
		v, err := s.Pop()
		if err == ErrEmpty {
			fmt.Println("popped all:", err)
			break
		}
		fmt.Print(v, " ")
	}

	var t Tree[string, int]
	for i, w := range strings.Fields("the quick brown fox jumps over the lazy dog") {
		t.Put(w, i)
	}
	fmt.Println(Join[string](&t))
	v, err := t.Get("fox")
	fmt.Println(v, err)
	_, err = t.Get("cat")
	var ke *KeyError[string]
	fmt.Println(err, errors.As(err, &ke), errors.Is(err, os.ErrNotExist), errors.Is(err, ErrNotFound), errors.Is(err, ErrEmpty))
	fmt.Printf("%T %q\n", err, ke.Key)

	trace = func(format string, args ...any) { fmt.Printf("trace: "+format, args...) }
	NewStack[[]float32](1).Push([]float32{1})
	new(Tree[int, struct{}]).Put(7, struct{}{})
	trace = nil

	r := new(Ring[float64])
	for i := range 5 {
		r.Add(float64(i) / 2)
	}
	fmt.Println(Join[float64](r))

	g := Graph[string]{}.Edge("asm", "tensor").Edge("tensor", "qat").Edge("qat", "dsl").Edge("tensor", "nn").Edge("nn", "dsl")
	fmt.Println(g.Sorted(strings.Compare))
	_, err = g.Edge("dsl", "asm").Sorted(strings.Compare)
	fmt.Println(err, errors.Is(err, errCycle))
	fmt.Println(statistics)
}
