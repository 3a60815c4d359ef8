//go:build ignore

// Runes and tables: palindromes, anagrams, columns aligned by tabwriter, run-length
// coding, Morse, the case of identifiers, a bar chart, sparse matrices.
package main

import (
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"
	"text/tabwriter"
	"unicode"
	"unicode/utf8"
)

func palindrome(s string) bool {
	var rs []rune
	for _, r := range s {
		if unicode.IsLetter(r) {
			rs = append(rs, unicode.ToLower(r))
		}
	}
	for i, j := 0, len(rs)-1; i < j; i, j = i+1, j-1 {
		if rs[i] != rs[j] {
			return false
		}
	}
	return true
}

func anagrams(words ...string) (out [][]string) {
	groups := map[[26]int][]string{}
	for _, w := range words {
		var k [26]int
		for _, c := range []byte(w) {
			k[c-'a']++
		}
		groups[k] = append(groups[k], w)
	}
	for _, g := range groups {
		if len(g) > 1 {
			slices.Sort(g)
			out = append(out, g)
		}
	}
	slices.SortFunc(out, slices.Compare[[]string])
	return
}

func rle(s string) string {
	var b strings.Builder
	for s != "" {
		r, n := utf8.DecodeRuneInString(s)
		rest := strings.TrimLeft(s, string(r))
		fmt.Fprintf(&b, "%d%c", (len(s)-len(rest))/n, r)
		s = rest
	}
	return b.String()
}

func unrle(s string) string {
	n := 0
	return strings.Map(func(r rune) rune { return r }, strings.Join(slices.Collect(func(yield func(string) bool) {
		for _, r := range s {
			if unicode.IsDigit(r) {
				n = n*10 + int(r-'0')
				continue
			}
			if !yield(strings.Repeat(string(r), n)) {
				return
			}
			n = 0
		}
	}), ""))
}

func snake(s string) string {
	var b strings.Builder
	rs := []rune(s)
	for i, r := range rs {
		if unicode.IsUpper(r) && i > 0 && (!unicode.IsUpper(rs[i-1]) || i+1 < len(rs) && unicode.IsLower(rs[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

type sparse map[struct{ r, c int }]float64

func (m sparse) mul(o sparse) sparse {
	out := sparse{}
	for a, x := range m {
		for b, y := range o {
			if a.c == b.r {
				out[struct{ r, c int }{a.r, b.c}] += x * y
			}
		}
	}
	return out
}

func main() {
	for _, s := range []string{"A man, a plan", "Was it a car or a cat I saw?", "Ésope reste ici et se repose", ""} {
		fmt.Print(palindrome(s), " ")
	}
	fmt.Println(anagrams(strings.Fields("listen silent enlist cat act dog")...))
	fmt.Println(rle("WWWBBWééé"), unrle(rle("WWWBBWééé")), unrle("12x"))
	for _, s := range []string{"userID", "HTTPServer", "already_snake", "ÄpfelUndBirnen", "X"} {
		fmt.Print(snake(s), " ")
	}
	fmt.Println()
	w := tabwriter.NewWriter(os.Stdout, 0, 8, 2, '.', tabwriter.AlignRight|tabwriter.Debug)
	fmt.Fprintln(w, "name\tqty\tprice\t")
	for _, row := range []struct {
		name  string
		qty   int
		price float64
	}{{"bolt", 100, .25}, {"größe", 7, 1234.5}} {
		fmt.Fprintf(w, "%s\t%d\t%.2f\t\n", row.name, row.qty, row.price)
	}
	w.Flush()
	counts := map[rune]int{}
	for _, r := range "mississippi river" {
		counts[r]++
	}
	var keys []rune
	for r := range counts {
		keys = append(keys, r)
	}
	sort.Slice(keys, func(i, j int) bool {
		if a, b := counts[keys[i]], counts[keys[j]]; a != b {
			return a > b
		}
		return keys[i] < keys[j]
	})
	for _, r := range keys {
		fmt.Printf("%-4q|%-5s|%U\n", r, strings.Repeat("█", counts[r]), r)
	}
	bad := "a\xffb\xc0\xafc"
	for i, r := range bad {
		fmt.Print(i, ":", r, " ")
	}
	fmt.Println(utf8.ValidString(bad), len([]rune(bad)), strings.ToValidUTF8(bad, "?"), []byte(string([]rune(bad)))[:4])
	fmt.Printf("%q %+q %x % X %s %v\n", bad, "é", "hi", "hi", []byte("b"), [3]byte{1, 2})
	a := sparse{{0, 1}: 2, {1, 0}: 3}
	fmt.Println(a.mul(a), len(a.mul(sparse{})))
}
