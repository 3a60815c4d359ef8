//go:build ignore

// Conway's game of life on a torus, with arrays as map keys.
package main

import (
	"fmt"
	"strings"
)

type (
	cell  [2]int
	world map[cell]bool
)

func (w world) step(size int) world {
	count := map[cell]int{}
	for c := range w {
		for dx := -1; dx <= 1; dx++ {
			for dy := -1; dy <= 1; dy++ {
				if dx != 0 || dy != 0 {
					count[cell{(c[0] + dx + size) % size, (c[1] + dy + size) % size}]++
				}
			}
		}
	}
	next := world{}
	for c, n := range count {
		if n == 3 || n == 2 && w[c] {
			next[c] = true
		}
	}
	return next
}

func (w world) String() string {
	var b strings.Builder
	for y := range 6 {
		for x := range 6 {
			if w[cell{x, y}] {
				b.WriteByte('#')
			} else {
				b.WriteByte('.')
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func main() {
	w := world{{1, 0}: true, {2, 1}: true, {0, 2}: true, {1, 2}: true, {2, 2}: true}
	for i := range 5 {
		fmt.Printf("%d:\n%v", i, w)
		w = w.step(6)
	}
}
