package qat

import "math"

// levels are the whole numbers that weights over their scale are rounded to.
type levels struct {
	lo, hi float32
	binary bool // −1 and +1, and nothing between
}

var unbounded = levels{lo: float32(math.Inf(-1)), hi: float32(math.Inf(1))}

// levels returns those of q: ±1, or the integers of Bits bits. (With an absmax
// scale the lowest of these stays unused.)
func (q WeightQuantizer) levels() levels {
	if q.Bits <= BinaryBits {
		return levels{lo: -1, hi: 1, binary: q.Bits == BinaryBits}
	}
	half := float32(int(1) << (q.Bits - 1))
	return levels{lo: -half, hi: half - 1}
}

// outermost is the largest magnitude of a level.
func (l levels) outermost() float32 { return max(-l.lo, l.hi) }

// trits reports whether all codes of q are −1, 0 or +1.
func (q WeightQuantizer) trits() bool {
	return q.Bits <= BinaryBits || q.Bits == 2 && !q.Asymmetric && q.rule() == AbsMax
}

// layout says which weights of a matrix share a scale: runs of width columns in a
// row, or all of them.
type layout struct {
	rows, cols int
	width      int // of a group
	perRow     int // groups in a row
	shared     bool
}

func (q WeightQuantizer) layout(rows, cols int) layout {
	l := layout{rows: rows, cols: cols, width: cols, perRow: 1, shared: q.Per == PerTensor}
	if q.Per > 0 && int(q.Per) < cols {
		l.width = int(q.Per)
		l.perRow = (cols + l.width - 1) / l.width
	}
	return l
}

// groups is the number of scales.
func (l layout) groups() int {
	if l.shared {
		return 1
	}
	return l.rows * l.perRow
}

// index is that of the scale of group g in a row.
func (l layout) index(row, g int) int {
	if l.shared {
		return 0
	}
	return row*l.perRow + g
}

// members is how many weights group i has.
func (l layout) members(i int) int {
	if l.shared {
		return l.rows * l.cols
	}
	return min(l.width, l.cols-i%l.perRow*l.width)
}

// span returns the columns of group g.
func (l layout) span(g int) (lo, hi int) { return g * l.width, min((g+1)*l.width, l.cols) }
