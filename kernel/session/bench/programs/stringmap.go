package programs

// stringmap counts in a map with strings for keys; a turn is a key.
func stringmap(n int) int {
	m := map[string]int{}
	keys := []string{"a", "b", "c", "d"}
	for i := 0; i < n; i++ {
		m[keys[i&3]]++
	}
	return len(m)
}
