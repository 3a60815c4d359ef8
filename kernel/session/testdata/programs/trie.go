//go:build ignore

// A trie with prefix search, an Aho-Corasick matcher, and a suffix array.
package main

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

type trie struct {
	next map[rune]*trie
	word bool
}

func (t *trie) add(words ...string) *trie {
	for _, w := range words {
		n := t
		for _, r := range w {
			if n.next == nil {
				n.next = map[rune]*trie{}
			}
			if n.next[r] == nil {
				n.next[r] = new(trie)
			}
			n = n.next[r]
		}
		n.word = true
	}
	return t
}

func (t *trie) walk(prefix string, visit func(string) bool) bool {
	if t == nil {
		return true
	}
	if t.word && !visit(prefix) {
		return false
	}
	runes := make([]rune, 0, len(t.next))
	for r := range t.next {
		runes = append(runes, r)
	}
	slices.Sort(runes)
	for _, r := range runes {
		if !t.next[r].walk(prefix+string(r), visit) {
			return false
		}
	}
	return true
}

func (t *trie) with(prefix string) func(func(string) bool) {
	return func(yield func(string) bool) {
		n := t
		for _, r := range prefix {
			if n = n.next[r]; n == nil {
				return
			}
		}
		n.walk(prefix, yield)
	}
}

type automaton struct {
	next [][26]int
	fail []int
	out  [][]string
}

func newAutomaton(words ...string) *automaton {
	a := &automaton{next: make([][26]int, 1), fail: []int{0}, out: [][]string{nil}}
	for _, w := range words {
		s := 0
		for _, c := range []byte(w) {
			p := &a.next[s][c-'a']
			if *p == 0 {
				*p = len(a.next)
				s = *p
				a.next, a.fail, a.out = append(a.next, [26]int{}), append(a.fail, 0), append(a.out, nil)
			} else {
				s = *p
			}
		}
		a.out[s] = append(a.out[s], w)
	}
	queue := []int{}
	for _, s := range a.next[0] {
		if s != 0 {
			queue = append(queue, s)
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		s := queue[0]
		for c, to := range a.next[s] {
			back := a.next[a.fail[s]][c]
			if to == 0 {
				a.next[s][c] = back
				continue
			}
			a.fail[to] = back
			a.out[to] = append(a.out[to], a.out[back]...)
			queue = append(queue, to)
		}
	}
	return a
}

func (a *automaton) find(text string) (hits []string) {
	s := 0
	for i := range len(text) {
		s = a.next[s][text[i]-'a']
		for _, w := range a.out[s] {
			hits = append(hits, fmt.Sprintf("%s@%d", w, i+1-len(w)))
		}
	}
	return
}

func suffixes(s string) (sa []int) {
	for i := range s {
		sa = append(sa, i)
	}
	sort.Slice(sa, func(i, j int) bool { return s[sa[i]:] < s[sa[j]:] })
	return
}

func longestRepeat(s string) (best string) {
	sa := suffixes(s)
	for i := range sa[1:] {
		a, b := s[sa[i]:], s[sa[i+1]:]
		n := 0
		for n < len(a) && n < len(b) && a[n] == b[n] {
			n++
		}
		if n > len(best) {
			best = a[:n]
		}
	}
	return
}

func main() {
	t := new(trie).add(strings.Fields("tea ten to inn in i über übel")...)
	for _, p := range []string{"te", "i", "üb", "x", ""} {
		fmt.Println(p, slices.Collect(t.with(p)))
	}
	for w := range t.with("") {
		if w == "inn" {
			break
		}
		fmt.Print(w, " ")
	}
	fmt.Println()
	fmt.Println(newAutomaton("he", "she", "his", "hers").find("ushersheishis"))
	fmt.Println(suffixes("banana"), longestRepeat("mississippi"), longestRepeat("to be or not to be"))
}
