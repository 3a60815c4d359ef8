package session

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// interrupted runs a cell, interrupts it once it has printed "go", and returns
// what it printed.
func interrupted(t *testing.T, s *Session, code string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	rec := newRecord()
	done := make(chan error, 1)
	go func() {
		_, err := s.Execute(ctx, Cell{Number: 1, Code: code, Output: rec})
		done <- err
	}()
	stdout := func() string {
		rec.mu.Lock()
		defer rec.mu.Unlock()
		return rec.streams["stdout"].String()
	}
	for !strings.Contains(stdout(), "go") {
		select {
		case err := <-done:
			t.Fatalf("the cell ended by itself: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
	cancel()
	err := <-done
	var e *Error
	if !errors.As(err, &e) || e.Name != "Interrupted" {
		t.Fatalf("interrupting gave %v", err)
	}
	return stdout()
}

func value(t *testing.T, s *Session, code string) string {
	t.Helper()
	r, err := s.Execute(context.Background(), Cell{Number: 2, Code: code, Output: newRecord()})
	if err != nil {
		t.Fatalf("%s: %v", code, err)
	}
	if r.Value == nil {
		return ""
	}
	return fmt.Sprint(r.Value.Data["text/plain"])
}

func TestInterrupt(t *testing.T) {
	cells := map[string]string{
		"loop":           `fmt.Println("go"); for { }`,
		"recursion":      `func spin(n int) { if n > 0 { spin(n-1); spin(n-1) } }` + "\n" + `fmt.Println("go"); spin(60)`,
		"sleep":          `fmt.Println("go"); time.Sleep(time.Hour)`,
		"receive":        `c := make(chan int); fmt.Println("go"); <-c`,
		"send":           `c := make(chan int); fmt.Println("go"); c <- 1`,
		"select":         `fmt.Println("go"); select {}`,
		"range channel":  `c := make(chan int); fmt.Println("go"); for range c { }`,
		"wait group":     `var wg sync.WaitGroup; wg.Add(1); fmt.Println("go"); wg.Wait()`,
		"compiled calls": `fmt.Println("go"); sort.Slice(make([]int, 1<<30), func(i, j int) bool { for { } })`,
		"recover":        `func keep() { defer func() { recover() }(); for { } }` + "\n" + `fmt.Println("go"); for { keep() }`,
	}
	for name, code := range cells {
		t.Run(name, func(t *testing.T) {
			s := newSession(t)
			value(t, s, "before := 41")
			interrupted(t, s, code)
			if got := value(t, s, "before + 1"); got != "42" {
				t.Errorf("afterwards before + 1 is %s", got)
			}
		})
	}
}

func TestInterruptRunsDefers(t *testing.T) {
	s := newSession(t)
	out := interrupted(t, s, `defer fmt.Println("deferred")
fmt.Println("go")
for { }`)
	if !strings.Contains(out, "deferred") {
		t.Errorf("printed %q", out)
	}
}

// A call that ends early because its context did is the last thing that the cell
// does; what it returned is kept.
func TestInterruptKeepsWhatCallsReturn(t *testing.T) {
	s := newSession(t)
	value(t, s, `split, err := data.NewSplit(1, 1, []uint8{1, 2, 3, 4}, []uint8{0, 1, 0, 1})
d := &data.Dataset{Name: "dots", Train: split}
reached := false`)
	interrupted(t, s, `fmt.Println("go")
run := Fit(MLP(1, 2), d, Steps(1 << 30), Batch(1))
reached = true`)
	if got := value(t, s, "fmt.Sprint(run.Interrupted, reached)"); got != `"true false"` {
		t.Errorf("the run was interrupted, and the next statement was reached: %s", got)
	}
}

// Closures and goroutines of earlier cells live on when a later cell is
// interrupted.
func TestInterruptLeavesOthersAlone(t *testing.T) {
	s := newSession(t)
	value(t, s, `add := func(a, b int) int { return a + b }
in, out := make(chan int), make(chan int)
go func() { for x := range in { out <- add(x, 1) } }()`)
	interrupted(t, s, `fmt.Println("go"); for { }`)
	if got := value(t, s, "in <- 5; r := <-out; r + add(1, 1)"); got != "8" {
		t.Errorf("got %s", got)
	}
}

// What a goroutine prints belongs to the cell that started it.
func TestGoroutineOutput(t *testing.T) {
	s := newSession(t)
	first, second := newRecord(), newRecord()
	ctx := context.Background()
	if _, err := s.Execute(ctx, Cell{1, `wake, done := make(chan int), make(chan int)
go func() { <-wake; fmt.Print("late"); close(done) }()`, first}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Execute(ctx, Cell{2, "close(wake); <-done; fmt.Print(\"own\")", second}); err != nil {
		t.Fatal(err)
	}
	if got := first.streams["stdout"].String(); got != "late" {
		t.Errorf("the first cell printed %q", got)
	}
	if got := second.streams["stdout"].String(); got != "own" {
		t.Errorf("the second cell printed %q", got)
	}
}

func TestInput(t *testing.T) {
	s := newSession(t)
	rec := newRecord()
	rec.input = []string{"3 4"}
	_, err := s.Execute(context.Background(), Cell{1, "var a, b int\nfmt.Scan(&a, &b)\nfmt.Print(a + b)", rec})
	if got := rec.streams["stdout"].String(); err != nil || got != "7" {
		t.Errorf("printed %q, %v", got, err)
	}
}

func TestEval(t *testing.T) {
	s := newSession(t)
	value(t, s, "x := 20")
	b, err := s.Eval(context.Background(), Cell{Number: 2, Output: newRecord()}, "x * 2 + 2")
	if err != nil || b.Data["text/plain"] != "42" {
		t.Errorf("x * 2 + 2 is %v, %v", b.Data, err)
	}
	if _, err := s.Eval(context.Background(), Cell{Number: 2, Output: newRecord()}, "nothing + 1"); err == nil {
		t.Error("nothing + 1 has a value")
	}
}
