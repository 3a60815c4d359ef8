package qat

import (
	"math"

	"setun/runtime/asm"
	"setun/runtime/tensor"
)

// The quantisers of activations beside that of b1.58: fewer bits, one range for
// all rows, a calibrated one, rounding at random.

// rowRange is how rows of activations are quantised, as a task over them.
type rowRange struct {
	q      []int8
	s, x   []float32
	cols   int
	most   float32 // the largest code
	shared float32 // the range of all rows; 0: each row its own absmax
	noise  noise
}

var rowRanges tensor.Recycled[rowRange]

func (t *rowRange) Piece(lo, hi int) {
	h := rounding{levels: levels{lo: -t.most - 1, hi: t.most}, noise: t.noise}
	for i := lo; i < hi; i++ {
		q, x := t.q[i*t.cols:(i+1)*t.cols], t.x[i*t.cols:(i+1)*t.cols]
		r := t.shared
		if r == 0 {
			r = asm.MaxAbs(x)
		}
		t.s[i] = t.most / max(r, ScaleFloor)
		if !(r <= math.MaxFloat32) {
			clear(q) // as asm.QuantizeRows does: the scale carries NaN and Inf on
			continue
		}
		h.u = t.s[i]
		h.codes(q, x, i*t.cols)
	}
}

// quantize makes a the activations x[M×K] of so many bits: by the range shared, or
// that of each row if it is 0.
func (a Activations) quantize(x []float32, bits int, shared float32, n noise) {
	t := rowRanges.Take()
	cols := len(x) / len(a.Scales)
	*t = rowRange{q: a.Codes, s: a.Scales, x: x, cols: cols, most: float32(int(1)<<(bits-1) - 1), shared: shared, noise: n}
	tensor.ShareRows(len(a.Scales), cols, t)
	rowRanges.Give(t)
}

// passed clears the elements of dx whose x lay beyond the calibrated range and was
// clamped: the level does not move with them. kept is what is left of their
// gradient.
func passed(dx, x []float32, bits int, calibrated, kept float32) {
	most := float32(int(1)<<(bits-1) - 1)
	s := most / max(calibrated, ScaleFloor)
	for i, v := range x {
		if v := float32(v * s); v > most+0.5 || v < -most-1.5 {
			dx[i] *= kept
		}
	}
}
