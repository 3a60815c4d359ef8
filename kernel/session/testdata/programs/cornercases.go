//go:build ignore

// Corners of the language: order of evaluation, labels, goto, fallthrough, shadowing,
// method values bound early, closures over loop variables, promoted methods.
package main

import (
	"fmt"
	"strings"
)

var trace []string

func t[T any](name string, v T) T { trace = append(trace, name); return v }

func flush() { fmt.Println(strings.Join(trace, " ")); trace = nil }

type weekday int

const (
	sun weekday = iota
	mon
	tue
	_
	thu
	kb   = 1 << (10 * iota)
	a, b = iota, -iota
	c, d
	str = "s"
	again
	n = len(again) + int(thu)
)

func (w weekday) next() weekday           { return (w + 1) % 7 }
func (w *weekday) advance(by int)         { *w += weekday(by) }
func (w weekday) String() string          { return fmt.Sprintf("day%d", int(w)) }
func pairs() (int, string, error)         { return 1, "x", nil }
func variadic(p string, xs ...any) string { return fmt.Sprint(p, len(xs), xs == nil, xs) }

type inner struct{ v int }

func (i inner) get() int   { return i.v }
func (i *inner) set(v int) { i.v = v }

type middle struct{ *inner }
type outer struct {
	middle
	get2 func() int
}

func classify(x any) string {
	switch y := x.(type) {
	case nil:
		return "nil"
	case int, int8:
		return fmt.Sprintf("int-ish %T", y)
	case []int:
		return fmt.Sprint("slice of ", len(y))
	case func(int) int:
		return fmt.Sprint("func ", y(2))
	case interface{ get() int }:
		return fmt.Sprint("getter ", y.get())
	case error:
		return "error " + y.Error()
	case *struct{ A, B int }:
		return fmt.Sprint(y.A + y.B)
	default:
		return fmt.Sprintf("%T", y)
	}
}

func jumps(n int) (out string) {
	i := 0
retry:
	for ; i < n; i++ {
		switch {
		case i == 2:
			out += "two,"
			fallthrough
		case i == 3:
			out += "three,"
			i++
			goto retry
		case i == 5:
			continue retry
		case i > 7:
			break retry
		default:
			select {
			default:
				if i%2 == 0 {
					break
				}
				out += fmt.Sprint(i, ",")
			}
		}
	}
	if n--; n > 6 {
		goto retry
	}
	return out + fmt.Sprint("end", i)
}

func shadow(x int) (err error, y int) {
	if x, err := x+1, fmt.Errorf("inner"); x > 0 {
		_, y := err, x
		y++
		_ = y
	} else if y = x; y < 0 {
		return err, y
	}
	{
		x := x * 10
		y += x
	}
	return
}

func main() {
	m := map[string]int{}
	arr := [3]int{1, 2, 3}
	m[t("k", "key")], arr[t("i", 1)] = t("v", 5), t("w", 6)
	flush()
	fmt.Println(t("a", 1)+t("b", 2)*t("c", 3), t("d", true) || t("e", true), t("f", false) && t("g", true))
	flush()
	i := 0
	i, arr[i] = 2, 9
	fmt.Println(i, arr, m)
	s := []int{0, 1, 2}
	i = 0
	i, s[i], s = 1, 7, nil
	fmt.Println(i, s)
	x, y := 1, 2
	x, y = y, x+y
	fmt.Println(x, y)
	p := &struct{ next *struct{ v int } }{}
	func() {
		defer func() { fmt.Println("recovered:", recover() != nil); flush() }()
		p.next.v = t("rhs", 1)
	}()

	w := thu
	bound, method, ptr := w.next, weekday.next, (*weekday).advance
	w.advance(3)
	ptr(&w, 10)
	fmt.Println(bound(), method(w), w, kb, a, b, c, d, again, n)
	fmt.Println(variadic("a"), variadic("b", nil), variadic("c", nil...), variadic("d", []any{1, 2}...), variadic("e", []int{1}))

	o := outer{middle: middle{&inner{1}}}
	o.get2 = o.get
	o.set(5)
	copied := o
	copied.set(6)
	fmt.Println(o.get(), o.get2(), o.middle.inner.v, classify(o), classify(&o))
}

func init() {
	defer func() {
		fmt.Println("init:", recover())
	}()
	var fs []func() int
	for i := 0; i < 3; i++ {
		defer func() { fmt.Print("d", i, " ") }()
		fs = append(fs, func() int { i *= 10; return i })
		i += 0
	}
	for _, f := range fs {
		fmt.Print(f(), f(), " ")
	}
	fmt.Println(jumps(12), jumps(3))
	fmt.Println(shadow(3))
	for _, v := range []any{nil, 1, int8(2), int16(3), []int{1}, func(i int) int { return i * i }, fmt.Errorf("e"), &struct{ A, B int }{1, 2}, inner{4}, &inner{5}, [0]int{}, struct{}{}, make(chan<- int)} {
		fmt.Print(classify(v), "; ")
	}
	fmt.Println()
	var e outer
	e.get()
}
