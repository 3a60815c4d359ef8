//go:build !purego

package asm

import "math"

// The wrappers here give assembly the whole vectors and finish what is left with
// the Go loop, which computes the same bits.

func addAVX(y, a, b []float32) {
	n := len(b) &^ 7
	if n > 0 {
		addAVX2(&y[0], &a[0], &b[0], n)
	}
	addGo(y[n:], a[n:], b[n:])
}

func subAVX(y, a, b []float32) {
	n := len(b) &^ 7
	if n > 0 {
		subAVX2(&y[0], &a[0], &b[0], n)
	}
	subGo(y[n:], a[n:], b[n:])
}

func mulAVX(y, a, b []float32) {
	n := len(b) &^ 7
	if n > 0 {
		mulAVX2(&y[0], &a[0], &b[0], n)
	}
	mulGo(y[n:], a[n:], b[n:])
}

func scaleAVX(y []float32, alpha float32, x []float32) {
	n := len(x) &^ 7
	if n > 0 {
		scaleAVX2(&y[0], alpha, &x[0], n)
	}
	scaleGo(y[n:], alpha, x[n:])
}

func axpyAVX(y []float32, alpha float32, x []float32) {
	n := len(x) &^ 7
	if n > 0 {
		axpyAVX2(&y[0], alpha, &x[0], n)
	}
	axpyGo(y[n:], alpha, x[n:])
}

func reluAVX(y, x []float32) {
	n := len(x) &^ 7
	if n > 0 {
		reluAVX2(&y[0], &x[0], n)
	}
	reluGo(y[n:], x[n:])
}

func reluBackwardAVX(dx, dy, y []float32) {
	n := len(y) &^ 7
	if n > 0 {
		reluBackwardAVX2(&dx[0], &dy[0], &y[0], n)
	}
	reluBackwardGo(dx[n:], dy[n:], y[n:])
}

func normBackwardAVX(dx, dy, y []float32, mean, rstd float32) {
	n := len(dy) &^ 7
	if n > 0 {
		normBackwardAVX2(&dx[0], &dy[0], &y[0], mean, rstd, n)
	}
	normBackwardGo(dx[n:], dy[n:], y[n:], mean, rstd)
}

// expAVX pads its last vector: a row of logits is often shorter than one, and
// the Go loop is slow there.
func expAVX(y, x []float32) {
	n := len(x) &^ 7
	if n > 0 {
		expAVX2(&y[0], &x[0], n)
	}
	if n < len(x) {
		var last [8]float32
		copy(last[:], x[n:])
		expAVX2(&last[0], &last[0], len(last))
		copy(y[n:], last[:])
	}
}

func expWide(y, x []float32) {
	n := len(x) &^ 15
	if n > 0 {
		expAVX512(&y[0], &x[0], n)
	}
	expAVX(y[n:], x[n:])
}

func blockSumAVX(x []float32) float32 {
	var l lanes
	n := len(x) &^ 15
	if n > 0 {
		sumLanesAVX2(&l[0], &x[0], n)
	}
	for i, v := range x[n:] {
		l[i] += v
	}
	return l.fold()
}

func blockSumAbsAVX(x []float32) float32 {
	var l lanes
	n := len(x) &^ 15
	if n > 0 {
		sumAbsLanesAVX2(&l[0], &x[0], n)
	}
	for i, v := range x[n:] {
		l[i] += abs32(v)
	}
	return l.fold()
}

func blockDotAVX(a, b []float32) float32 {
	var l lanes
	n := len(a) &^ 15
	if n > 0 {
		dotLanesAVX2(&l[0], &a[0], &b[0], n)
	}
	for i, v := range a[n:] {
		l[i] = fma32(v, b[n+i], l[i])
	}
	return l.fold()
}

func maxAbsAVX(x []float32) float32 {
	n := len(x) &^ 15
	most := uint32(0)
	if n > 0 {
		most = maxAbsAVX2(&x[0], n)
	}
	return math.Float32frombits(max(most, math.Float32bits(maxAbsGo(x[n:]))))
}

func maxAVX(x []float32) float32 {
	n := len(x) &^ 7
	if n == 0 {
		return maxGo(x)
	}
	var top [8]float32
	maxAVX2(&top[0], &x[0], n)
	return max(maxGo(top[:]), maxGo(x[n:]))
}

func quantizeAVX(q []int8, x []float32, s float32) {
	n := len(x) &^ 31
	if n > 0 {
		quantizeAVX2(&q[0], &x[0], s, n)
	}
	quantizeGo(q[n:], x[n:], s)
}

func quantizeWide(q []int8, x []float32, s float32) {
	n := len(x) &^ 15
	if n > 0 {
		quantizeAVX512(&q[0], &x[0], s, n)
	}
	quantizeGo(q[n:], x[n:], s)
}

func ternarizeAVX(t []int8, w []float32, u float32) {
	n := len(w) &^ 31
	if n > 0 {
		ternarizeAVX2(&t[0], &w[0], u, n)
	}
	ternarizeGo(t[n:], w[n:], u)
}

// packPanelAVX packs the whole units of a whole panel and leaves the rest.
func packPanelAVX(panel []byte, t []int8, rows, cols int) {
	units := 0
	if rows == PanelRows {
		units = cols / unitCols
	}
	if units > 0 {
		packPanelAVX2(&panel[0], &t[0], cols, units)
	}
	packColumnsGo(panel, t, rows, cols, units*unitCols)
}

// unpackPanelAVX unpacks the whole units of a whole panel and leaves the rest.
func unpackPanelAVX(t []int8, panel []byte, rows, cols int) {
	units := 0
	if rows == PanelRows {
		units = cols / unitCols
	}
	if units > 0 {
		unpackPanelAVX2(&t[0], cols, &panel[0], units)
	}
	unpackColumnsGo(t, panel, rows, cols, units*unitCols)
}

func adamWAVX(w, g, m, v []float32, c *adamWScalars) {
	n := len(w) &^ 7
	if n > 0 {
		adamWAVX2(&w[0], &g[0], &m[0], &v[0], n, c.keep, c.blend1, c.beta2, c.blend2, c.rootV, c.eps, c.rate)
	}
	adamWGo(w[n:], g[n:], m[n:], v[n:], c)
}

func adamWWide(w, g, m, v []float32, c *adamWScalars) {
	n := len(w) &^ 15
	if n > 0 {
		adamWAVX512(&w[0], &g[0], &m[0], &v[0], n, c.keep, c.blend1, c.beta2, c.blend2, c.rootV, c.eps, c.rate)
	}
	adamWAVX(w[n:], g[n:], m[n:], v[n:], c)
}

func sgdAVX(w, g, mom []float32, lr, momentum, decay float32) {
	n := len(w) &^ 7
	if mom == nil {
		if n > 0 {
			sgdAVX2(&w[0], &g[0], n, -lr, decay)
		}
		sgdGo(w[n:], g[n:], nil, lr, momentum, decay)
		return
	}
	if n > 0 {
		sgdMomentumAVX2(&w[0], &g[0], &mom[0], n, -lr, momentum, decay)
	}
	sgdGo(w[n:], g[n:], mom[n:], lr, momentum, decay)
}
