//go:build ignore

// Matrix code: multiplication, determinant, transposition, spiral.
package main

import (
	"fmt"
	"math"
)

type Matrix [][]float64

func New(r, c int) Matrix {
	backing := make([]float64, r*c)
	m := make(Matrix, r)
	for i := range m {
		m[i] = backing[i*c : (i+1)*c : (i+1)*c]
	}
	return m
}

func (a Matrix) Mul(b Matrix) Matrix {
	out := New(len(a), len(b[0]))
	for i, row := range a {
		for k, v := range row {
			for j := range b[k] {
				out[i][j] += v * b[k][j]
			}
		}
	}
	return out
}

func (a Matrix) T() Matrix {
	out := New(len(a[0]), len(a))
	for i := range a {
		for j := range a[i] {
			out[j][i] = a[i][j]
		}
	}
	return out
}

func (a Matrix) Det() float64 {
	n := len(a)
	m := New(n, n)
	for i := range a {
		copy(m[i], a[i])
	}
	det := 1.0
	for c := range n {
		p := c
		for r := c + 1; r < n; r++ {
			if math.Abs(m[r][c]) > math.Abs(m[p][c]) {
				p = r
			}
		}
		if m[p][c] == 0 {
			return 0
		}
		if p != c {
			m[p], m[c] = m[c], m[p]
			det = -det
		}
		det *= m[c][c]
		for r := c + 1; r < n; r++ {
			f := m[r][c] / m[c][c]
			for k := c; k < n; k++ {
				m[r][k] -= f * m[c][k]
			}
		}
	}
	return det
}

func spiral(m [][]int) (out []int) {
	for len(m) > 0 && len(m[0]) > 0 {
		out = append(out, m[0]...)
		m = m[1:]
		if len(m) == 0 {
			break
		}
		r := make([][]int, len(m[0]))
		for i := range r {
			r[i] = make([]int, len(m))
			for j := range m {
				r[i][j] = m[j][len(m[0])-1-i]
			}
		}
		m = r
	}
	return
}

func main() {
	a := Matrix{{1, 2, 3}, {0, 1, 4}, {5, 6, 0}}
	fmt.Println(a.Mul(a), a.T(), math.Round(a.Det()*1e9)/1e9)
	fmt.Println(Matrix{{1, 2}, {2, 4}}.Det(), spiral([][]int{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}))
	var grid [3][4]int
	for i := range grid {
		for j := range grid[i] {
			grid[i][j] = i * j
		}
	}
	other := grid
	other[2][3] = -1
	fmt.Println(grid, other == grid, grid[2], len(grid[0]))
}
