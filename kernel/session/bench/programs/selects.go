package programs

// selects receives from either of two channels; a turn is a send and a select.
func selects(n int) int {
	a, b := make(chan int, 1), make(chan int, 1)
	s := 0
	for i := 0; i < n; i++ {
		if i%2 == 0 {
			a <- i
		} else {
			b <- i
		}
		select {
		case x := <-a:
			s += x
		case x := <-b:
			s -= x
		}
	}
	return s
}
