package asm

import "math"

// RMSNormQuantizeRows normalises each row of x[rows×cols] and quantises the
// result: the codes and scales are those of QuantizeRows(RMSNormRows(x)), and
// the normalised rows are never stored.
//
//	rstd[i] = 1/√(mean x² + eps)
//	s[i]    = 127 / max(max|x·rstd|, 1e-5)
//	q       = round(x·rstd·s)
func RMSNormQuantizeRows(q []int8, s, rstd, x []float32, rows, cols int, eps float32) {
	const op = "RMSNormQuantizeRows"
	needMatrix(op, "x", len(x), rows, cols, cols)
	needMatrix(op, "q", len(q), rows, cols, cols)
	needLen(op, "s", len(s), rows)
	needLen(op, "rstd", len(rstd), rows)
	for i := range rows {
		row, out := x[i*cols:(i+1)*cols], q[i*cols:(i+1)*cols]
		total, largest := 0.0, uint32(0)
		for lo := 0; lo < cols; lo += Block {
			squares, magnitude := active.blockSquares(row[lo:min(lo+Block, cols)])
			total += float64(squares)
			largest = max(largest, magnitude)
		}
		average := mean(total, cols)
		rstd[i] = 1 / float32(math.Sqrt(float64(average+eps)))
		// Rounding keeps order, so the largest product is that of the largest x.
		most := float32(math.Float32frombits(largest) * rstd[i])
		s[i] = 127 / max(most, scaleFloor)
		if !(most <= math.MaxFloat32) {
			clear(out)
			continue
		}
		active.quantizeScaled(out, row, rstd[i], s[i])
	}
}

// RMSNormQuantizeRowsBackward is RMSNormRowsBackward from the input x instead of
// the output, which it computes again; the quantiser lets gradients through
// unchanged (straight-through). dx may be dy.
func RMSNormQuantizeRowsBackward(dx, dy, x, rstd []float32, rows, cols int) {
	const op = "RMSNormQuantizeRowsBackward"
	needMatrix(op, "dy", len(dy), rows, cols, cols)
	needMatrix(op, "x", len(x), rows, cols, cols)
	needMatrix(op, "dx", len(dx), rows, cols, cols)
	needLen(op, "rstd", len(rstd), rows)
	for i := range rows {
		d, row, r := dy[i*cols:(i+1)*cols], x[i*cols:(i+1)*cols], rstd[i]
		total := 0.0
		for lo := 0; lo < cols; lo += Block {
			hi := min(lo+Block, cols)
			total += float64(active.blockDotScaled(d[lo:hi], row[lo:hi], r))
		}
		average := mean(total, cols)
		active.normBackwardScaled(dx[i*cols:(i+1)*cols], d, row, average, r)
	}
}

func quantizeScaledGo(q []int8, x []float32, rstd, s float32) {
	for i, v := range x {
		v := float32(float32(v*rstd) * s)
		q[i] = int8(float32(v+roundEven) - roundEven)
	}
}

// blockDotScaledGo is blockDot of a and x·rstd.
func blockDotScaledGo(a, x []float32, rstd float32) float32 {
	var l lanes
	for i, v := range a {
		l[i%laneCount] = fma32(v, float32(x[i]*rstd), l[i%laneCount])
	}
	return l.fold()
}

// normBackwardScaledGo is normBackward with y = x·rstd.
func normBackwardScaledGo(dx, dy, x []float32, mean, rstd float32) {
	for i, d := range dy {
		dx[i] = float32(fma32(-mean, float32(x[i]*rstd), d) * rstd)
	}
}
