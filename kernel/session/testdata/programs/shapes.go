//go:build ignore

// Interfaces, embedding, type switches, maps of constructors, Stringers.
package main

import (
	"fmt"
	"math"
	"strconv"
)

type Shape interface {
	Area() float64
	Perimeter() float64
}
type (
	Named interface{ Name() string }
	base  struct{ name string }
)

func (b base) Name() string     { return b.name }
func (b *base) Rename(n string) { b.name = n }
func (b base) String() string   { return "<" + b.name + ">" }

type Square struct {
	base
	side float64
}
type Circle struct {
	*base
	r float64
}
type Group struct {
	base
	Shapes []Shape
}

func (s Square) Area() float64      { return s.side * s.side }
func (s Square) Perimeter() float64 { return 4 * s.side }
func (c Circle) Area() float64      { return math.Pi * c.r * c.r }
func (c Circle) Perimeter() float64 { return 2 * math.Pi * c.r }
func (g Group) Area() (a float64) {
	for _, s := range g.Shapes {
		a += s.Area()
	}
	return
}
func (g Group) Perimeter() float64 { return -1 }
func (g Group) String() string     { return fmt.Sprintf("%v%v", g.base, g.Shapes) }

var makers = map[string]func(...float64) Shape{
	"square": func(a ...float64) Shape { return Square{base{"square"}, a[0]} },
	"circle": func(a ...float64) Shape { return Circle{&base{"circle"}, a[0]} },
}

func describe(s Shape) string {
	switch v := s.(type) {
	case Square:
		v.Rename("copy")
		return "square of side " + strconv.FormatFloat(v.side, 'f', -1, 64)
	case Circle:
		v.Rename("renamed")
		return fmt.Sprintf("circle %.1f", v.r)
	case interface{ Len() int }:
		return "has a length"
	default:
		return fmt.Sprintf("%T", v)
	}
}

func main() {
	sq, ci := makers["square"](2), makers["circle"](1)
	g := Group{base{"g"}, []Shape{sq, ci}}
	for _, s := range []Shape{sq, ci, g, &g} {
		fmt.Println(describe(s), s, s.(Named).Name())
		fmt.Printf("%.3f %.3f\n", s.Area(), s.Perimeter())
	}
	_, ok := sq.(interface{ Rename(string) })
	_, ok2 := ci.(interface{ Rename(string) })
	_, ok3 := makers["hexagon"]
	fmt.Println(ok, ok2, ok3, sq == Square{base{"square"}, 2})
	fmt.Printf("%+v %#v\n", sq, sq)
}
