package programs

// filter appends the even ones of a hundred numbers to a new slice; a turn is a number.
func filter(n int) int {
	x := make([]int, 100)
	for i := range x {
		x[i] = i
	}
	size := 0
	for k := 0; k < n; k += 100 {
		var even []int
		for _, v := range x {
			if v%2 == 0 {
				even = append(even, v)
			}
		}
		size += len(even)
	}
	return size
}
