package session

import (
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"sync"
	"sync/atomic"

	"setun/kernel/session/compile"
)

// handlers are http.Handle and http.HandleFunc as cells have them: a cell that is
// run again takes the place of what it has registered, where a program may register
// a pattern once.
func handlers() map[string]func(*compile.Run) reflect.Value {
	return map[string]func(*compile.Run) reflect.Value{
		"net/http.Handle": func(r *compile.Run) reflect.Value {
			return reflect.ValueOf(func(pattern string, h http.Handler) { registered.handle(r, pattern, h) })
		},
		"net/http.HandleFunc": func(r *compile.Run) reflect.Value {
			return reflect.ValueOf(func(pattern string, f func(http.ResponseWriter, *http.Request)) {
				if f == nil {
					panic("http: nil handler") // as package http has it
				}
				registered.handle(r, pattern, http.HandlerFunc(f))
			})
		},
	}
}

// registered is what cells have registered with http.DefaultServeMux, which is the
// process's.
var registered registry

type registry struct {
	mu sync.Mutex
	by map[string]*route
}

// A route is a pattern of http.DefaultServeMux.
type route struct {
	run *compile.Run // that registered it last
	to  atomic.Pointer[http.Handler]
}

func (t *route) ServeHTTP(w http.ResponseWriter, q *http.Request) { (*t.to.Load()).ServeHTTP(w, q) }

// registeredAt is the place of a pattern in a panic of package http: here, for all
// that cells register.
var registeredAt = regexp.MustCompile(` \(registered at [^)]*\)`)

func (s *registry) handle(r *compile.Run, pattern string, h http.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.by[pattern]; t != nil && t.run != r && h != nil {
		t.run = r
		t.to.Store(&h)
		return
	}
	defer func() {
		if p := recover(); p != nil {
			panic(registeredAt.ReplaceAllString(fmt.Sprint(p), ""))
		}
	}()
	if h == nil {
		http.Handle(pattern, nil) // panics
	}
	t := &route{run: r}
	t.to.Store(&h)
	http.Handle(pattern, t)
	if s.by == nil {
		s.by = map[string]*route{}
	}
	s.by[pattern] = t
}
