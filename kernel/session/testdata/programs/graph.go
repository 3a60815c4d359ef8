//go:build ignore

// Graphs: Dijkstra, topological sort, strongly connected components.
package main

import (
	"container/heap"
	"fmt"
	"maps"
	"slices"
)

type Edge struct {
	to     string
	weight int
}
type Graph map[string][]Edge

func (g Graph) Add(from, to string, w int) {
	g[from] = append(g[from], Edge{to, w})
	if _, ok := g[to]; !ok {
		g[to] = nil
	}
}

type state struct {
	node string
	dist int
}
type queue []state

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return q[i].dist < q[j].dist || q[i].dist == q[j].dist && q[i].node < q[j].node
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(state)) }
func (q *queue) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}

func (g Graph) Dijkstra(from string) map[string]int {
	dist := map[string]int{from: 0}
	q := &queue{{from, 0}}
	for q.Len() > 0 {
		s := heap.Pop(q).(state)
		if d, ok := dist[s.node]; ok && d < s.dist {
			continue
		}
		for _, e := range g[s.node] {
			n := s.dist + e.weight
			if d, ok := dist[e.to]; !ok || n < d {
				dist[e.to] = n
				heap.Push(q, state{e.to, n})
			}
		}
	}
	return dist
}

func (g Graph) Topo() (order []string, err error) {
	const (
		white = iota
		grey
		black
	)
	colour := map[string]int{}
	var visit func(string) error
	visit = func(n string) error {
		switch colour[n] {
		case grey:
			return fmt.Errorf("cycle at %s", n)
		case black:
			return nil
		}
		colour[n] = grey
		for _, e := range g[n] {
			if err := visit(e.to); err != nil {
				return err
			}
		}
		colour[n] = black
		order = append(order, n)
		return nil
	}
	for _, n := range slices.Sorted(maps.Keys(g)) {
		if err := visit(n); err != nil {
			return nil, err
		}
	}
	slices.Reverse(order)
	return order, nil
}

func (g Graph) SCC() (out [][]string) {
	index, low := map[string]int{}, map[string]int{}
	var stack []string
	var walk func(string)
	walk = func(v string) {
		index[v] = len(index) + 1
		low[v] = index[v]
		stack = append(stack, v)
		for _, e := range g[v] {
			if index[e.to] == 0 {
				walk(e.to)
				low[v] = min(low[v], low[e.to])
			} else if slices.Contains(stack, e.to) {
				low[v] = min(low[v], index[e.to])
			}
		}
		if low[v] == index[v] {
			i := slices.Index(stack, v)
			comp := slices.Clone(stack[i:])
			slices.Sort(comp)
			out = append(out, comp)
			stack = stack[:i]
		}
	}
	for _, v := range slices.Sorted(maps.Keys(g)) {
		if index[v] == 0 {
			walk(v)
		}
	}
	return out
}

func main() {
	g := Graph{}
	for _, e := range []struct {
		a, b string
		w    int
	}{{"a", "b", 7}, {"a", "c", 3}, {"c", "b", 1}, {"b", "d", 2}, {"c", "d", 8}, {"d", "e", 1}} {
		g.Add(e.a, e.b, e.w)
	}
	fmt.Println(g.Dijkstra("a"))
	fmt.Println(g.Topo())
	g.Add("e", "b", 1)
	fmt.Println(g.Topo())
	fmt.Println(g.SCC())
}
