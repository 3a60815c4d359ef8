//go:build ignore

// Backtracking: Sudoku with bit masks, permutations as an iterator, subsets that
// sum, a knight's tour by Warnsdorff, balanced parentheses, Hanoi without recursion.
package main

import (
	"fmt"
	"iter"
	"math/bits"
	"slices"
	"strings"
)

type sudoku struct {
	cells            [81]uint8
	rows, cols, boxs [9]uint16
	guesses          int
}

func (s *sudoku) place(i int, v uint8, on bool) {
	bit := uint16(1) << v
	r, c := i/9, i%9
	b := r/3*3 + c/3
	if !on {
		s.cells[i] = 0
		s.rows[r] &^= bit
		s.cols[c] &^= bit
		s.boxs[b] &^= bit
		return
	}
	s.cells[i] = v
	s.rows[r] |= bit
	s.cols[c] |= bit
	s.boxs[b] |= bit
}

func (s *sudoku) solve() bool {
	best, fewest, free := -1, 10, uint16(0)
	for i, v := range s.cells {
		if v != 0 {
			continue
		}
		r, c := i/9, i%9
		f := ^(s.rows[r] | s.cols[c] | s.boxs[r/3*3+c/3]) & 0x3fe
		if n := bits.OnesCount16(f); n < fewest {
			best, fewest, free = i, n, f
		}
	}
	if best < 0 {
		return true
	}
	for ; free != 0; free &= free - 1 {
		s.guesses++
		v := uint8(bits.TrailingZeros16(free))
		if s.place(best, v, true); s.solve() {
			return true
		}
		s.place(best, v, false)
	}
	return false
}

func permutations[T any](xs []T) iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		c := make([]int, len(xs))
		xs := slices.Clone(xs)
		if !yield(xs) {
			return
		}
		for i := 0; i < len(xs); {
			if c[i] >= i {
				c[i] = 0
				i++
				continue
			}
			k := 0
			if i%2 == 1 {
				k = c[i]
			}
			xs[k], xs[i] = xs[i], xs[k]
			if !yield(xs) {
				return
			}
			c[i]++
			i = 0
		}
	}
}

func subsets(xs []int, sum int) (out [][]int) {
	var pick func(i, left int, chosen []int)
	pick = func(i, left int, chosen []int) {
		switch {
		case left == 0:
			out = append(out, slices.Clone(chosen))
			fallthrough
		case left < 0, i == len(xs):
			return
		}
		pick(i+1, left-xs[i], append(chosen, xs[i]))
		pick(i+1, left, chosen)
	}
	pick(0, sum, nil)
	return
}

func tour(n int) (order [][]int, ok bool) {
	order = make([][]int, n)
	for i := range order {
		order[i] = make([]int, n)
	}
	moves := [...][2]int{{1, 2}, {2, 1}, {2, -1}, {1, -2}, {-1, -2}, {-2, -1}, {-2, 1}, {-1, 2}}
	free := func(x, y int) bool { return x >= 0 && y >= 0 && x < n && y < n && order[y][x] == 0 }
	x, y := 0, 0
	for step := 1; ; step++ {
		order[y][x] = step
		if step == n*n {
			return order, true
		}
		bx, by, least := -1, -1, 9
		for _, m := range moves {
			if nx, ny := x+m[0], y+m[1]; free(nx, ny) {
				exits := 0
				for _, k := range moves {
					if free(nx+k[0], ny+k[1]) {
						exits++
					}
				}
				if exits < least {
					bx, by, least = nx, ny, exits
				}
			}
		}
		if bx < 0 {
			return order, false
		}
		x, y = bx, by
	}
}

func parens(n int) (out []string) {
	var grow func(s string, open, closed int)
	grow = func(s string, open, closed int) {
		if closed == n {
			out = append(out, s)
			return
		}
		if open < n {
			grow(s+"(", open+1, closed)
		}
		if closed < open {
			grow(s+")", open, closed+1)
		}
	}
	grow("", 0, 0)
	return
}

func main() {
	var s sudoku
	for i, c := range "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79" {
		if c != '.' {
			s.place(i, uint8(c-'0'), true)
		}
	}
	fmt.Println(s.solve(), s.guesses)
	for row := range slices.Chunk(s.cells[:], 9) {
		fmt.Println(row)
	}
	n := 0
	for p := range permutations([]rune("abcd")) {
		if n++; n%6 == 0 {
			fmt.Print(string(p), " ")
		}
		if p[0] == 'd' && n > 20 {
			break
		}
	}
	fmt.Println(n)
	fmt.Println(subsets([]int{8, 3, 5, 2, 7, 1}, 10))
	order, ok := tour(6)
	fmt.Println(order, ok)
	fmt.Println(strings.Join(parens(3), " "), len(parens(7)))
	pegs := [3][]int{{4, 3, 2, 1}}
	for m := 1; m < 1<<4; m++ {
		from, to := (m&(m-1))%3, ((m|(m-1))+1)%3
		k := len(pegs[from]) - 1
		pegs[to] = append(pegs[to], pegs[from][k])
		pegs[from] = pegs[from][:k]
	}
	fmt.Println(pegs)
}
