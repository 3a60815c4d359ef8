package compile

import (
	"context"
	"runtime"
	"testing"
)

// Cells leave little behind.
func TestGrowth(t *testing.T) {
	n := newNotebook(t)
	heap := func() int {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	run := func(times int) {
		for range times {
			n.out.Reset()
			if _, err := n.run(context.Background(), "do\nx := 1\ny := x + 2\nprintln(y)\n= x * y\n"); err != nil {
				t.Fatal(err)
			}
		}
	}
	run(100)
	before := heap()
	const cells = 1000
	run(cells)
	left := (heap() - before) / cells
	t.Logf("%d bytes a cell", left)
	if left > 2<<10 {
		t.Errorf("a cell leaves %d bytes", left)
	}
	runtime.KeepAlive(n)
}
