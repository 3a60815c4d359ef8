package session

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
)

// What ends a Go program for good, goroutines that use a map at once, is an error of
// the cell; and locked maps are not mistaken for it.
func TestConcurrentMaps(t *testing.T) {
	if runtime.GOMAXPROCS(0) == 1 {
		t.Skip("one processor: nothing happens at once")
	}
	for name, tt := range map[string]struct{ declare, use, line, message string }{
		"writes":     {`m := map[int]int{}`, `m[i%100] = g`, "cell[2]:4", "concurrent map writes"},
		"increments": {`m := map[string]int{}`, `m["a"]++`, "cell[2]:4", "concurrent map writes"},
		"structs":    {`m := map[[2]int][]string{}`, `m[[2]int{g, i}] = nil`, "cell[2]:4", "concurrent map writes"},
		"deletes":    {`m := map[int]int{}`, `delete(m, i)`, "cell[2]:4", "concurrent map writes"},
		"reads":      {`m := map[int]int{}`, `if g == 0 { m[i%100] = i } else if m[i%100] < 0 { break }`, "cell[2]:4", "concurrent map read and map write"},
		"finds":      {`m := map[string]bool{}`, `if g == 0 { m["a"] = true } else if _, ok := m["b"]; ok { break }`, "cell[2]:4", "concurrent map read and map write"},
		"ranges":     {`m := map[int]int{1: 1, 2: 2}`, `if g == 0 { m[i%100] = i } else { for range m { } }`, "cell[2]:4", "and map write"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSession(t)
			value(t, s, tt.declare+"\nvar wg sync.WaitGroup")
			code := "for g := range 4 {\n\twg.Go(func() {\n\t\tfor i := range 50_000 {\n" + tt.use + "\n\t\t}\n\t})\n}\nwg.Wait()"
			for range 200 {
				_, err := s.Execute(context.Background(), Cell{Number: 2, Code: code, Output: newRecord()})
				if got := value(t, s, "6 * 7"); got != "42" {
					t.Fatalf("afterwards 6 * 7 is %s", got)
				}
				if err == nil {
					continue
				}
				var e *Error
				trace := ""
				if errors.As(err, &e) {
					trace = ansi.ReplaceAllString(strings.Join(e.Traceback, "\n"), "")
				}
				if !strings.Contains(trace, "fatal error: concurrent map") || !strings.Contains(trace, tt.line) {
					t.Fatalf("the cell ends with %v\n%s", err, trace)
				}
				if strings.Contains(trace, tt.message) {
					return
				}
			}
			t.Errorf("never ended with %s", tt.message)
		})
	}
}

func TestLockedMaps(t *testing.T) {
	s := newSession(t)
	got := value(t, s, `var mu sync.RWMutex
m := map[int]int{}
var wg sync.WaitGroup
for g := range 4 {
	wg.Go(func() {
		for i := range 10_000 {
			mu.Lock()
			m[i%10] += g
			mu.Unlock()
			mu.RLock()
			for k, v := range m { _ = k + v }
			_ = m[3]
			mu.RUnlock()
		}
	})
}
wg.Wait()
m[9], len(m)`)
	if got != "6000, 10" {
		t.Errorf("got %s", got)
	}
}
