//go:build ignore

// State machines: a turnstile as a table, a vending machine as an interface, an
// elevator driven by events on channels, a regular expression matcher by derivatives.
package main

import (
	"errors"
	"fmt"
	"strings"
)

type State uint8

const (
	Locked State = iota
	Unlocked
	Broken
	numStates
)

//go:generate stringer
func (s State) String() string { return [numStates]string{"Locked", "Unlocked", "Broken"}[s] }

type Event string

var table = map[State]map[Event]struct {
	next   State
	action func(*turnstile)
}{
	Locked: {
		"coin": {Unlocked, (*turnstile).thank},
		"push": {next: Locked, action: func(t *turnstile) { t.alarms++ }},
		"kick": {next: Broken},
	},
	Unlocked: {"push": {next: Locked, action: nil}, "coin": {Unlocked, (*turnstile).thank}},
}

type turnstile struct {
	state          State
	thanks, alarms int
}

func (t *turnstile) thank() { t.thanks++ }

func (t *turnstile) fire(e Event) error {
	tr, ok := table[t.state][e]
	if !ok {
		return fmt.Errorf("%v: no %q", t.state, e)
	}
	if tr.action != nil {
		tr.action(t)
	}
	t.state = tr.next
	return nil
}

type machine struct {
	mode
	coins, stock int
	log          []string
}

type mode interface {
	insert(*machine, int) (mode, error)
	press(*machine) (mode, error)
}

type idle struct{}
type paid struct{ sum int }
type empty struct{ idle }

var errStock = errors.New("sold out")

func (idle) insert(m *machine, c int) (mode, error) { return paid{}.insert(m, c) }
func (idle) press(*machine) (mode, error)           { return idle{}, errors.New("insert coins") }
func (p paid) insert(m *machine, c int) (mode, error) {
	return paid{p.sum + c}, nil
}
func (p paid) press(m *machine) (mode, error) {
	const price = 3
	if p.sum < price {
		return p, fmt.Errorf("%d more", price-p.sum)
	}
	m.coins += price
	if m.stock--; m.stock == 0 {
		return empty{}, nil
	}
	if p.sum > price {
		return paid{p.sum - price}, nil
	}
	return idle{}, nil
}
func (e empty) insert(*machine, int) (mode, error) { return e, errStock }

func (m *machine) do(s string) {
	var err error
	was := m.mode
	if s == "press" {
		m.mode, err = m.press(m)
	} else {
		m.mode, err = m.insert(m, len(s))
	}
	m.log = append(m.log, fmt.Sprintf("%T%v -%s-> %T%v %v", was, was, s, m.mode, m.mode, err))
}

type floor int
type doors struct{}
type stop struct{ done chan<- int }

func elevator(events <-chan any, report chan<- string) {
	defer close(report)
	at, moves := floor(0), 0
	for e := range events {
		switch e := e.(type) {
		case floor:
			for at != e {
				if at < e {
					at++
				} else {
					at--
				}
				moves++
			}
			report <- fmt.Sprint("at ", at)
		case doors, *doors:
			report <- fmt.Sprintf("%T", e)
		case stop:
			e.done <- moves
			return
		case error, fmt.Stringer:
			report <- fmt.Sprint("? ", e)
		case nil:
			report <- "nothing"
		default:
			report <- fmt.Sprintf("odd %#v", e)
		}
	}
}

// A regular expression is the strings that may follow.
type re interface {
	nullable() bool
	after(byte) re
}
type none struct{}
type eps struct{}
type lit byte
type cat struct{ l, r re }
type alt struct{ l, r re }
type star struct{ re }

func (none) nullable() bool  { return false }
func (eps) nullable() bool   { return true }
func (lit) nullable() bool   { return false }
func (c cat) nullable() bool { return c.l.nullable() && c.r.nullable() }
func (a alt) nullable() bool { return a.l.nullable() || a.r.nullable() }
func (star) nullable() bool  { return true }

func (none) after(byte) re { return none{} }
func (eps) after(byte) re  { return none{} }
func (l lit) after(b byte) re {
	if byte(l) == b {
		return eps{}
	}
	return none{}
}
func (c cat) after(b byte) re {
	d := simplify(cat{c.l.after(b), c.r})
	if c.l.nullable() {
		return simplify(alt{d, c.r.after(b)})
	}
	return d
}
func (a alt) after(b byte) re  { return simplify(alt{a.l.after(b), a.r.after(b)}) }
func (s star) after(b byte) re { return simplify(cat{s.re.after(b), s}) }

func simplify(r re) re {
	switch r := r.(type) {
	case cat:
		if r.l == (none{}) || r.r == re(none{}) {
			return none{}
		}
		if r.l == (eps{}) {
			return r.r
		}
	case alt:
		if r.l == (none{}) || r.l == r.r {
			return r.r
		}
		if r.r == (none{}) {
			return r.l
		}
	}
	return r
}

func match(r re, s string) bool {
	for i := range len(s) {
		r = r.after(s[i])
	}
	return r.nullable()
}

func main() {
	var t turnstile
	for e := range strings.FieldsSeq("push coin coin push kick coin") {
		if err := t.fire(Event(e)); err != nil {
			fmt.Println("error:", err)
		}
	}
	fmt.Printf("%+v %v\n", t, t.state)
	m := &machine{mode: idle{}, stock: 2}
	for s := range strings.FieldsSeq("press o oo press ooooo press oo press") {
		m.do(s)
	}
	fmt.Println(strings.Join(m.log, "\n"), m.coins)

	events, report := make(chan any), make(chan string)
	done := make(chan int, 1)
	go elevator(events, report)
	go func() {
		for _, e := range []any{floor(3), doors{}, &doors{}, floor(1), errors.New("smoke"), Broken, nil, 3.5, []string{"x"}, stop{done}} {
			events <- e
		}
	}()
	for r := range report {
		fmt.Println(r)
	}
	fmt.Println(<-done)

	r := cat{star{alt{lit('a'), cat{lit('b'), lit('c')}}}, lit('d')}
	for s := range strings.FieldsSeq("d ad bcd abcabcd abd bc aaaad dd") {
		fmt.Print(s, " ", match(r, s), "; ")
	}
	fmt.Println(match(r, ""))
}
