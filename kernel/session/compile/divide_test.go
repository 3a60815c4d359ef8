package compile

import (
	"math"
	"testing"
)

// Division by constants gives what Go gives, around the limits of the quick way.
func TestDivideByConstant(t *testing.T) {
	xs := []int{0, 1, 2, 3, 5, 6, 7, 99, 100, 1<<31 - 1, 1 << 31, 1<<32 - 1, 1 << 32, 1<<32 + 1, math.MaxInt, -1, -7, math.MinInt}
	for _, c := range []int{1, 2, 3, 5, 7, 10, 12, 64, 641, 10007, 1<<31 - 1, 1<<32 - 1, 1 << 32, -3} {
		for _, x := range xs {
			x := konst(x)
			q := fn[int](quotient[int](x, konst(c)))(nil)
			r := fn[int](remainder[int](x, konst(c)))(nil)
			if x := x.c.(int); q != x/c || r != x%c {
				t.Errorf("%d by %d: %d remainder %d, want %d and %d", x, c, q, r, x/c, x%c)
			}
		}
	}
	for x := range 256 {
		for c := 1; c < 256; c++ {
			got := fn[uint8](remainder[uint8](konst(uint8(x)), konst(uint8(c))))(nil)
			if want := uint8(x) % uint8(c); got != want {
				t.Errorf("uint8 %d %% %d = %d, want %d", x, c, got, want)
			}
		}
	}
}
