//go:build ignore

// Eight queens by backtracking, bit masks and a generator.
package main

import (
	"fmt"
)

func solve(n, row, cols, d1, d2 int, yield func() bool) bool {
	if row == n {
		return yield()
	}
	for free := (1<<n - 1) &^ (cols | d1 | d2); free != 0; {
		bit := free & -free
		free ^= bit
		if !solve(n, row+1, cols|bit, (d1|bit)<<1, (d2|bit)>>1, yield) {
			return false
		}
	}
	return true
}

func main() {
	for n := 1; n <= 8; n++ {
		count := 0
		solve(n, 0, 0, 0, 0, func() bool { count++; return count < 1000 })
		fmt.Println(n, count)
	}
	board := make([]int, 8)
	var place func(int) bool
	place = func(c int) bool {
		if c == 8 {
			return true
		}
	next:
		for r := range 8 {
			for p := range c {
				if board[p] == r || board[p]-r == p-c || board[p]-r == c-p {
					continue next
				}
			}
			board[c] = r
			if place(c + 1) {
				return true
			}
		}
		return false
	}
	fmt.Println(place(0), board)
}
