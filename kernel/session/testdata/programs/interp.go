//go:build ignore

// Languages: a Brainfuck interpreter, a Forth, a Lisp with closures and tail calls,
// a stack machine with its compiler.
package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

func brainfuck(prog string) string {
	jump := map[int]int{}
	var open []int
	for i, c := range prog {
		switch c {
		case '[':
			open = append(open, i)
		case ']':
			j := open[len(open)-1]
			open = open[:len(open)-1]
			jump[i], jump[j] = j, i
		}
	}
	var tape [300]byte
	var out []byte
	for pc, p := 0, 0; pc < len(prog); pc++ {
		switch prog[pc] {
		case '>':
			p++
		case '<':
			p--
		case '+':
			tape[p]++
		case '-':
			tape[p]--
		case '.':
			out = append(out, tape[p])
		case '[':
			if tape[p] == 0 {
				pc = jump[pc]
			}
		case ']':
			if tape[p] != 0 {
				pc = jump[pc]
			}
		}
	}
	return string(out)
}

type forth struct {
	stack []int
	words map[string]func(*forth)
	out   strings.Builder
}

func (f *forth) pop() int {
	v := f.stack[len(f.stack)-1]
	f.stack = f.stack[:len(f.stack)-1]
	return v
}
func (f *forth) push(vs ...int) { f.stack = append(f.stack, vs...) }

func binary(op func(a, b int) int) func(*forth) {
	return func(f *forth) { b, a := f.pop(), f.pop(); f.push(op(a, b)) }
}

func newForth() *forth {
	return &forth{words: map[string]func(*forth){
		"+": binary(func(a, b int) int { return a + b }), "*": binary(func(a, b int) int { return a * b }),
		"/":    binary(func(a, b int) int { return a / b }),
		"dup":  func(f *forth) { v := f.pop(); f.push(v, v) },
		"swap": func(f *forth) { b, a := f.pop(), f.pop(); f.push(b, a) },
		".":    func(f *forth) { fmt.Fprint(&f.out, f.pop(), " ") },
	}}
}

func (f *forth) run(src string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("forth: %v", r)
		}
	}()
	toks := strings.Fields(src)
	for i := 0; i < len(toks); i++ {
		if toks[i] == ":" {
			name, j := toks[i+1], i+2
			for toks[j] != ";" {
				j++
			}
			body := strings.Join(toks[i+2:j], " ")
			f.words[name] = func(f *forth) {
				if err := f.run(body); err != nil {
					panic(err)
				}
			}
			i = j
			continue
		}
		if w, ok := f.words[toks[i]]; ok {
			w(f)
		} else if n, err := strconv.Atoi(toks[i]); err == nil {
			f.push(n)
		} else {
			return fmt.Errorf("no word %q", toks[i])
		}
	}
	return nil
}

type (
	value  any
	symbol string
	list   []value
	env    struct {
		vars map[symbol]value
		up   *env
	}
	lambda struct {
		params list
		body   value
		env    *env
	}
	builtin func(args ...value) value
)

func (e *env) find(s symbol) *env {
	for ; e != nil; e = e.up {
		if _, ok := e.vars[s]; ok {
			return e
		}
	}
	panic(fmt.Errorf("%w %s", errUnbound, s))
}

var errUnbound = errors.New("unbound")

func parse(toks *[]string) value {
	t := (*toks)[0]
	*toks = (*toks)[1:]
	if t == "(" {
		l := list{}
		for (*toks)[0] != ")" {
			l = append(l, parse(toks))
		}
		*toks = (*toks)[1:]
		return l
	}
	if n, err := strconv.ParseFloat(t, 64); err == nil {
		return n
	}
	return symbol(t)
}

func eval(x value, e *env) value {
	for {
		switch v := x.(type) {
		case symbol:
			return e.find(v).vars[v]
		case list:
			switch v[0] {
			case symbol("quote"):
				return v[1]
			case symbol("if"):
				if eval(v[1], e) != false {
					x = v[2]
				} else {
					x = v[3]
				}
				continue
			case symbol("define"):
				e.vars[v[1].(symbol)] = eval(v[2], e)
				return v[1]
			case symbol("lambda"):
				return lambda{v[1].(list), v[2], e}
			}
			args := make([]value, len(v)-1)
			for i := range args {
				args[i] = eval(v[i+1], e)
			}
			switch f := eval(v[0], e).(type) {
			case builtin:
				return f(args...)
			case lambda:
				e = &env{map[symbol]value{}, f.env}
				for i, p := range f.params {
					e.vars[p.(symbol)] = args[i]
				}
				x = f.body
			default:
				panic(fmt.Errorf("cannot call %v", f))
			}
		default:
			return x
		}
	}
}

func lisp(src string, e *env) (out value, err error) {
	defer func() {
		if r := recover(); r != nil {
			var ok bool
			if err, ok = r.(error); !ok {
				panic(r)
			}
		}
	}()
	toks := strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(src))
	for len(toks) > 0 {
		out = eval(parse(&toks), e)
	}
	return
}

func main() {
	fmt.Print(brainfuck("++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.------.--------.>>+.>++."))
	f := newForth()
	for _, src := range []string{": sq dup * ; : quad sq sq ;", "3 quad .", "2 3 swap . .", "1 0 /", "+", "nope", ": bad 1 + ; bad"} {
		fmt.Printf("%q %v %q\n", src, f.run(src), f.out.String())
	}
	num := func(f func(a, b float64) value) builtin {
		return func(args ...value) value { return f(args[0].(float64), args[1].(float64)) }
	}
	global := &env{vars: map[symbol]value{
		"+": num(func(a, b float64) value { return a + b }), "-": num(func(a, b float64) value { return a - b }),
		"*": num(func(a, b float64) value { return a * b }), "<": num(func(a, b float64) value { return a < b }),
		"list": builtin(func(a ...value) value { return list(a) }), "len": builtin(func(a ...value) value { return float64(len(a[0].(list))) }),
	}}
	for _, src := range []string{
		"(define fact (lambda (n) (if (< n 2) 1 (* n (fact (- n 1)))))) (fact 10)",
		"(define loop (lambda (n acc) (if (< n 1) acc (loop (- n 1) (+ acc n))))) (loop 20000 0)",
		"(define adder (lambda (n) (lambda (m) (+ n m)))) ((adder 3) 4)",
		"(quote (a (b 1.5) c))", "(list 1 (len (quote (x y))) (lambda (x) x))", "(missing 1)", "(1 2)", "(+ 1 (quote a))", "(+ 1)",
	} {
		v, err := lisp(src, global)
		if l, ok := v.(list); ok && len(l) == 3 {
			if _, isFn := l[2].(lambda); isFn {
				v = l[:2]
			}
		}
		fmt.Printf("%v %T %v %v\n", v, v, err, errors.Is(err, errUnbound))
	}
}
