package programs

func least(a, b int) int {
	if a < b {
		return a
	}
	return b
}

// edits is how far two words are from each other, in a table; a turn is an entry.
func edits(n int) int {
	a, b := "kitten and mitten", "sitting on a kitchen"
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
	}
	for k := 0; k < n; k += len(a) * len(b) {
		for i := range d {
			d[i][0] = i
		}
		for j := range d[0] {
			d[0][j] = j
		}
		for i := 1; i <= len(a); i++ {
			for j := 1; j <= len(b); j++ {
				cost := 1
				if a[i-1] == b[j-1] {
					cost = 0
				}
				d[i][j] = least(least(d[i-1][j]+1, d[i][j-1]+1), d[i-1][j-1]+cost)
			}
		}
	}
	return d[len(a)][len(b)]
}
