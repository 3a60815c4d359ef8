//go:build ignore

// Functional options, builders, plug-in registries, visitors, observers, undo by
// commands, dependency order by init, sentinel interfaces, middleware with http.
package main

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"time"
)

type server struct {
	host    string
	port    int
	timeout time.Duration
	tags    []string
}

type option func(*server) error

func withPort(p int) option {
	return func(s *server) error {
		if p <= 0 {
			return fmt.Errorf("bad port %d", p)
		}
		s.port = p
		return nil
	}
}

func withTags(tags ...string) option {
	return func(s *server) error { s.tags = append(s.tags, tags...); return nil }
}

func newServer(opts ...option) (*server, error) {
	s := &server{host: "localhost", port: 80, timeout: time.Second}
	for i, o := range opts {
		if err := o(s); err != nil {
			return nil, fmt.Errorf("option %d: %w", i, err)
		}
	}
	return s, nil
}

type codec interface {
	Encode(string) string
}
type codecFunc func(string) string

func (f codecFunc) Encode(s string) string { return f(s) }

var registry = map[string]codec{}

func register(name string, c codec) bool { registry[name] = c; return true }

var _ = register("upper", codecFunc(strings.ToUpper))
var _, order = register("rev", codecFunc(func(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
})), "ordered " + later
var later = "after " + first()

func first() string { return "first" }

type expr interface{ accept(visitor) any }
type visitor interface {
	num(num) any
	bin(*bin) any
}
type num float64
type bin struct {
	op   byte
	l, r expr
}

func (n num) accept(v visitor) any  { return v.num(n) }
func (b *bin) accept(v visitor) any { return v.bin(b) }

type printer struct{}
type evaluator struct{ depth, deepest int }

func (printer) num(n num) any { return fmt.Sprint(float64(n)) }
func (p printer) bin(b *bin) any {
	return fmt.Sprintf("(%v %c %v)", b.l.accept(p), b.op, b.r.accept(p))
}
func (e *evaluator) num(n num) any { return float64(n) }
func (e *evaluator) bin(b *bin) any {
	e.depth++
	defer func() { e.depth-- }()
	e.deepest = max(e.deepest, e.depth)
	l, r := b.l.accept(e).(float64), b.r.accept(e).(float64)
	return map[byte]func() float64{'+': func() float64 { return l + r }, '*': func() float64 { return l * r }, '-': func() float64 { return l - r }}[b.op]()
}

type command struct {
	name     string
	do, undo func()
}

type editor struct {
	text       []rune
	done, back []command
}

func (e *editor) run(c command) {
	c.do()
	e.done, e.back = append(e.done, c), nil
}

func (e *editor) insert(at int, s string) {
	e.run(command{"insert", func() { e.text = slices.Insert(e.text, at, []rune(s)...) }, func() { e.text = slices.Delete(e.text, at, at+len([]rune(s))) }})
}

func (e *editor) shift(from, to *[]command, f func(command)) bool {
	if len(*from) == 0 {
		return false
	}
	c := (*from)[len(*from)-1]
	*from, *to = (*from)[:len(*from)-1], append(*to, c)
	f(c)
	return true
}
func (e *editor) undo() bool { return e.shift(&e.done, &e.back, func(c command) { c.undo() }) }
func (e *editor) redo() bool { return e.shift(&e.back, &e.done, func(c command) { c.do() }) }

type middleware func(http.Handler) http.Handler

func chain(h http.Handler, ms ...middleware) http.Handler {
	for _, m := range slices.Backward(ms) {
		h = m(h)
	}
	return h
}

func tag(name string) middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("X-Tag", name)
			next.ServeHTTP(w, r)
		})
	}
}

func rescue(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if v := recover(); v != nil {
				http.Error(w, fmt.Sprint("rescued: ", v), http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

type counter struct{ hits map[string]int }

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.hits[r.PathValue("name")]++
	if r.PathValue("name") == "bad" {
		panic("bad name")
	}
	body, _ := io.ReadAll(r.Body)
	fmt.Fprintf(w, "%s %s %q %s", r.Method, r.PathValue("name"), body, r.URL.Query().Get("q"))
}

func main() {
	s, err := newServer(withPort(8080), withTags("a", "b"), withTags())
	fmt.Printf("%+v %v\n", *s, err)
	_, err = newServer(withTags("x"), withPort(-1))
	fmt.Println(err)
	fmt.Println(registry["upper"].Encode("abc"), registry["rev"].Encode("äbc"), len(registry), order)
	e := expr(&bin{'+', num(1), &bin{'*', num(2.5), &bin{'-', num(7), num(3)}}})
	ev := &evaluator{}
	fmt.Println(e.accept(printer{}), e.accept(ev), ev.deepest, ev.depth)
	var ed editor
	ed.insert(0, "hello")
	ed.insert(5, " wörld")
	ed.insert(0, "> ")
	fmt.Println(string(ed.text))
	fmt.Println(ed.undo(), ed.undo())
	fmt.Println(string(ed.text))
	fmt.Println(ed.redo())
	fmt.Println(string(ed.text))
	ed.insert(0, "!")
	again := ed.redo()
	fmt.Println(again, string(ed.text), len(ed.done), cmp.Compare(len(ed.back), 0))
	mux := http.NewServeMux()
	c := &counter{map[string]int{}}
	mux.Handle("POST /items/{name}", chain(c, rescue, tag("one"), tag("two")))
	mux.HandleFunc("GET /ping", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	for _, r := range []struct{ method, path string }{{"POST", "/items/x?q=1"}, {"POST", "/items/bad"}, {"GET", "/items/x"}, {"GET", "/ping"}, {"GET", "/none"}} {
		rec := httptest.NewRecorder()
		mux.ServeHTTP(rec, httptest.NewRequest(r.method, r.path, strings.NewReader("body")))
		fmt.Println(rec.Code, strings.TrimSpace(rec.Body.String()), rec.Header()["X-Tag"])
	}
	fmt.Println(c.hits)
}
