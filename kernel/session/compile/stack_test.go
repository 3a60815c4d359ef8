package compile

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"testing"
)

// A recursion without end is an error before it has taken 64 MB, in stack and frames.
func TestRunawayRecursion(t *testing.T) {
	for _, src := range []string{
		"func f(n int) int { return f(n+1) + 1 }\nfunc main() { f(0) }",
		"type T struct{ a [8]int }\nfunc (t T) f(x any, s string) (int, error) { if n, err := t.f(x, s); err != nil { return n, err }; return 1, nil }\nfunc main() { T{}.f(nil, \"\") }",
		"var s int\nfunc f(n int) { for i := 0; i < 9; i++ { if n >= 0 { for j := range 9 { if j > 0 && n > 0 { s++ } else { for range 2 { if i >= 0 { if j >= 0 { s += g(n) } } } } } } } }\nfunc g(n int) int { f(n+1); return 1 }\nfunc main() { f(0) }",
		"func f(n int) int { var a [4096]int; for i := range a { a[i] = n }; return f(a[n%4096]+1) + a[0] }\nfunc main() { f(0) }",
		"import \"sort\"\nfunc f(x []int) { sort.Slice(x, func(i, j int) bool { f(x); return true }) }\nfunc main() { f([]int{2, 1, 3}) }",
		"func main() { var f func(); f = func() { defer func() {}(); f() }; f() }",
	} {
		_, pkg, err := loadProgram(Config{}, map[string][]byte{"main.go": []byte("package main\n" + src)})
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan uint64)
		go func() {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			before := m.StackInuse + m.HeapInuse
			err = pkg.Call(pkg.p.NewRun(context.Background()), "main")
			runtime.ReadMemStats(&m)
			done <- m.StackInuse + m.HeapInuse - before
		}()
		used := <-done
		var p *PanicError
		if !errors.As(err, &p) {
			t.Fatalf("%s: error %v, want a panic", src, err)
		}
		if used > 70<<20 {
			t.Errorf("%s: %d MB", src, used>>20)
		}
		runtime.GC()
	}
}

// Recursions that end may go deep.
func TestDeepRecursion(t *testing.T) {
	if testing.Short() {
		t.Skip("frames of Go are larger under the race detector")
	}
	const src = `package main
type List struct { next *List; v int }
func (l *List) sum() int {
	if l == nil { return 0 }
	return l.v + l.next.sum()
}
func even(n int) bool { return n == 0 || odd(n-1) }
func odd(n int) bool { return n != 0 && even(n-1) }
func main() {
	var l *List
	for i := range 90000 { l = &List{l, i} }
	deep := make(chan int)
	go func() { deep <- l.sum() }()
	println(l.sum(), even(90000), <-deep)
}`
	var out bytes.Buffer
	_, pkg, err := loadProgram(Config{Stderr: &out}, map[string][]byte{"main.go": []byte(src)})
	if err != nil {
		t.Fatal(err)
	}
	if err := pkg.Call(pkg.p.NewRun(context.Background()), "main"); err != nil || out.String() != "4049955000 true 4049955000\n" {
		t.Errorf("prints %q, error %v", out.String(), err)
	}
}
