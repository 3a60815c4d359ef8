package session

import (
	"testing"
	"time"
)

// What the first cell costs that sorts, beside one that calls a compiled function.
func BenchmarkFirstUse(b *testing.B) {
	for name, code := range map[string]string{
		"sort.Ints":       `xs := []int{3, 1, 2}; sort.Ints(xs)`,
		"slices.Sort":     `xs := []int{3, 1, 2}; slices.Sort(xs)`,
		"slices.SortFunc": `xs := []int{3, 1, 2}; slices.SortFunc(xs, func(a, b int) int { return a - b })`,
		"slices.Contains": `xs := []int{3, 1, 2}; slices.Contains(xs, 2)`,
		"maps.Keys":       `m := map[string]int{"a": 1}; slices.Sorted(maps.Keys(m))`,
	} {
		b.Run(name, func(b *testing.B) {
			var first time.Duration
			for range b.N {
				s := newSession(b)
				execute(b, s, 1, "x := 1; fmt.Sprint(x)")
				began := time.Now()
				execute(b, s, 2, code)
				first += time.Since(began)
			}
			b.ReportMetric(float64(first.Microseconds())/float64(b.N), "µs/first")
		})
	}
}
