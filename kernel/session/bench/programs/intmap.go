package programs

// intmap adds up in a map with numbers for keys; a turn is a key.
func intmap(n int) int {
	m := map[int]int{}
	for i := 0; i < n; i++ {
		m[i&255] += i
	}
	return len(m)
}
