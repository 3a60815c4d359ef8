//go:build ignore

// Caches: least recently used on container/list, least frequently used on
// container/heap, and both behind one generic interface.
package main

import (
	"container/heap"
	"container/list"
	"fmt"
	"strings"
)

type Cache[K comparable, V any] interface {
	Get(K) (V, bool)
	Put(K, V)
	Len() int
}

type pair[K comparable, V any] struct {
	key   K
	value V
}

type LRU[K comparable, V any] struct {
	limit   int
	order   *list.List
	items   map[K]*list.Element
	OnEvict func(K, V)
}

func NewLRU[K comparable, V any](limit int) *LRU[K, V] {
	return &LRU[K, V]{limit: limit, order: list.New(), items: make(map[K]*list.Element)}
}

func (c *LRU[K, V]) Get(k K) (v V, ok bool) {
	e, ok := c.items[k]
	if !ok {
		return
	}
	c.order.MoveToFront(e)
	return e.Value.(*pair[K, V]).value, true
}

func (c *LRU[K, V]) Put(k K, v V) {
	if e, ok := c.items[k]; ok {
		e.Value.(*pair[K, V]).value = v
		c.order.MoveToFront(e)
		return
	}
	c.items[k] = c.order.PushFront(&pair[K, V]{k, v})
	if c.order.Len() > c.limit {
		last := c.order.Remove(c.order.Back()).(*pair[K, V])
		delete(c.items, last.key)
		if c.OnEvict != nil {
			c.OnEvict(last.key, last.value)
		}
	}
}

func (c *LRU[K, V]) Len() int { return len(c.items) }

func (c *LRU[K, V]) String() string {
	var b strings.Builder
	for e := c.order.Front(); e != nil; e = e.Next() {
		p := e.Value.(*pair[K, V])
		fmt.Fprintf(&b, "%v=%v ", p.key, p.value)
	}
	return strings.TrimSpace(b.String())
}

type entry[K comparable, V any] struct {
	pair[K, V]
	uses, at, index int
}

type byUse[K comparable, V any] []*entry[K, V]

func (q byUse[K, V]) Len() int { return len(q) }
func (q byUse[K, V]) Less(i, j int) bool {
	if q[i].uses != q[j].uses {
		return q[i].uses < q[j].uses
	}
	return q[i].at < q[j].at
}
func (q byUse[K, V]) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}
func (q *byUse[K, V]) Push(x any) {
	e := x.(*entry[K, V])
	e.index = len(*q)
	*q = append(*q, e)
}
func (q *byUse[K, V]) Pop() any {
	old := *q
	e := old[len(old)-1]
	*q = old[:len(old)-1]
	return e
}

type LFU[K comparable, V any] struct {
	limit, clock int
	items        map[K]*entry[K, V]
	queue        byUse[K, V]
}

func (c *LFU[K, V]) touch(e *entry[K, V]) {
	c.clock++
	e.uses++
	e.at = c.clock
	heap.Fix(&c.queue, e.index)
}

func (c *LFU[K, V]) Get(k K) (V, bool) {
	if e, ok := c.items[k]; ok {
		c.touch(e)
		return e.value, true
	}
	return *new(V), false
}

func (c *LFU[K, V]) Put(k K, v V) {
	if c.items == nil {
		c.items = map[K]*entry[K, V]{}
	}
	if e, ok := c.items[k]; ok {
		e.value = v
		c.touch(e)
		return
	}
	if len(c.items) == c.limit {
		out := heap.Pop(&c.queue).(*entry[K, V])
		delete(c.items, out.key)
	}
	c.clock++
	e := &entry[K, V]{pair: pair[K, V]{k, v}, uses: 1, at: c.clock}
	c.items[k] = e
	heap.Push(&c.queue, e)
}

func (c *LFU[K, V]) Len() int { return c.queue.Len() }

func exercise(name string, c Cache[string, int]) {
	fmt.Printf("%s %T\n", name, c)
	for i, k := range strings.Fields("a b c a a b d e a f d") {
		if v, ok := c.Get(k); ok {
			fmt.Printf("  hit %s=%d\n", k, v)
		} else {
			c.Put(k, i)
		}
	}
	fmt.Println("  len", c.Len())
}

func main() {
	lru := NewLRU[string, int](3)
	lru.OnEvict = func(k string, v int) { fmt.Println("  evict", k, v) }
	exercise("lru", lru)
	fmt.Println(lru)
	lfu := &LFU[string, int]{limit: 3}
	exercise("lfu", lfu)
	for lfu.queue.Len() > 0 {
		e := heap.Pop(&lfu.queue).(*entry[string, int])
		fmt.Println(e.key, e.uses, e.pair)
	}
}
