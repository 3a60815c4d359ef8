package programs

import "errors"

var errOdd = errors.New("odd")

func half(n int) (int, error) {
	if n%2 != 0 {
		return 0, errOdd
	}
	return n / 2, nil
}

// failures calls a function that has two results, one of them an error; a turn is a
// call.
func failures(n int) int {
	s := 0
	for i := 0; i < n; i++ {
		h, err := half(i)
		if err != nil {
			s++
			continue
		}
		s += h
	}
	return s
}
