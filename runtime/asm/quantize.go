package asm

import "math"

// QuantizeRows quantises each row of x[rows×cols] to int8 by its largest
// magnitude (activation_quant of "The Era of 1-bit LLMs: Training Tips, Code and
// FAQ"): s[i] = 127/max(max|x|, 1e-5), q = clamp(round(x·s), -128, 127), half to
// even. A row with Inf becomes zeros with s = 0, one with NaN zeros with s = NaN,
// so that what is computed from it is NaN.
//
//	for i := range rows {
//		s[i] = 127 / max(maxAbs(x[i]), 1e-5)
//		for k := range cols { q[i,k] = int8(roundEven(x[i,k]·s[i])) }
//	}
func QuantizeRows(q []int8, s []float32, x []float32, rows, cols int) {
	const op = "QuantizeRows"
	needMatrix(op, "x", len(x), rows, cols, cols)
	needMatrix(op, "q", len(q), rows, cols, cols)
	needLen(op, "s", len(s), rows)
	for i := range rows {
		row, out := x[i*cols:(i+1)*cols], q[i*cols:(i+1)*cols]
		most := active.maxAbs(row)
		s[i] = 127 / max(most, scaleFloor)
		if !(most <= math.MaxFloat32) {
			clear(out)
			continue
		}
		active.quantize(out, row, s[i])
	}
}

// quantizeGo rounds x·s, which lies within ±127 and an ulp: the clamp of the
// formula cannot bite.
func quantizeGo(q []int8, x []float32, s float32) {
	for i, v := range x {
		v := float32(v * s)
		q[i] = int8(float32(v+roundEven) - roundEven)
	}
}
