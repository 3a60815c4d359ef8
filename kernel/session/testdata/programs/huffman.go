//go:build ignore

// Huffman coding with container/heap and a tree of interfaces.
package main

import (
	"container/heap"
	"fmt"
	"maps"
	"slices"
	"strings"
)

type (
	tree interface{ freq() int }
	leaf struct {
		n int
		r rune
	}
)
type branch struct {
	n           int
	left, right tree
}

func (l leaf) freq() int   { return l.n }
func (b branch) freq() int { return b.n }

type treeHeap []tree

func (h treeHeap) Len() int { return len(h) }
func (h treeHeap) Less(i, j int) bool {
	if h[i].freq() != h[j].freq() {
		return h[i].freq() < h[j].freq()
	}
	return first(h[i]) < first(h[j])
}
func (h treeHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *treeHeap) Push(x any)   { *h = append(*h, x.(tree)) }
func (h *treeHeap) Pop() (x any) {
	n := len(*h)
	x = (*h)[n-1]
	*h = (*h)[:n-1]
	return
}

func first(t tree) rune {
	switch t := t.(type) {
	case leaf:
		return t.r
	case branch:
		return min(first(t.left), first(t.right))
	}
	panic("unreachable")
}

func build(s string) tree {
	count := map[rune]int{}
	for _, r := range s {
		count[r]++
	}
	var h treeHeap
	for r, n := range count {
		h = append(h, leaf{n, r})
	}
	heap.Init(&h)
	for h.Len() > 1 {
		a, b := heap.Pop(&h).(tree), heap.Pop(&h).(tree)
		heap.Push(&h, branch{a.freq() + b.freq(), a, b})
	}
	return h[0]
}

func codes(t tree, prefix string, out map[rune]string) {
	switch t := t.(type) {
	case leaf:
		out[t.r] = prefix
	case branch:
		codes(t.left, prefix+"0", out)
		codes(t.right, prefix+"1", out)
	}
}

func decode(t tree, bits string) string {
	var out []rune
	n := t
	for _, b := range bits {
		br := n.(branch)
		if b == '0' {
			n = br.left
		} else {
			n = br.right
		}
		if l, ok := n.(leaf); ok {
			out = append(out, l.r)
			n = t
		}
	}
	return string(out)
}

func main() {
	text := "this is an example for huffman encoding"
	t := build(text)
	m := map[rune]string{}
	codes(t, "", m)
	var bits strings.Builder
	for _, r := range text {
		bits.WriteString(m[r])
	}
	for _, r := range slices.Sorted(maps.Keys(m)) {
		fmt.Printf("%q %s\n", r, m[r])
	}
	fmt.Println(bits.Len(), decode(t, bits.String()) == text)
}
