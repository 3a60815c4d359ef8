//go:build ignore

// defer, panic and recover in every order.
package main

import (
	"errors"
	"fmt"
	"runtime"
)

type res struct{ name string }

func open(name string) *res { fmt.Println("open", name); return &res{name} }
func (r *res) Close() error { fmt.Println("close", r.name); return nil }

func twice() (n int, err error) {
	a := open("a")
	defer a.Close()
	b := open("b")
	defer func() {
		if cerr := b.Close(); cerr == nil && err == nil {
			n++
		}
	}()
	return 41, nil
}

func rethrow() {
	defer func() {
		r := recover()
		fmt.Println("got", r)
		panic(fmt.Errorf("again: %v", r))
	}()
	panic("one")
}

func nested() (out string) {
	defer func() { out += fmt.Sprint("|outer:", recover()) }()
	func() {
		defer func() { out += fmt.Sprint("inner:", recover()) }()
		var m map[string]int
		m["x"]++
	}()
	var p *res
	_ = p.name
	return "unreached"
}

func loop() (sum int) {
	for i := range 4 {
		func() {
			defer func() {
				if recover() != nil {
					sum += 100
				}
			}()
			if i%2 == 1 {
				panic(i)
			}
			sum += i
		}()
	}
	return
}

type myErr struct{ error }

func goexit() string {
	done := make(chan string)
	go func() {
		defer func() { done <- fmt.Sprint("exited ", recover()) }()
		runtime.Goexit()
	}()
	return <-done
}

func main() {
	fmt.Println(twice())
	func() {
		defer func() { fmt.Println("main got", recover()) }()
		rethrow()
	}()
	fmt.Println(nested())
	fmt.Println(loop())
	fmt.Println(goexit())
	func() {
		defer func() {
			e := recover().(error)
			var re runtime.Error
			fmt.Println(errors.As(e, &re), e)
		}()
		a, z := 1, 0
		fmt.Println(a / z)
	}()
	for i := range 3 {
		defer func(n int) { fmt.Println("deferred", n, i) }(i * 10)
	}
	defer fmt.Println("evaluated", func() int { fmt.Println("now"); return 1 }())
	func() {
		defer func() { recover() }()
		defer func() { panic("third") }()
		defer func() { panic("second") }()
		panic("first")
	}()
	fmt.Println("end")
}
