package programs

// slices changes elements of one; a turn is an element.
func slices(n int) int {
	x := make([]float32, 1024)
	for i := 0; i < n; i++ {
		j := i & 1023
		x[j] = x[j]*0.5 + 1
	}
	return int(x[0])
}
