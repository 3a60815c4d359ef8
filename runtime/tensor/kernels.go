package tensor

import "setun/runtime/asm"

// The kernels of package asm on all processors, as tasks that are used again.

// elements is how many elements of an elementwise operation one worker takes at
// a time.
const elements = 1 << 14

// rowsAlone is how many elements of a row-wise operation one worker takes at a
// time, at least one row.
const rowsAlone = 1 << 13

// ShareRows is Share over the rows of a rows×cols matrix.
func ShareRows(rows, cols int, t Task) { Share(rows, max(1, rowsAlone/cols), t) }

// ParallelRows is Parallel over the rows of a rows×cols matrix.
func ParallelRows(rows, cols int, f func(lo, hi int)) { ShareRows(rows, cols, body(f)) }

// unary is y = kernel(x), element by element.
type unary struct {
	kernel func(y, x []float32)
	y, x   []float32
}

func (u *unary) Piece(lo, hi int) { u.kernel(u.y[lo:hi], u.x[lo:hi]) }

var unaries Recycled[unary]

func elementwise2(kernel func(y, x []float32), y, x []float32) {
	u := unaries.Take()
	u.kernel, u.y, u.x = kernel, y, x
	Share(len(y), elements, u)
	unaries.Give(u)
}

// binary is y = kernel(a, b), element by element.
type binary struct {
	kernel  func(y, a, b []float32)
	y, a, b []float32
}

func (t *binary) Piece(lo, hi int) { t.kernel(t.y[lo:hi], t.a[lo:hi], t.b[lo:hi]) }

var binaries Recycled[binary]

func elementwise3(kernel func(y, a, b []float32), y, a, b []float32) {
	t := binaries.Take()
	t.kernel, t.y, t.a, t.b = kernel, y, a, b
	Share(len(y), elements, t)
	binaries.Give(t)
}

// scaled is y = alpha·x.
type scaled struct {
	alpha float32
	y, x  []float32
}

func (t *scaled) Piece(lo, hi int) { asm.Scale(t.y[lo:hi], t.alpha, t.x[lo:hi]) }

var scaleds Recycled[scaled]

func scale(y []float32, alpha float32, x []float32) {
	t := scaleds.Take()
	t.alpha, t.y, t.x = alpha, y, x
	Share(len(y), elements, t)
	scaleds.Give(t)
}

// rowwise is y = kernel(x) for whole rows.
type rowwise struct {
	kernel func(y, x []float32, rows, cols int)
	y, x   []float32
	cols   int
}

func (t *rowwise) Piece(lo, hi int) {
	lo, hi = lo*t.cols, hi*t.cols
	t.kernel(t.y[lo:hi], t.x[lo:hi], (hi-lo)/t.cols, t.cols)
}

var rowwises Recycled[rowwise]

func byRows(kernel func(y, x []float32, rows, cols int), y, x []float32, cols int) {
	t := rowwises.Take()
	t.kernel, t.y, t.x, t.cols = kernel, y, x, cols
	ShareRows(len(x)/cols, cols, t)
	rowwises.Give(t)
}
