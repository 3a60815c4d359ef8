package programs

// clip keeps numbers between bounds; a turn is a number.
func clip(n int) int {
	x := make([]float64, 100)
	for i := range x {
		x[i] = float64(i-50) / 10
	}
	s := 0.0
	for k := 0; k < n; k += 100 {
		for _, v := range x {
			if v < -1 {
				v = -1
			} else if v > 1 {
				v = 1
			}
			s += v
		}
	}
	return int(s)
}
