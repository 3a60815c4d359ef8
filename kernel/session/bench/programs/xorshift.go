package programs

// xorshift makes random numbers of 64 bits (Marsaglia, 2003); a turn is a number.
func xorshift(n int) int {
	x := uint64(88172645463325252)
	for i := 0; i < n; i++ {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return int(x)
}
