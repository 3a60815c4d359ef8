package programs

// lookup looks for keys that a map has or has not; a turn is a key.
func lookup(n int) int {
	m := map[int]string{1: "a", 2: "b", 3: "c"}
	c := 0
	for i := 0; i < n; i++ {
		if s, ok := m[i&7]; ok {
			c += len(s)
		}
	}
	return c
}
