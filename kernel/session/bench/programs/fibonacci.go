package programs

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

// fibonacci is the sixth number by recursion; a turn is that, 25 calls.
func fibonacci(n int) int {
	s := 0
	for i := 0; i < n; i++ {
		s += fib(6)
	}
	return s
}
