package programs

func once(p *int) {
	defer func() { *p++ }()
}

// deferred calls a function that defers another; a turn is such a call.
func deferred(n int) int {
	s := 0
	for i := 0; i < n; i++ {
		once(&s)
	}
	return s
}
