package programs

type spot struct{ row, col int }

// maze finds the way through a field of 16×16, by breadth; a turn is a spot.
func maze(n int) int {
	dist := 0
	for k := 0; k < n; k += 256 {
		seen := map[spot]int{{0, 0}: 0}
		queue := []spot{{0, 0}}
		for len(queue) > 0 {
			p := queue[0]
			queue = queue[1:]
			dist = seen[p]
			for _, d := range []spot{{0, 1}, {1, 0}, {0, -1}, {-1, 0}} {
				q := spot{p.row + d.row, p.col + d.col}
				if q.row < 0 || q.col < 0 || q.row >= 16 || q.col >= 16 {
					continue
				}
				if _, ok := seen[q]; !ok {
					seen[q] = dist + 1
					queue = append(queue, q)
				}
			}
		}
	}
	return dist
}
