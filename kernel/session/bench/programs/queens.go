package programs

type board struct {
	size            int
	column          []bool
	rising, falling []bool
}

func (b *board) place(row int) int {
	if row == b.size {
		return 1
	}
	count := 0
	for c := 0; c < b.size; c++ {
		if b.column[c] || b.rising[row+c] || b.falling[row-c+b.size] {
			continue
		}
		b.column[c], b.rising[row+c], b.falling[row-c+b.size] = true, true, true
		count += b.place(row + 1)
		b.column[c], b.rising[row+c], b.falling[row-c+b.size] = false, false, false
	}
	return count
}

// queens are the ways to put 6 queens on a board; a turn is a call, of which a board
// has 153.
func queens(n int) int {
	count := 0
	for k := 0; k < n; k += 153 {
		b := &board{6, make([]bool, 6), make([]bool, 12), make([]bool, 13)}
		count += b.place(0)
	}
	return count
}
