package programs

// smoothing makes points the mean of their neighbours, in arrays of arrays; a turn is a
// point.
func smoothing(n int) int {
	var a, b [16][16]float64
	a[8][8] = 1000
	for k := 0; k < n; k += 14 * 14 {
		for i := 1; i < 15; i++ {
			for j := 1; j < 15; j++ {
				b[i][j] = (a[i-1][j] + a[i+1][j] + a[i][j-1] + a[i][j+1]) * 0.25
			}
		}
		a, b = b, a
	}
	return int(a[8][8])
}
