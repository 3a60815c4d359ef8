package programs

// closure calls one that changes what it has captured; a turn is a call.
func closure(n int) int {
	s := 0
	add := func(x int) { s += x }
	for i := 0; i < n; i++ {
		add(i)
	}
	return s
}
