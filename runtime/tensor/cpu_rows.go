package tensor

import "setun/runtime/asm"

// The kernels of the processors over rows: each a task that is used again.

// addRow sets y to x with row added to every row.
func addRow(y, x, row []float32) {
	n := len(row)
	for lo := 0; lo < len(x); lo += n {
		asm.Add(y[lo:lo+n], x[lo:lo+n], row)
	}
}

// sumRows sets sum to the sum of the rows of x, in their order.
func sumRows(sum, x []float32) {
	n := len(sum)
	copy(sum, x[:n])
	for lo := n; lo < len(x); lo += n {
		asm.Add(sum, sum, x[lo:lo+n])
	}
}

// norm is RMSNorm of a matrix, or its backward.
type norm struct {
	y, rstd, x []float32
	dx, dy     []float32
	cols       int
	eps        float32
}

type (
	normForward  norm
	normBackward norm
)

var norms Recycled[norm]

func rmsNorm(y, rstd, x []float32, rows, cols int, eps float32) {
	t := norms.Take()
	*t = norm{y: y, rstd: rstd, x: x, cols: cols, eps: eps}
	ShareRows(rows, cols, (*normForward)(t))
	norms.Give(t)
}

func rmsNormBackward(dx, dy, y, rstd []float32, rows, cols int) {
	t := norms.Take()
	*t = norm{dx: dx, dy: dy, y: y, rstd: rstd, cols: cols}
	ShareRows(rows, cols, (*normBackward)(t))
	norms.Give(t)
}

func (t *normForward) Piece(lo, hi int) {
	a, b := lo*t.cols, hi*t.cols
	asm.RMSNormRows(t.y[a:b], t.rstd[lo:hi], t.x[a:b], hi-lo, t.cols, t.eps)
}

func (t *normBackward) Piece(lo, hi int) {
	a, b := lo*t.cols, hi*t.cols
	asm.RMSNormRowsBackward(t.dx[a:b], t.dy[a:b], t.y[a:b], t.rstd[lo:hi], hi-lo, t.cols)
}

// rowsBackward is the backward of a function of rows from its result y.
type rowsBackward struct {
	kernel    func(dx, dy, y []float32, rows, cols int)
	dx, dy, y []float32
	cols      int
}

var rowsBackwards Recycled[rowsBackward]

func shareBackward(kernel func(dx, dy, y []float32, rows, cols int), dx, dy, y []float32, rows, cols int) {
	t := rowsBackwards.Take()
	*t = rowsBackward{kernel, dx, dy, y, cols}
	ShareRows(rows, cols, t)
	rowsBackwards.Give(t)
}

func (t *rowsBackward) Piece(lo, hi int) {
	a, b := lo*t.cols, hi*t.cols
	t.kernel(t.dx[a:b], t.dy[a:b], t.y[a:b], hi-lo, t.cols)
}

func softmaxBackward(dx, dp, p []float32, rows, cols int) {
	shareBackward(softmaxRowsBackward, dx, dp, p, rows, cols)
}

func softmaxRowsBackward(dx, dp, p []float32, rows, cols int) {
	asm.SoftmaxRowsBackward(dx, dp, p, rows, cols, 1)
}

// logSoftmaxRows sets y = (x - m) - log Σ eˣ⁻ᵐ with m = max x, for each row.
func logSoftmaxRows(y, x []float32, rows, cols int) {
	for i := range rows {
		logSoftmaxRow(y[i*cols:(i+1)*cols], x[i*cols:(i+1)*cols])
	}
}

func logSoftmaxRow(y, x []float32) {
	m := x[0]
	for _, v := range x[1:] {
		m = max(m, v)
	}
	for c, v := range x {
		y[c] = v - m
	}
	asm.Exp(y, y)
	y[0] = asm.Sum(y)
	asm.Log(y[:1], y[:1])
	log := y[0]
	for c, v := range x {
		y[c] = float32(v-m) - log
	}
}

func logSoftmaxBackward(dx, dy, y []float32, rows, cols int) {
	shareBackward(logSoftmaxRowsBackward, dx, dy, y, rows, cols)
}

// logSoftmaxRowsBackward sets dx = dy − eʸ·Σ dy for each row.
func logSoftmaxRowsBackward(dx, dy, y []float32, rows, cols int) {
	asm.Exp(dx, y)
	for i := range rows {
		d, out := dy[i*cols:(i+1)*cols], dx[i*cols:(i+1)*cols]
		sum := asm.Sum(d)
		for c := range out {
			out[c] = d[c] - float32(out[c]*sum)
		}
	}
}

// losses is the cross-entropy of rows of logits, or its backward.
type losses struct {
	losses, probs, logits []float32
	labels                Labels
	dx                    []float32
	cols                  int
	scale                 float32
}

type (
	lossesForward  losses
	lossesBackward losses
)

var lossTasks Recycled[losses]

func crossEntropy(loss, probs, logits []float32, labels Labels, rows, cols int) {
	t := lossTasks.Take()
	*t = losses{losses: loss, probs: probs, logits: logits, labels: labels, cols: cols}
	ShareRows(rows, cols, (*lossesForward)(t))
	lossTasks.Give(t)
}

func crossEntropyBackward(dx, probs []float32, labels Labels, rows, cols int, scale float32) {
	t := lossTasks.Take()
	*t = losses{dx: dx, probs: probs, labels: labels, cols: cols, scale: scale}
	ShareRows(rows, cols, (*lossesBackward)(t))
	lossTasks.Give(t)
}

func (t *lossesForward) Piece(lo, hi int) {
	a, b := lo*t.cols, hi*t.cols
	asm.SoftmaxCrossEntropyRows(t.losses[lo:hi], t.probs[a:b], t.logits[a:b], t.labels[lo:hi], hi-lo, t.cols)
}

func (t *lossesBackward) Piece(lo, hi int) {
	a, b := lo*t.cols, hi*t.cols
	asm.SoftmaxCrossEntropyRowsBackward(t.dx[a:b], t.probs[a:b], t.labels[lo:hi], hi-lo, t.cols, t.scale)
}

// gather sets row i of y to the row ids[i] of table.
func gather(y, table []float32, ids []int32, d int) {
	for i, id := range ids {
		copy(y[i*d:(i+1)*d], table[int(id)*d:])
	}
}

// scatterTask adds row i of dy to the row ids[i] of dtable, as a task over
// columns: ids may occur more than once, so that rows are not independent.
type scatterTask struct {
	dtable, dy []float32
	ids        []int32
	d          int
}

var scatters Recycled[scatterTask]

func scatter(dtable, dy []float32, ids []int32, d int) {
	t := scatters.Take()
	*t = scatterTask{dtable, dy, ids, d}
	Share(d, 32, t)
	scatters.Give(t)
}

func (t *scatterTask) Piece(lo, hi int) {
	for i, id := range t.ids {
		sum := t.dtable[int(id)*t.d+lo : int(id)*t.d+hi]
		asm.Add(sum, sum, t.dy[i*t.d+lo:i*t.d+hi])
	}
}
