package compile

import (
	"context"
	"runtime"
	"syscall"
	"testing"

	"github.com/traefik/yaegi/interp"
	"github.com/traefik/yaegi/stdlib"
)

// Programs for the speed comparison: each defines f(n int) int, whose time is
// divided by n.
var benchPrograms = []struct{ name, src string }{
	{"loop", `func f(n int) int { s := 0.0; for i := 0; i < n; i++ { s += float64(i) * 0.5 }; return int(s) }`},
	{"nested", `func f(n int) int { s := 0; for i := 0; i < n/100; i++ { for j := 0; j < 100; j++ { if j%3 == 0 { s += j } else { s -= i } } }; return s }`},
	{"call", `func g(a, b int) int { return a + b }
func f(n int) int { s := 0; for i := 0; i < n; i++ { s = g(s, i) }; return s }`},
	{"fib", `func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }
func f(n int) int { for i := 0; i < n; i += 21891 { fib(20) }; return 0 }`},
	{"method", `type T struct{ a, b int }
func (t *T) add(x int) { t.a += x; t.b++ }
func f(n int) int { var t T; for i := 0; i < n; i++ { t.add(i) }; return t.a }`},
	{"interface", `type I interface{ M(int) int }
type T struct{ a int }
func (t *T) M(x int) int { return t.a + x }
func f(n int) int { var v I = &T{1}; s := 0; for i := 0; i < n; i++ { s = v.M(s) }; return s }`},
	{"closure", `func f(n int) int { s := 0; g := func(x int) { s += x }; for i := 0; i < n; i++ { g(i) }; return s }`},
	{"slice", `func f(n int) int { x := make([]float32, 1024); for i := 0; i < n; i++ { j := i & 1023; x[j] = x[j]*0.5 + 1 }; return int(x[0]) }`},
	{"append", `func f(n int) int { var x []int; for i := 0; i < n; i++ { if len(x) == 1000 { x = x[:0] }; x = append(x, i) }; return len(x) }`},
	{"mapinc", `func f(n int) int { m := map[string]int{}; k := []string{"a", "b", "c", "d"}; for i := 0; i < n; i++ { m[k[i&3]]++ }; return len(m) }`},
	{"mapint", `func f(n int) int { m := map[int]int{}; for i := 0; i < n; i++ { m[i&255] += i }; return len(m) }`},
	{"compiled", `func f(n int) int { x := 1.0; for i := 0; i < n; i++ { x = math.Sqrt(x) + 1 }; return int(x) }`},
	{"compiledmethod", `func f(n int) int { var b bytes.Buffer; for i := 0; i < n; i++ { if b.Len() > 0 { return 1 } }; return 0 }`},
	{"string", `func f(n int) int { s := "hello, world"; c := 0; for i := 0; i < n; i++ { if s[i%12] == 'o' { c++ } }; return c }`},
	{"struct", `type P struct{ x, y float64 }
func f(n int) int { p := P{1, 2}; for i := 0; i < n; i++ { p = P{p.y, p.x + 1} }; return int(p.x) }`},
	{"sortslice", `func f(n int) int { x := make([]int, n); for i := range x { x[i] = (i * 7919) % 10007 }; sort.Slice(x, func(i, j int) bool { return x[i] < x[j] }); return x[0] }`},
}

func benchSource(head, src string) string {
	for _, imp := range []string{"math", "bytes", "sort"} {
		if contains(src, imp+".") {
			head += "import \"" + imp + "\"\n"
		}
	}
	return head + src + "\n"
}

func contains(s, sub string) bool {
	for i := 0; i+len(sub) <= len(s); i++ {
		if s[i:i+len(sub)] == sub {
			return true
		}
	}
	return false
}

// compiledF is f of a program as a Go function.
func compiledF(tb testing.TB, src string) func(int) int {
	p, pkg, err := loadProgram(Config{}, map[string][]byte{"main.go": []byte(benchSource("package main\n", src) + "func main() {}\n")})
	if err != nil {
		tb.Fatal(err)
	}
	if err := pkg.Init(p.NewRun(context.Background())); err != nil {
		tb.Fatal(err)
	}
	f, err := pkg.Func("f")
	if err != nil {
		tb.Fatal(err)
	}
	return f.Interface().(func(int) int)
}

func BenchmarkCompile(b *testing.B) {
	for _, bp := range benchPrograms {
		b.Run(bp.name, func(b *testing.B) {
			measure(b, compiledF(b, bp.src))
		})
	}
}

func BenchmarkYaegi(b *testing.B) {
	for _, bp := range benchPrograms {
		b.Run(bp.name, func(b *testing.B) {
			i := interp.New(interp.Options{})
			i.Use(stdlib.Symbols)
			if _, err := i.Eval(benchSource("", bp.src)); err != nil {
				b.Fatal(err)
			}
			v, err := i.Eval("f")
			if err != nil {
				b.Fatal(err)
			}
			measure(b, v.Interface().(func(int) int))
		})
	}
}

// measure reports processor time, which other load on the machine hardly changes.
func measure(b *testing.B, f func(int) int) {
	f(100)
	runtime.GC()
	var before, after syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	b.ResetTimer()
	f(b.N)
	syscall.Getrusage(syscall.RUSAGE_SELF, &after)
	ns := after.Utime.Nano() - before.Utime.Nano()
	b.ReportMetric(float64(ns)/float64(b.N), "cpu-ns/op")
}
