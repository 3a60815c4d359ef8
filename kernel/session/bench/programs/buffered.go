package programs

// buffered sends and receives; a turn is one of each.
func buffered(n int) int {
	c := make(chan int, 16)
	s := 0
	for i := 0; i < n; i++ {
		c <- i
		s += <-c
	}
	return s
}
