package programs

import "fmt"

// formatted calls a variadic function; a turn is a call.
func formatted(n int) int {
	size := 0
	for i := 0; i < n; i++ {
		size += len(fmt.Sprintf("%d: %s", i, "word"))
	}
	return size
}
