package programs

func matrix() [][]float64 {
	a := make([][]float64, 10)
	for i := range a {
		a[i] = make([]float64, 10)
	}
	return a
}

// matrices multiplies two, slices of slices; a turn is a multiply-add.
func matrices(n int) int {
	a, b, c := matrix(), matrix(), matrix()
	for k := 0; k < n; k += 1000 {
		for i := 0; i < 10; i++ {
			for j := 0; j < 10; j++ {
				s := 0.0
				for l := 0; l < 10; l++ {
					s += a[i][l] * b[l][j]
				}
				c[i][j] = s
			}
		}
	}
	return int(c[0][0])
}
