//go:build ignore

// Shortest paths with container/heap, Floyd-Warshall, Kruskal with union-find,
// topological order with cycles reported, max flow, A* on a grid.
package main

import (
	"cmp"
	"container/heap"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

type queue[T any] struct {
	items []T
	less  func(a, b T) bool
}

func (q queue[T]) Len() int           { return len(q.items) }
func (q queue[T]) Less(i, j int) bool { return q.less(q.items[i], q.items[j]) }
func (q queue[T]) Swap(i, j int)      { q.items[i], q.items[j] = q.items[j], q.items[i] }
func (q *queue[T]) Push(x any)        { q.items = append(q.items, x.(T)) }
func (q *queue[T]) Pop() (x any) {
	n := len(q.items) - 1
	x, q.items = q.items[n], q.items[:n]
	return
}

type edge struct {
	to   string
	cost float64
}

type graph map[string][]edge

func (g graph) paths(from string) (dist map[string]float64, prev map[string]string) {
	dist, prev = map[string]float64{from: 0}, map[string]string{}
	q := &queue[edge]{less: func(a, b edge) bool { return a.cost < b.cost }}
	heap.Push(q, edge{from, 0})
	for q.Len() > 0 {
		at := heap.Pop(q).(edge)
		if at.cost > dist[at.to] {
			continue
		}
		for _, e := range g[at.to] {
			d := at.cost + e.cost
			if old, ok := dist[e.to]; !ok || d < old {
				dist[e.to], prev[e.to] = d, at.to
				heap.Push(q, edge{e.to, d})
			}
		}
	}
	return
}

type union []int

func (u union) find(i int) int {
	for u[i] != i {
		u[i] = u[u[i]]
		i = u[i]
	}
	return i
}

func (u union) join(i, j int) bool {
	i, j = u.find(i), u.find(j)
	u[i] = j
	return i != j
}

type cycle []string

func (c cycle) Error() string { return "cycle: " + strings.Join(c, " > ") }

func order(deps map[string][]string) (out []string, err error) {
	state := map[string]int{}
	var path []string
	var visit func(string)
	visit = func(n string) {
		switch state[n] {
		case 1:
			panic(cycle(append(slices.Clone(path[slices.Index(path, n):]), n)))
		case 2:
			return
		}
		state[n] = 1
		path = append(path, n)
		for _, d := range deps[n] {
			visit(d)
		}
		path = path[:len(path)-1]
		state[n] = 2
		out = append(out, n)
	}
	defer func() {
		if c, ok := recover().(cycle); ok {
			out, err = nil, fmt.Errorf("order: %w", c)
		}
	}()
	var names []string
	for n := range deps {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		visit(n)
	}
	return out, nil
}

func flow(c [][]int, s, t int) (total int) {
	for {
		prev := make([]int, len(c))
		for i := range prev {
			prev[i] = -1
		}
		prev[s] = s
		for q := []int{s}; len(q) > 0; q = q[1:] {
			for v, room := range c[q[0]] {
				if room > 0 && prev[v] < 0 {
					prev[v] = q[0]
					q = append(q, v)
				}
			}
		}
		if prev[t] < 0 {
			return
		}
		room := math.MaxInt
		for v := t; v != s; v = prev[v] {
			room = min(room, c[prev[v]][v])
		}
		for v := t; v != s; v = prev[v] {
			c[prev[v]][v] -= room
			c[v][prev[v]] += room
		}
		total += room
	}
}

func astar(grid []string) int {
	type pos [2]int
	type state struct {
		pos
		cost, guess int
	}
	goal := pos{len(grid) - 1, len(grid[0]) - 1}
	h := func(p pos) int { return goal[0] - p[0] + goal[1] - p[1] }
	q := &queue[state]{less: func(a, b state) bool {
		return cmp.Or(cmp.Compare(a.cost+a.guess, b.cost+b.guess), cmp.Compare(a.guess, b.guess)) < 0
	}}
	heap.Push(q, state{guess: h(pos{})})
	seen := map[pos]bool{}
	for q.Len() > 0 {
		s := heap.Pop(q).(state)
		if s.pos == goal {
			return s.cost
		}
		if seen[s.pos] {
			continue
		}
		seen[s.pos] = true
		for _, d := range [4]pos{{0, 1}, {1, 0}, {0, -1}, {-1, 0}} {
			p := pos{s.pos[0] + d[0], s.pos[1] + d[1]}
			if p[0] >= 0 && p[1] >= 0 && p[0] < len(grid) && p[1] < len(grid[0]) && grid[p[0]][p[1]] != '#' {
				heap.Push(q, state{p, s.cost + 1, h(p)})
			}
		}
	}
	return -1
}

func main() {
	g := graph{"a": {{"b", 7}, {"c", 9}, {"f", 14}}, "b": {{"c", 10}, {"d", 15}}, "c": {{"d", 11}, {"f", 2}}, "d": {{"e", 6}}, "f": {{"e", 9}}}
	dist, prev := g.paths("a")
	path := []string{"e"}
	for n, ok := prev["e"]; ok; n, ok = prev[n] {
		path = append(path, n)
	}
	slices.Reverse(path)
	fmt.Println(dist, path)

	inf := math.Inf(1)
	d := [4][4]float64{{0, inf, -2, inf}, {4, 0, 3, inf}, {inf, inf, 0, 2}, {inf, -1, inf, 0}}
	for k := range d {
		for i := range d {
			for j := range d {
				d[i][j] = min(d[i][j], d[i][k]+d[k][j])
			}
		}
	}
	fmt.Println(d)

	edges := [][3]int{{7, 0, 3}, {5, 1, 2}, {8, 0, 1}, {9, 1, 3}, {7, 1, 4}, {5, 2, 4}, {15, 3, 4}, {6, 3, 5}, {8, 4, 5}}
	slices.SortStableFunc(edges, func(a, b [3]int) int { return slices.Compare(a[:], b[:]) })
	u, cost := union{0, 1, 2, 3, 4, 5}, 0
	for _, e := range edges {
		if u.join(e[1], e[2]) {
			cost += e[0]
		}
	}
	fmt.Println(cost)
	fmt.Println(order(map[string][]string{"app": {"log", "db"}, "db": {"log", "net"}, "net": nil}))
	_, err := order(map[string][]string{"a": {"b"}, "b": {"c", "x"}, "c": {"b"}})
	var c cycle
	fmt.Println(err, errors.As(err, &c), len(c))
	fmt.Println(flow([][]int{{0, 16, 13, 0, 0, 0}, {0, 0, 10, 12, 0, 0}, {0, 4, 0, 0, 14, 0}, {0, 0, 9, 0, 0, 20}, {0, 0, 0, 7, 0, 4}, make([]int, 6)}, 0, 5))
	fmt.Println(astar([]string{"..#...", ".#..#.", "....#.", ".##.#.", "....#."}), astar([]string{".#", "#."}))
}
