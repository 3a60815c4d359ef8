package asm

import "math"

// RMSNormRows divides each row of x[rows×cols] by its root mean square, without
// a gain: rstd[i] = 1/√(mean x² + eps), y = x·rstd (Zhang and Sennrich, "Root
// Mean Square Layer Normalization", 2019, eq. 4). y may be x.
func RMSNormRows(y, rstd, x []float32, rows, cols int, eps float32) {
	const op = "RMSNormRows"
	needMatrix(op, "x", len(x), rows, cols, cols)
	needMatrix(op, "y", len(y), rows, cols, cols)
	needLen(op, "rstd", len(rstd), rows)
	for i := range rows {
		row := x[i*cols : (i+1)*cols]
		average := mean(dot(row, row), cols)
		rstd[i] = 1 / float32(math.Sqrt(float64(average+eps)))
		active.scale(y[i*cols:(i+1)*cols], rstd[i], row)
	}
}

// RMSNormRowsBackward sends the gradient dy of y = RMSNormRows(x) back to dx,
// given y and rstd: dx = rstd·(dy - y·mean(dy·y)). dx may be dy.
func RMSNormRowsBackward(dx, dy, y, rstd []float32, rows, cols int) {
	const op = "RMSNormRowsBackward"
	needMatrix(op, "dy", len(dy), rows, cols, cols)
	needMatrix(op, "y", len(y), rows, cols, cols)
	needMatrix(op, "dx", len(dx), rows, cols, cols)
	needLen(op, "rstd", len(rstd), rows)
	for i := range rows {
		d, n := dy[i*cols:(i+1)*cols], y[i*cols:(i+1)*cols]
		average := mean(dot(d, n), cols)
		active.normBackward(dx[i*cols:(i+1)*cols], d, n, average, rstd[i])
	}
}

func normBackwardGo(dx, dy, y []float32, mean, rstd float32) {
	for i, d := range dy {
		dx[i] = float32(fma32(-mean, y[i], d) * rstd)
	}
}
