//go:build ignore

// A state machine of functions, and an enum with names.
package main

import (
	"fmt"
	"unicode"
)

type (
	stateFn func(*machine) stateFn
	machine struct {
		in  []rune
		pos int
		out []string
		buf []rune
	}
)

func start(m *machine) stateFn {
	for m.pos < len(m.in) {
		switch r := m.in[m.pos]; {
		case unicode.IsLetter(r):
			return word
		case unicode.IsDigit(r):
			return number
		case r == '"':
			m.pos++
			return quoted
		}
		m.pos++
	}
	return nil
}

func (m *machine) emit(kind string) {
	m.out = append(m.out, kind+":"+string(m.buf))
	m.buf = m.buf[:0]
}

func run(kind string, ok func(rune) bool) stateFn {
	return func(m *machine) stateFn {
		for ; m.pos < len(m.in) && ok(m.in[m.pos]); m.pos++ {
			m.buf = append(m.buf, m.in[m.pos])
		}
		m.emit(kind)
		return start
	}
}

var word, number stateFn

func init() {
	word = run("word", func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
	number = run("number", unicode.IsDigit)
}

func quoted(m *machine) stateFn {
	for ; m.pos < len(m.in); m.pos++ {
		switch m.in[m.pos] {
		case '\\':
			m.pos++
		case '"':
			m.pos++
			m.emit("string")
			return start
		}
		m.buf = append(m.buf, m.in[m.pos])
	}
	m.emit("unterminated")
	return nil
}

type Light int

const (
	Red Light = iota
	Green
	Yellow
	numLights
)

var names = map[Light]string{Red: "red", Green: "green", Yellow: "yellow"}

func (l Light) String() string { return names[l] }
func (l Light) Next() Light    { return (l + 1) % numLights }

func main() {
	m := &machine{in: []rune(`x1 = 42 + "a \"b\" ç" über9 "open`)}
	for s := stateFn(start); s != nil; {
		s = s(m)
	}
	fmt.Printf("%q\n", m.out)
	l := Red
	for range 4 {
		fmt.Print(l, " ")
		l = l.Next()
	}
	fmt.Printf("%v %d %s\n", l, l, []Light{Red, Yellow})
}
