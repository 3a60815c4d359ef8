package tensor

import "setun/runtime/asm"

// Softmax returns p = eˣ/Σeˣ along each row of x[…×C].
//
//	dX = p·(dP − Σ dP·p)
func Softmax(x *Tensor) *Tensor {
	p := like(x)
	byRows(asm.SoftmaxRows, p.data, x.Peek(), x.Dim(-1))
	o := softmaxOps.Take()
	o.x, o.p = x, p
	Hold(p)
	return Record("Softmax", p, o, x)
}

type softmaxOp struct {
	x, p   *Tensor
	dx, dp []float32 // while it goes backward
}

var softmaxOps Recycled[softmaxOp]

func (o *softmaxOp) Backward(dp []float32) {
	dx, part := o.x.gradPart()
	o.dx, o.dp = dx, dp
	ShareRows(o.x.Rows(), o.x.Dim(-1), o)
	o.x.addPart(dx, part)
}

// Piece is the backward of the rows lo to hi-1.
func (o *softmaxOp) Piece(lo, hi int) {
	cols := o.x.Dim(-1)
	asm.SoftmaxRowsBackward(o.dx[lo*cols:hi*cols], o.dp[lo*cols:hi*cols], o.p.data[lo*cols:hi*cols], hi-lo, cols, 1)
}

func (o *softmaxOp) Release() {
	Release(o.p)
	softmaxOps.Give(o)
}

// LogSoftmax returns log(eˣ/Σeˣ) along each row of x[…×C], without the overflow
// and the loss of digits of log after Softmax.
//
//	dX = dY − eʸ·Σ dY
func LogSoftmax(x *Tensor) *Tensor {
	y := like(x)
	byRows(logSoftmaxRows, y.data, x.Peek(), x.Dim(-1))
	o := logSoftmaxOps.Take()
	o.x, o.y = x, y
	Hold(y)
	return Record("LogSoftmax", y, o, x)
}

type logSoftmaxOp struct{ x, y *Tensor }

var logSoftmaxOps Recycled[logSoftmaxOp]

func (o *logSoftmaxOp) Backward(dy []float32) {
	cols := o.x.Dim(-1)
	dx, part := o.x.gradPart()
	asm.Exp(dx, o.y.data)
	for i := range o.x.Rows() {
		d, out := dy[i*cols:(i+1)*cols], dx[i*cols:(i+1)*cols]
		sum := asm.Sum(d)
		for c := range out {
			out[c] = d[c] - float32(out[c]*sum)
		}
	}
	o.x.addPart(dx, part)
}

func (o *logSoftmaxOp) Release() {
	Release(o.y)
	logSoftmaxOps.Give(o)
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
	log := [1]float32{asm.Sum(y)}
	asm.Log(log[:], log[:])
	for c, v := range x {
		y[c] = float32(v-m) - log[0]
	}
}
