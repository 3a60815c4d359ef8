package programs

func total[T int | float64](x []T) T {
	var s T
	for _, v := range x {
		s += v
	}
	return s
}

func largest[T int | float64](a, b T) T {
	if a > b {
		return a
	}
	return b
}

// generic calls generic functions; a turn is an element, or a call with two.
func generic(n int) int {
	x, s := make([]int, 50), 0
	for k := 0; k < n; k += 100 {
		s += total(x)
		for i := 0; i < 50; i++ {
			s = largest(s, i)
		}
	}
	return s
}
