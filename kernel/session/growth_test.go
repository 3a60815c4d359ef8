package session

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"setun/display"
)

// smallCells are what people run all day: a variable anew, a function that
// another calls, an expression, a line printed, a type with a method, a loop.
var smallCells = []string{
	"x := %d",
	"func f(a int) int { return a + %d }",
	"f(x) * 2 // %d",
	"fmt.Println(\"cell\", x, %d)",
	"type T struct{ a, b int }\nfunc (t T) Sum() int { return t.a + t.b }\nt := T{1, %d}\nt.Sum()",
	"for i := range 3 {\n\tx += i * %d\n}",
}

// discard is the Output of nobody.
type discard struct{}

func (discard) Stream(string, string)              {}
func (discard) Display(display.Bundle, string)     {}
func (discard) Update(display.Bundle, string)      {}
func (discard) Clear(bool)                         {}
func (discard) Input(string, bool) (string, error) { return "", nil }

func execute(tb testing.TB, s *Session, number int, code string) Result {
	tb.Helper()
	r, err := s.Execute(context.Background(), Cell{Number: number, Code: code, Output: discard{}})
	if err != nil {
		tb.Fatalf("%s\n%v", code, err)
	}
	return r
}

func smallCell(i int) string { return fmt.Sprintf(smallCells[i%len(smallCells)], i) }

func heapInUse() int {
	runtime.GC()
	runtime.GC() // the second one takes what finalizers and pools let go of
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// Ten thousand cells leave less than 20 MB behind.
func TestGrowth(t *testing.T) {
	const warm, cells, bound = 300, 10_000, 20 << 20
	s := newSession(t)
	for i := range warm {
		execute(t, s, i+1, smallCell(i))
	}
	before := heapInUse()
	for i := range cells {
		execute(t, s, warm+i+1, smallCell(warm+i))
	}
	grown := heapInUse() - before
	t.Logf("%d bytes a cell", grown/cells)
	if grown > bound {
		t.Errorf("%d cells leave %d bytes behind, more than %d", cells, grown, bound)
	}
	runtime.KeepAlive(s)
}

func BenchmarkSmallCell(b *testing.B) {
	s := newSession(b)
	for i := range 2 * len(smallCells) {
		execute(b, s, i+1, smallCell(i))
	}
	for k, c := range smallCells {
		b.Run(fmt.Sprint(k), func(b *testing.B) {
			b.ReportAllocs()
			for i := range b.N {
				execute(b, s, i+100, fmt.Sprintf(c, i))
			}
		})
	}
}

// A variable that is declared again lets go of what it held, of the same type or
// of another.
func TestRedefinedVariableIsFreed(t *testing.T) {
	const size = 20 << 20
	s := newSession(t)
	before := heapInUse()
	for i := range 50 {
		elem := []string{"byte", "int8", "bool"}[i/2%3]
		execute(t, s, i+1, fmt.Sprintf("big := make([]%s, %d)\nfunc use() int { return len(big) }\nuse()", elem, size))
	}
	if grown := heapInUse() - before; grown > 2*size {
		t.Errorf("after 50 declarations of %d bytes, %d are in use", size, grown)
	}
	runtime.KeepAlive(s)
}
