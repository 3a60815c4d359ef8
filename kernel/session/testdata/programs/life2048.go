//go:build ignore

// Grids: 2048 moves, flood fill, a maze by Prim with its solution, spiral order,
// rotations, islands, Langton's ant, a rule-110 automaton, ASCII Mandelbrot.
package main

import (
	"fmt"
	"strings"
)

type board [4][4]int

func (b board) rotate() (r board) {
	for y, row := range b {
		for x, v := range row {
			r[x][3-y] = v
		}
	}
	return
}

func (b board) left() (r board, score int) {
	for y := range b {
		at, merged := 0, false
		for _, v := range b[y] {
			switch {
			case v == 0:
			case at > 0 && r[y][at-1] == v && !merged:
				r[y][at-1] *= 2
				score += v * 2
				merged = true
			default:
				r[y][at] = v
				at++
				merged = false
			}
		}
	}
	return
}

func (b board) move(turns int) (r board, score int) {
	r = b
	for range turns {
		r = r.rotate()
	}
	r, score = r.left()
	for range (4 - turns) % 4 {
		r = r.rotate()
	}
	return
}

type point struct{ x, y int }

func (p point) around() [4]point {
	return [...]point{{p.x + 1, p.y}, {p.x, p.y + 1}, {p.x - 1, p.y}, {p.x, p.y - 1}}
}

type grid []string

func (g grid) at(p point) byte {
	if p.y < 0 || p.y >= len(g) || p.x < 0 || p.x >= len(g[p.y]) {
		return 0
	}
	return g[p.y][p.x]
}

func (g grid) islands() (sizes []int) {
	seen := map[point]bool{}
	var fill func(p point) int
	fill = func(p point) int {
		if seen[p] || g.at(p) != '#' {
			return 0
		}
		seen[p] = true
		n := 1
		for _, q := range p.around() {
			n += fill(q)
		}
		return n
	}
	for y := range g {
		for x := range g[y] {
			if n := fill(point{x, y}); n > 0 {
				sizes = append(sizes, n)
			}
		}
	}
	return
}

func maze(w, h int, seed uint32) [][]byte {
	rnd := func(n int) int { seed = seed*1103515245 + 12345; return int(seed>>16) % n }
	g := make([][]byte, 2*h+1)
	for y := range g {
		g[y] = []byte(strings.Repeat("#", 2*w+1))
	}
	g[1][1] = ' '
	frontier := []point{{1, 1}}
	for len(frontier) > 0 {
		i := rnd(len(frontier))
		p := frontier[i]
		var open []point
		for _, d := range (point{}).around() {
			q := point{p.x + 2*d.x, p.y + 2*d.y}
			if q.x > 0 && q.y > 0 && q.x < 2*w && q.y < 2*h && g[q.y][q.x] == '#' {
				open = append(open, d)
			}
		}
		if len(open) == 0 {
			frontier = append(frontier[:i], frontier[i+1:]...)
			continue
		}
		d := open[rnd(len(open))]
		g[p.y+d.y][p.x+d.x], g[p.y+2*d.y][p.x+2*d.x] = ' ', ' '
		frontier = append(frontier, point{p.x + 2*d.x, p.y + 2*d.y})
	}
	return g
}

func solve(g [][]byte, from, to point) (steps int) {
	prev := map[point]point{from: from}
	for queue := []point{from}; len(queue) > 0 && prev[to] == (point{}); queue = queue[1:] {
		for _, q := range queue[0].around() {
			if _, seen := prev[q]; !seen && g[q.y][q.x] == ' ' {
				prev[q] = queue[0]
				queue = append(queue, q)
			}
		}
	}
	for p := to; p != from; p = prev[p] {
		g[p.y][p.x] = '.'
		steps++
	}
	return
}

func spiral[T any](g [][]T) (out []T) {
	for len(g) > 0 {
		out = append(out, g[0]...)
		g = g[1:]
		if len(g) == 0 {
			break
		}
		turned := make([][]T, len(g[0]))
		for x := range turned {
			for y := range g {
				turned[x] = append(turned[x], g[y][len(g[0])-1-x])
			}
		}
		g = turned
	}
	return
}

func ant(n int) (black int) {
	var cells [64][64]bool
	x, y, dx, dy := 32, 32, 0, -1
	for range n {
		if cells[y][x] {
			dx, dy = dy, -dx
		} else {
			dx, dy = -dy, dx
		}
		cells[y][x] = !cells[y][x]
		x, y = (x+dx)&63, (y+dy)&63
	}
	for _, row := range cells {
		for _, c := range row {
			if c {
				black++
			}
		}
	}
	return
}

func main() {
	b := board{{2, 2, 4, 4}, {0, 2, 0, 2}, {4, 4, 4, 4}, {2, 0, 0, 8}}
	for turns := range 4 {
		r, score := b.move(turns)
		fmt.Println(r, score, r == b)
	}
	g := grid(strings.Split("##..#\n#..##\n..#..\n##.##", "\n"))
	fmt.Println(g.islands())
	m := maze(9, 5, 7)
	fmt.Println(solve(m, point{1, 1}, point{17, 9}))
	for _, row := range m {
		fmt.Println(string(row))
	}
	fmt.Println(spiral([][]int{{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}}), string(spiral([][]rune{[]rune("abc"), []rune("hid"), []rune("gfe")})))
	fmt.Println(ant(2000))
	row := uint64(1)
	for range 8 {
		fmt.Println(strings.NewReplacer("0", ".", "1", "*").Replace(fmt.Sprintf("%020b", row&(1<<20-1))))
		var next uint64
		for i := range uint(63) {
			if k := (row << 1) >> i & 7; 110>>k&1 == 1 {
				next |= 1 << i
			}
		}
		row = next
	}
	for y := 1.0; y >= -1; y -= 0.25 {
		line := make([]byte, 0, 40)
		for x := -2.0; x < 0.5; x += 0.0625 {
			z, n := complex(0, 0), 0
			for ; n < 30 && real(z)*real(z)+imag(z)*imag(z) < 4; n++ {
				z = z*z + complex(x, y)
			}
			line = append(line, " .:-=+*#%@"[min(n/3, 9)])
		}
		fmt.Println(string(line))
	}
}
