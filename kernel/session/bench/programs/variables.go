package programs

var sum, turn int

// variables is a loop over variables that are not its own.
func variables(n int) int {
	sum = 0
	for turn = 0; turn < n; turn++ {
		sum += turn
	}
	return sum
}
