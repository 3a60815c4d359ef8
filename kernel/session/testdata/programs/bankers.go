//go:build ignore

// Values and pointers: embedded structs by value, aliasing of slices and maps,
// append's growth past shared arrays, copies in range, maps of structs, nil
// receivers, interfaces holding nil, method sets, comparisons, cyclic values.
package main

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

type money int64

func (m money) String() string {
	sign := ""
	if m < 0 {
		sign, m = "-", -m
	}
	return fmt.Sprintf("%s%d.%02d", sign, m/100, m%100)
}

type base struct {
	id   int
	tags []string
}

func (b base) with(tag string) base { b.tags = append(b.tags, tag); return b }
func (b *base) add(tag string)      { b.tags = append(b.tags, tag) }

type account struct {
	base
	balance money
	history [3]money
	parent  *account
}

func (a *account) root() *account {
	if a == nil || a.parent == nil {
		return a
	}
	return a.parent.root()
}

func (a *account) name() string {
	if a == nil {
		return "<none>"
	}
	return fmt.Sprint("#", a.id)
}

type namer interface{ name() string }

func maybe(ok bool) namer {
	var a *account
	if ok {
		a = &account{base: base{id: 9}}
	}
	return a
}

type tree map[string]tree

func (t tree) insert(path string) tree {
	at := t
	for part := range strings.SplitSeq(path, "/") {
		if at[part] == nil {
			at[part] = tree{}
		}
		at = at[part]
	}
	return t
}

func (t tree) show(indent string) {
	var keys []string
	for k := range t {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		fmt.Println(indent + k)
		t[k].show(indent + "  ")
	}
}

func grow(s []int) []int { s[0] = -1; return append(s, 99) }

func main() {
	a := account{base: base{1, make([]string, 0, 4)}, balance: 1050}
	b := a
	b.add("b")
	c := b.with("c")
	d := b.with("d")
	fmt.Println(a.tags, b.tags, c.tags, d.tags, a.tags[:2], &c.tags[0] == &a.tags[:1][0])
	b.history[1] = 5
	b.balance -= 2075
	fmt.Println(a.history, b.history, a.balance, b.balance, a.history == b.history)
	child := &account{parent: &account{parent: &b}}
	fmt.Println(child.root() == &b, (*account)(nil).root().name(), child.root().name())
	n, m := maybe(false), maybe(true)
	fmt.Println(n == nil, n.name(), m.name(), n == namer((*account)(nil)))

	s := make([]int, 3, 4)
	t := grow(s)
	u := grow(s)
	v := append(s[:1:1], 7)
	fmt.Println(s, t, u, v, &t[0] == &u[0], &v[0] == &s[0], len(s[:4]), cap(s[1:3:3]))
	u = append(u, 1)
	u[1] = 50
	fmt.Println(t, u[:2], slices.Equal(t, u[:4]))
	copy(t[1:], t)
	fmt.Println(t, copy(t, []int{8, 8}), t)

	accounts := map[string]account{"x": a}
	x := accounts["x"]
	x.balance = 1
	x.tags = append(x.tags[:0], "changed")
	fmt.Println(accounts["x"].balance, accounts["x"].tags, accounts["x"].tags[:1], accounts["nope"].balance)
	list := []account{a, b}
	for _, it := range list {
		it.balance = 0
	}
	for i := range list {
		p := &list[i]
		p.history[0], p.balance = p.balance, p.balance*2
	}
	fmt.Println(list[0].balance, list[1].history)
	tree{}.insert("a/b/c").insert("a/d").insert("e").show("- ")
	type ring struct {
		val  int
		next *ring
	}
	r := &ring{1, &ring{2, nil}}
	r.next.next = r
	sum, q := 0, r
	for range 5 {
		sum, q = sum+q.val, q.next
	}
	fmt.Println(sum, q.val, *r == ring{1, r.next})
	var self any
	self = &self
	_, isPtr := self.(*any)
	fmt.Println(isPtr, *self.(*any) == self)
	pp := &[]*int{new(int)}
	*(*pp)[0]++
	**(&(*pp)[0]) += 4
	fmt.Println(*(*pp)[0], len(*pp))
	f := (&a).add
	g := a.with
	a.id = 77
	f("f")
	fmt.Println(g("g").id, a.tags)
}
