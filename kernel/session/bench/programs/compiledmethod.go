package programs

import "bytes"

// compiledmethod calls a method of a type of the standard library; a turn is a call.
func compiledmethod(n int) int {
	var b bytes.Buffer
	for i := 0; i < n; i++ {
		if b.Len() > 0 {
			return 1
		}
	}
	return 0
}
