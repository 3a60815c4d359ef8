//go:build ignore

// The order in which the variables of a package get their values: by what they
// need, through functions and methods, whose own names are nobody else's.
package main

import "fmt"

var x, y = y + 1, say("y", 5)

var (
	a = concat("hello", b)
	b = concat(" ", c, "!")
	c = d
	d = "world"
)

var (
	m    = T{}.get()
	late = say("late", 7)
	p, q = two()
	_    = say("blank", early)
)

var early = say("early", 1)

type T struct{}

func (T) get() int { return late + 1 }

func two() (int, int) { return early, late }

var said []string

func say(s string, n int) int { said = append(said, s); return n }

// concat has names of its own that are those of variables, too.
func concat(a ...string) string {
	var d string
	for _, c := range a {
		d += c
	}
	said = append(said, "concat", d)
	return d
}

func init() { said = append(said, "init", fmt.Sprint(x)) }

func main() { fmt.Println(said, a, x, y, m, p, q) }
