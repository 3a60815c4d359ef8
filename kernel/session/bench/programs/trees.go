package programs

type tree struct{ left, right *tree }

func grow(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{grow(depth - 1), grow(depth - 1)}
}

func (t *tree) count() int {
	if t.left == nil {
		return 1
	}
	return 1 + t.left.count() + t.right.count()
}

// trees of 127 nodes are grown and counted; a turn is a node.
func trees(n int) int {
	count := 0
	for k := 0; k < n; k += 127 {
		count += grow(6).count()
	}
	return count
}
