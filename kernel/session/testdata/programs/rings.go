//go:build ignore

// container/ring and container/list, a Josephus circle, a doubly linked list of
// our own with sentinels, an XOR swap of windows, a deque, a skip list, moving
// averages and a circular log.
package main

import (
	"container/list"
	"container/ring"
	"errors"
	"fmt"
	"strings"
)

func josephus(n, k int) (order []int) {
	r := ring.New(n)
	for i := range n {
		r.Value = i + 1
		r = r.Next()
	}
	r = r.Prev()
	for r.Len() > 1 {
		r = r.Move(k - 1)
		order = append(order, r.Unlink(1).Value.(int))
	}
	return append(order, r.Value.(int))
}

type dnode[T any] struct {
	prev, next *dnode[T]
	val        T
}

type deque[T any] struct{ root dnode[T] }

func (d *deque[T]) init() *deque[T] {
	if d.root.next == nil {
		d.root.next, d.root.prev = &d.root, &d.root
	}
	return d
}

func (d *deque[T]) insert(after *dnode[T], v T) {
	n := &dnode[T]{after, after.next, v}
	after.next.prev, after.next = n, n
}
func (d *deque[T]) PushFront(v T) { d.init().insert(&d.root, v) }
func (d *deque[T]) PushBack(v T)  { d.insert(d.init().root.prev, v) }
func (d *deque[T]) take(n *dnode[T]) (v T, err error) {
	if d.init(); n == &d.root || n == nil {
		return v, errEmpty
	}
	n.prev.next, n.next.prev = n.next, n.prev
	return n.val, nil
}
func (d *deque[T]) PopFront() (T, error) { return d.take(d.root.next) }
func (d *deque[T]) PopBack() (T, error)  { return d.take(d.root.prev) }

type constError string

func (e constError) Error() string { return string(e) }

const errEmpty = constError("empty deque")

const levels = 6

type skip struct {
	next [levels]*skip
	key  string
	val  int
}

func (s *skip) find(key string, path *[levels]*skip) *skip {
	n := s
	for l := levels - 1; l >= 0; l-- {
		for n.next[l] != nil && n.next[l].key < key {
			n = n.next[l]
		}
		path[l] = n
	}
	return n.next[0]
}

func (s *skip) set(key string, val int) {
	var path [levels]*skip
	if n := s.find(key, &path); n != nil && n.key == key {
		n.val = val
		return
	}
	n := &skip{key: key, val: val}
	h := uint32(2166136261)
	for _, c := range []byte(key) {
		h = (h ^ uint32(c)) * 16777619
	}
	for l := range levels {
		n.next[l], path[l].next[l] = path[l].next[l], n
		if h>>(l+3)&1 == 0 {
			break
		}
	}
}

type window[N int | float64] struct {
	*ring.Ring
	sum N
	n   int
}

func (w *window[N]) add(v N) float64 {
	if old, ok := w.Value.(N); ok {
		w.sum -= old
	} else {
		w.n++
	}
	w.Value = v
	w.Ring = w.Next()
	w.sum += v
	return float64(w.sum) / float64(w.n)
}

func main() {
	fmt.Println(josephus(7, 3), josephus(1, 5))
	var d deque[string]
	_, err := d.PopBack()
	fmt.Println(err, errors.Is(err, errEmpty))
	for i, w := range strings.Fields("a b c d e") {
		if i%2 == 0 {
			d.PushBack(w)
		} else {
			d.PushFront(w)
		}
	}
	for {
		f, err := d.PopFront()
		b, err2 := d.PopBack()
		fmt.Print(f, b, " ")
		if errors.Join(err, err2) != nil {
			break
		}
	}
	fmt.Println()
	l := list.New()
	e4 := l.PushBack(4)
	e1 := l.PushFront(1)
	l.InsertBefore(3, e4)
	l.InsertAfter(2, e1)
	l.MoveToBack(e1)
	other := list.New()
	other.PushBackList(l)
	l.Remove(e4)
	l.Remove(e4)
	for _, x := range []*list.List{l, other} {
		for e := x.Back(); e != nil; e = e.Prev() {
			fmt.Print(e.Value, " ")
		}
		fmt.Print(x.Len(), "; ")
	}
	fmt.Println(e4.Next() == nil, l.Front().Prev() == nil)
	var s skip
	for i, w := range strings.Fields("the quick brown fox jumps over the lazy dog again") {
		s.set(w, i)
	}
	for n := s.next[0]; n != nil; n = n.next[0] {
		fmt.Print(n.key, "=", n.val, " ")
	}
	var path [levels]*skip
	fmt.Println(s.find("k", &path).key, s.find("zzz", &path) == nil)
	w := window[float64]{Ring: ring.New(3)}
	for _, v := range []float64{1, 2, 6, 10, -4} {
		fmt.Printf("%.2f ", w.add(v))
	}
	w.Do(func(v any) { fmt.Print(v, " ") })
	fmt.Println(w.Len())
	a, b := ring.New(2), ring.New(3)
	a.Value, b.Value = "a", "b"
	a.Link(b)
	fmt.Println(a.Len(), b.Next().Next().Len(), a.Move(-3).Value, (*ring.Ring)(nil).Len())
}
