package programs

// unbuffered receives what another goroutine sends; a turn is a number.
func unbuffered(n int) int {
	c, s := make(chan int), 0
	go func() {
		for i := 0; i < n; i++ {
			c <- i
		}
		close(c)
	}()
	for i := range c {
		s += i
	}
	return s
}
