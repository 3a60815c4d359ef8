package programs

// loop is a loop over floats.
func loop(n int) int {
	s := 0.0
	for i := 0; i < n; i++ {
		s += float64(i) * 0.5
	}
	return int(s)
}
