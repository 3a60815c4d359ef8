package programs

import "math"

// compiled calls a function of the standard library; a turn is a call.
func compiled(n int) int {
	x := 1.0
	for i := 0; i < n; i++ {
		x = math.Sqrt(x) + 1
	}
	return int(x)
}
