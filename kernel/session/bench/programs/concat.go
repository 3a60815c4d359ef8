package programs

// concat makes strings of fifty letters, one letter after the other; a turn is a
// letter.
func concat(n int) int {
	size := 0
	for k := 0; k < n; k += 50 {
		s := ""
		for i := 0; i < 50; i++ {
			s += "x"
		}
		size += len(s)
	}
	return size
}
