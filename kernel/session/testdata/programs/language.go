//go:build ignore

// A program that prints what the language does, for a comparison with go run.
package main

import (
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
	"time"
)

type Weekday int

const (
	Sunday Weekday = iota
	Monday
	_
	Wednesday
)

const (
	KB = 1 << (10 * (iota + 1))
	MB
)

type Animal interface{ Sound() string }

type Dog struct{ name string }

func (d Dog) Sound() string     { return d.name + " woof" }
func (d *Dog) Rename(n string)  { d.name = n }
func (d Dog) With(n string) Dog { d.name = n; return d }

type Puppy struct {
	Dog
	age int
}

type Matrix [2][2]float64

func (m Matrix) Mul(o Matrix) (r Matrix) {
	for i := range m {
		for j := range o[0] {
			for k := range o {
				r[i][j] += m[i][k] * o[k][j]
			}
		}
	}
	return
}

type List[T any] struct {
	head *node[T]
	size int
}

type node[T any] struct {
	v    T
	next *node[T]
}

func (l *List[T]) Push(v T) { l.head = &node[T]{v, l.head}; l.size++ }

func (l *List[T]) All() func(yield func(int, T) bool) {
	return func(yield func(int, T) bool) {
		i := 0
		for n := l.head; n != nil; n = n.next {
			if !yield(i, n.v) {
				return
			}
			i++
		}
	}
}

type Ordered interface{ ~int | ~float64 | ~string }

func Max[T Ordered](a T, rest ...T) T {
	for _, x := range rest {
		if x > a {
			a = x
		}
	}
	return a
}

func Fold[A, B any](xs []A, init B, f func(B, A) B) B {
	for _, x := range xs {
		init = f(init, x)
	}
	return init
}

type ErrNotFound struct{ Key string }

func (e ErrNotFound) Error() string { return "no " + e.Key }

var ErrBase = errors.New("base")

func find(k string) error {
	if k == "base" {
		return fmt.Errorf("find: %w", ErrBase)
	}
	return ErrNotFound{k}
}

func divmod(a, b int) (q, r int, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("recovered: %v", p)
		}
	}()
	q = a / b
	r = a % b
	return
}

func deferOrder() (s string) {
	for i := 0; i < 3; i++ {
		defer func() { s += fmt.Sprint(i) }()
	}
	defer func(x int) { s += fmt.Sprint("arg", x) }(len(s))
	return "start "
}

func repanic() {
	defer func() { fmt.Println("outer", recover()) }()
	defer func() {
		fmt.Println("inner", recover())
		panic("second")
	}()
	panic("first")
}

func fib() func() int {
	a, b := 0, 1
	return func() int {
		defer func() { a, b = b, a+b }()
		return a
	}
}

func labels() {
outer:
	for i := 0; i < 3; i++ {
		for j := 0; ; j++ {
			switch {
			case j == 2:
				continue outer
			case i == 2:
				break outer
			}
			fmt.Print(i, j, " ")
		}
	}
	fmt.Println()
}

func kinds(vs ...any) {
	for _, v := range vs {
		switch x := v.(type) {
		case nil:
			fmt.Print("nil ")
		case int, int64:
			fmt.Printf("int %v ", x)
		case string:
			fmt.Print("string ", len(x), " ")
		case error:
			fmt.Print("error ", x, " ")
		case Animal:
			fmt.Print("animal ", x.Sound(), " ")
		case []int:
			fmt.Print("slice ", len(x), " ")
		case func() int:
			fmt.Print("func ", x(), " ")
		default:
			fmt.Print("other ")
		}
	}
	fmt.Println()
}

func twoResults() (int, string) { return 7, "seven" }

func takesTwo(n int, s string) string { return strings.Repeat(s, n%3) }

func main() {
	fmt.Println(Sunday, Monday, Wednesday, KB, MB)
	d := Dog{"rex"}
	d.Rename("max")
	e := d.With("tim")
	fmt.Println(d.Sound(), e.Sound())
	p := &Puppy{Dog{"bo"}, 1}
	p.Rename("bobo")
	var a Animal = p
	fmt.Println(a.Sound(), p.name, p.Dog.name)
	sound, rename := p.Sound, (*Dog).Rename
	p.Rename("later")
	rename(&p.Dog, "expr")
	fmt.Println(sound(), Dog.Sound(p.Dog))

	m := Matrix{{1, 2}, {3, 4}}
	m2 := m
	m2[0][0] = 100
	fmt.Println(m, m2, m.Mul(m), m == Matrix{{1, 2}, {3, 4}}, m == m2)

	l := &List[string]{}
	for _, s := range strings.Fields("a b c d") {
		l.Push(s)
	}
	for i, v := range l.All() {
		if i == 3 {
			break
		}
		if i == 1 {
			continue
		}
		fmt.Print(i, v, " ")
	}
	fmt.Println(l.size)
	fmt.Println(Max(1, 3, 2), Max("a", "c", "b"), Max(2.5), Max(Sunday, Wednesday))
	fmt.Println(Fold([]int{1, 2, 3}, "", func(s string, x int) string { return s + fmt.Sprint(x) }))

	var nf ErrNotFound
	err := find("x")
	fmt.Println(err, errors.As(err, &nf), nf.Key, errors.Is(find("base"), ErrBase), err == ErrNotFound{"x"})
	fmt.Println(divmod(7, 2))
	fmt.Println(divmod(1, 0))
	fmt.Println(deferOrder())
	repanic()
	f := fib()
	for range 8 {
		fmt.Print(f(), " ")
	}
	fmt.Println()
	labels()
	kinds(nil, 1, int64(2), "str", err, d, []int{1}, func() int { return 9 }, 2.5)
	fmt.Println(takesTwo(twoResults()))

	s := []int{1, 2, 3, 4, 5}
	t := s[1:3:4]
	t = append(t, 10)
	t = append(t, 11)
	t[0] = 99
	fmt.Println(s, t, len(t), cap(s[2:]), copy(s, s[2:]), s)
	arr := [...]string{2: "two", 0: "zero"}
	for i, v := range arr {
		arr[2] = "changed"
		fmt.Print(i, v, " ")
	}
	fmt.Println(len(arr))
	x, y := 1, 2
	x, y = y, x
	s[x], x = 77, 0
	fmt.Println(x, y, s)
	mm := map[string][]int{}
	mm["a"] = append(mm["a"], 1, 2)
	mm["b"] = nil
	delete(mm, "zz")
	keys := []string{}
	for k := range mm {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	v, ok := mm["c"]
	fmt.Println(keys, mm, v == nil, ok, len(mm))
	clear(mm)
	fmt.Println(len(mm), min(3, 1, 2), max(1.5, 2), min("b", "a"))

	for i, r := range "aé€" {
		fmt.Print(i, ":", string(r), " ")
	}
	b := []byte("hi")
	b[0] = 'H'
	fmt.Println(string(b), []rune("é€"), string([]rune{233}), "x"+"y" > "xx")
	var u8 uint8 = 250
	u8 += 10
	var i8 int8 = -128
	fmt.Println(u8, -i8, i8>>1, uint32(1)<<31, -7/2, -7%3, 7&^5, 6^3, ^5)
	fl := 0.1
	fmt.Println(fl+0.2 == 0.3, float32(fl)+0.2, int(fl-2.7), uint8(len(s)+300), 1e100)
	c := complex(1, 2)
	fmt.Println(c*c, real(c), imag(c), c == complex(1, 2))

	switch n := 2; n {
	case 1, 2:
		fmt.Print("two ")
		fallthrough
	case 3:
		fmt.Print("three ")
	case 4:
		fmt.Print("four ")
	default:
		fmt.Print("default ")
	}
	fmt.Println()
	done, data := make(chan bool), make(chan int, 2)
	go func() {
		defer close(done)
		for v := range data {
			fmt.Print("got", v, " ")
		}
	}()
	for i := range 3 {
		data <- i
	}
	close(data)
	<-done
	_, open := <-data
	fmt.Println(open)
	select {
	case <-done:
		fmt.Println("closed")
	case <-time.After(time.Minute):
		fmt.Println("timeout")
	}
	select {
	case v := <-make(chan int):
		fmt.Println(v)
	default:
		fmt.Println("default")
	}
	var fns [3]func() int
	for i := range fns {
		fns[i] = func() int { i *= 10; return i }
	}
	fmt.Println(fns[1](), fns[1](), fns[2]())
	ptr := &struct{ n int }{5}
	q := ptr
	q.n++
	fmt.Println(ptr.n, *ptr == *q, ptr == q)
	type local struct {
		A int
		B []string
	}
	fmt.Printf("%v %+v\n", local{1, []string{"x"}}, &local{A: 2})
	var nilMap map[string]int
	fmt.Println(nilMap["a"], len(nilMap))
	func() {
		defer func() {
			err := recover().(error)
			fmt.Println(err)
		}()
		var np *Dog
		fmt.Println(np.Sound())
	}()
	func() {
		defer func() { fmt.Println(recover()) }()
		idx := 5
		fmt.Println(s[idx])
	}()
	func() {
		defer func() { fmt.Println(recover()) }()
		var an any = "str"
		fmt.Println(an.(int))
	}()
	fmt.Fprintln(os.Stdout, "end")
}
