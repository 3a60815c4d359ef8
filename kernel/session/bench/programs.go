package bench

// A program defines f(n int) int, which goes round n times.
type program struct {
	name, source string
	target       float64 // of the ratio to yaegi's rate
	// limit, if not 0, is of the nanoseconds a turn, which the call in it is part of.
	limit float64
}

var programs = []program{
	{name: "loop", target: 5, source: `func f(n int) int { s := 0.0; for i := 0; i < n; i++ { s += float64(i) * 0.5 }; return int(s) }`},
	{name: "nested", target: 5, source: `func f(n int) int { s := 0; for i := 0; i < n/100; i++ { for j := 0; j < 100; j++ { if j%3 == 0 { s += j } else { s -= i } } }; return s }`},
	{name: "call", target: 5, source: `func g(a, b int) int { return a + b }
func f(n int) int { s := 0; for i := 0; i < n; i++ { s = g(s, i) }; return s }`},
	{name: "fibonacci", target: 5, source: `func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }
func f(n int) int { for i := 0; i < n; i++ { fib(6) }; return 0 }`},
	{name: "method", target: 5, source: `type T struct{ a, b int }
func (t *T) add(x int) { t.a += x; t.b++ }
func f(n int) int { var t T; for i := 0; i < n; i++ { t.add(i) }; return t.a }`},
	{name: "interface", target: 5, source: `type I interface{ M(int) int }
type T struct{ a int }
func (t *T) M(x int) int { return t.a + x }
func f(n int) int { var v I = &T{1}; s := 0; for i := 0; i < n; i++ { s = v.M(s) }; return s }`},
	{name: "closure", target: 5, source: `func f(n int) int { s := 0; g := func(x int) { s += x }; for i := 0; i < n; i++ { g(i) }; return s }`},
	{name: "slice", target: 5, source: `func f(n int) int { x := make([]float32, 1024); for i := 0; i < n; i++ { j := i & 1023; x[j] = x[j]*0.5 + 1 }; return int(x[0]) }`},
	{name: "append", target: 5, source: `func f(n int) int { var x []int; for i := 0; i < n; i++ { if len(x) == 1000 { x = x[:0] }; x = append(x, i) }; return len(x) }`},
	{name: "map of strings", target: 5, source: `func f(n int) int { m := map[string]int{}; k := []string{"a", "b", "c", "d"}; for i := 0; i < n; i++ { m[k[i&3]]++ }; return len(m) }`},
	{name: "map of ints", target: 5, source: `func f(n int) int { m := map[int]int{}; for i := 0; i < n; i++ { m[i&255] += i }; return len(m) }`},
	{name: "string", target: 5, source: `func f(n int) int { s := "hello, world"; c := 0; for i := 0; i < n; i++ { if s[i%12] == 'o' { c++ } }; return c }`},
	{name: "struct", target: 5, source: `type P struct{ x, y float64 }
func f(n int) int { p := P{1, 2}; for i := 0; i < n; i++ { p = P{p.y, p.x + 1} }; return int(p.x) }`},
	{name: "range", target: 5, source: `func f(n int) int { x := make([]float64, 100); s := 0.0; for k := 0; k < n; k += 100 { for _, v := range x { s += v } }; return int(s) }`},
	{name: "search", target: 5, source: `func find(x []int, y int) int { for i := range x { if x[i] == y { return i } }; return -1 }
func f(n int) int { x := make([]int, 100); x[99] = 1; r := 0; for k := 0; k < n; k += 100 { r += find(x, 1) }; return r }`},
	{name: "fields", target: 5, source: `type P struct{ x, y, vx, vy float64 }
func f(n int) int { p := make([]P, 100); for k := 0; k < n; k += 100 { for i := range p { p[i].x += p[i].vx * 0.1; p[i].y += p[i].vy * 0.1 } }; return int(p[0].x) }`},
	{name: "matrix product", target: 5, source: `func m() [][]float64 { a := make([][]float64, 10); for i := range a { a[i] = make([]float64, 10) }; return a }
func f(n int) int { a, b, c := m(), m(), m(); for k := 0; k < n; k += 1000 { for i := 0; i < 10; i++ { for j := 0; j < 10; j++ { s := 0.0; for l := 0; l < 10; l++ { s += a[i][l] * b[l][j] }; c[i][j] = s } } }; return int(c[0][0]) }`},
	{name: "map lookup", target: 5, source: `func f(n int) int { m := map[int]string{1: "a", 2: "b", 3: "c"}; c := 0; for i := 0; i < n; i++ { if s, ok := m[i&7]; ok { c += len(s) } }; return c }`},
	{name: "map range", target: 5, source: `func f(n int) int { m := map[int]int{}; for i := 0; i < 100; i++ { m[i] = i }; s := 0; for k := 0; k < n; k += 100 { for a, b := range m { s += a + b } }; return s }`},
	{name: "variables of a cell", target: 5, source: `var s, k int
func f(n int) int { s = 0; for k = 0; k < n; k++ { s += k }; return s }`},
	{name: "compiled function", target: 5, limit: 20, source: `func f(n int) int { x := 1.0; for i := 0; i < n; i++ { x = math.Sqrt(x) + 1 }; return int(x) }`},
	{name: "compiled method", target: 5, limit: 40, source: `func f(n int) int { var b bytes.Buffer; for i := 0; i < n; i++ { if b.Len() > 0 { return 1 } }; return 0 }`},
}
