package programs

// maprange goes over maps; a turn is an entry.
func maprange(n int) int {
	m := map[int]int{}
	for i := 0; i < 100; i++ {
		m[i] = i
	}
	s := 0
	for k := 0; k < n; k += 100 {
		for a, b := range m {
			s += a + b
		}
	}
	return s
}
