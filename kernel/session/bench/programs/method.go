package programs

type tally struct{ sum, count int }

func (t *tally) add(x int) {
	t.sum += x
	t.count++
}

// method calls one; a turn is a call.
func method(n int) int {
	var t tally
	for i := 0; i < n; i++ {
		t.add(i)
	}
	return t.sum
}
