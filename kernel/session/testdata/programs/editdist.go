//go:build ignore

// Dynamic programming: edit distance with its script, the longest common
// subsequence, knapsack, matrix chains, coin change, edit by memo, LIS.
package main

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
)

type op struct {
	kind byte
	a, b rune
}

func (o op) String() string {
	switch o.kind {
	case '=':
		return string(o.a)
	case '~':
		return fmt.Sprintf("[%c>%c]", o.a, o.b)
	case '-':
		return "-" + string(o.a)
	}
	return "+" + string(o.b)
}

func edit(s, t string) (int, []op) {
	a, b := []rune(s), []rune(t)
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
		}
	}
	var script []op
	for i, j := len(a), len(b); i > 0 || j > 0; {
		switch {
		case i > 0 && j > 0 && a[i-1] == b[j-1] && d[i][j] == d[i-1][j-1]:
			i, j = i-1, j-1
			script = append(script, op{'=', a[i], b[j]})
		case i > 0 && j > 0 && d[i][j] == d[i-1][j-1]+1:
			i, j = i-1, j-1
			script = append(script, op{'~', a[i], b[j]})
		case i > 0 && d[i][j] == d[i-1][j]+1:
			i--
			script = append(script, op{kind: '-', a: a[i]})
		default:
			j--
			script = append(script, op{kind: '+', b: b[j]})
		}
	}
	slices.Reverse(script)
	return d[len(a)][len(b)], script
}

func lcs[T comparable](a, b []T) []T {
	type cell struct{ n, from int }
	table := map[[2]int]cell{}
	for i := range a {
		for j := range b {
			if a[i] == b[j] {
				table[[2]int{i, j}] = cell{table[[2]int{i - 1, j - 1}].n + 1, 3}
			} else if up, left := table[[2]int{i - 1, j}].n, table[[2]int{i, j - 1}].n; up >= left {
				table[[2]int{i, j}] = cell{up, 1}
			} else {
				table[[2]int{i, j}] = cell{left, 2}
			}
		}
	}
	var out []T
	for i, j := len(a)-1, len(b)-1; i >= 0 && j >= 0; {
		switch table[[2]int{i, j}].from {
		case 3:
			out = append(out, a[i])
			i--
			fallthrough
		case 2:
			j--
		default:
			i--
		}
	}
	slices.Reverse(out)
	return out
}

type item struct {
	name          string
	weight, value int
}

func knapsack(items []item, limit int) (best int, names []string) {
	table := make([][]int, len(items)+1)
	table[0] = make([]int, limit+1)
	for i, it := range items {
		table[i+1] = append([]int(nil), table[i]...)
		for w := it.weight; w <= limit; w++ {
			table[i+1][w] = max(table[i][w], table[i][w-it.weight]+it.value)
		}
	}
	for i, w := len(items), limit; i > 0; i-- {
		if table[i][w] != table[i-1][w] {
			names = append(names, items[i-1].name)
			w -= items[i-1].weight
		}
	}
	sort.Strings(names)
	return table[len(items)][limit], names
}

func chain(dims ...int) (int, string) {
	memo := map[[2]int]struct {
		cost int
		text string
	}{}
	var solve func(i, j int) (int, string)
	solve = func(i, j int) (cost int, text string) {
		if i == j {
			return 0, string(rune('A' + i))
		}
		if m, ok := memo[[2]int{i, j}]; ok {
			return m.cost, m.text
		}
		defer func() {
			memo[[2]int{i, j}] = struct {
				cost int
				text string
			}{cost, text}
		}()
		cost = math.MaxInt
		for k := i; k < j; k++ {
			l, lt := solve(i, k)
			r, rt := solve(k+1, j)
			if c := l + r + dims[i]*dims[k+1]*dims[j+1]; c < cost {
				cost, text = c, "("+lt+rt+")"
			}
		}
		return
	}
	return solve(0, len(dims)-2)
}

func change(amount int, coins ...int) (ways int64, fewest int) {
	w := make([]int64, amount+1)
	f := make([]int, amount+1)
	w[0] = 1
	for a := range f[1:] {
		f[a+1] = math.MaxInt32
	}
	for _, c := range coins {
		for a := c; a <= amount; a++ {
			w[a] += w[a-c]
			f[a] = min(f[a], f[a-c]+1)
		}
	}
	return w[amount], f[amount]
}

func lis(a []int) []int {
	var tails, prev []int
	for i, v := range a {
		k := sort.Search(len(tails), func(j int) bool { return a[tails[j]] >= v })
		if k == 0 {
			prev = append(prev, -1)
		} else {
			prev = append(prev, tails[k-1])
		}
		tails = append(tails[:k], append([]int{i}, tails[min(k+1, len(tails)):]...)...)
	}
	var out []int
	for i := tails[len(tails)-1]; i >= 0; i = prev[i] {
		out = append(out, a[i])
	}
	slices.Reverse(out)
	return out
}

func main() {
	for _, p := range [][2]string{{"kitten", "sitting"}, {"", "abc"}, {"größe", "grosse"}, {"same", "same"}, {"intention", "execution"}} {
		n, script := edit(p[0], p[1])
		fmt.Println(n, script)
	}
	fmt.Println(string(lcs([]byte("thisisatest"), []byte("testing123testing"))))
	fmt.Println(strings.Join(lcs(strings.Fields("a b c d e f"), strings.Fields("b x d a f")), "."))
	fmt.Println(knapsack([]item{{"map", 9, 150}, {"compass", 13, 35}, {"water", 153, 200}, {"sandwich", 50, 160}, {"glucose", 15, 60}, {"tin", 68, 45}, {"banana", 27, 60}}, 100))
	fmt.Println(chain(30, 35, 15, 5, 10, 20, 25))
	fmt.Println(change(1000, 1, 5, 10, 25, 50, 100))
	fmt.Println(change(7, 5, 10))
	fmt.Println(lis([]int{0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15}))
}
