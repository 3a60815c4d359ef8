//go:build !noasm && (amd64 || arm64)

package asm

import "math"

// The functions here make a kernel of a piece of assembly that takes only whole
// vectors of so many lanes: they give it those and leave the rest to another
// kernel, which computes the same bits.

func unary(lanes int, vec func(y, x *float32, n int), rest func(y, x []float32)) func(y, x []float32) {
	return func(y, x []float32) {
		n := len(x) / lanes * lanes
		if n > 0 {
			vec(&y[0], &x[0], n)
		}
		if n < len(x) {
			rest(y[n:], x[n:])
		}
	}
}

func binary(lanes int, vec func(y, a, b *float32, n int), rest func(y, a, b []float32)) func(y, a, b []float32) {
	return func(y, a, b []float32) {
		n := len(b) / lanes * lanes
		if n > 0 {
			vec(&y[0], &a[0], &b[0], n)
		}
		if n < len(b) {
			rest(y[n:], a[n:], b[n:])
		}
	}
}

func scaled(lanes int, vec func(y *float32, alpha float32, x *float32, n int), rest func(y []float32, alpha float32, x []float32)) func(y []float32, alpha float32, x []float32) {
	return func(y []float32, alpha float32, x []float32) {
		n := len(x) / lanes * lanes
		if n > 0 {
			vec(&y[0], alpha, &x[0], n)
		}
		if n < len(x) {
			rest(y[n:], alpha, x[n:])
		}
	}
}

// normBackward serves softmaxBackward too.
func normBackward(lanes int, vec func(dx, dy, y *float32, mean, rstd float32, n int), rest func(dx, dy, y []float32, mean, rstd float32)) func(dx, dy, y []float32, mean, rstd float32) {
	return func(dx, dy, y []float32, mean, rstd float32) {
		n := len(dy) / lanes * lanes
		if n > 0 {
			vec(&dx[0], &dy[0], &y[0], mean, rstd, n)
		}
		if n < len(dy) {
			rest(dx[n:], dy[n:], y[n:], mean, rstd)
		}
	}
}

func rotate(lanes int, vec func(a, b, cos, sin *float32, n int)) func(a, b, cos, sin []float32) {
	return func(a, b, cos, sin []float32) {
		n := len(cos) / lanes * lanes
		if n > 0 {
			vec(&a[0], &b[0], &cos[0], &sin[0], n)
		}
		rotateGo(a[n:], b[n:], cos[n:], sin[n:])
	}
}

func quantizeScaled(lanes int, vec func(q *int8, x *float32, rstd, s float32, n int)) func(q []int8, x []float32, rstd, s float32) {
	return func(q []int8, x []float32, rstd, s float32) {
		n := len(x) / lanes * lanes
		if n > 0 {
			vec(&q[0], &x[0], rstd, s, n)
		}
		quantizeScaledGo(q[n:], x[n:], rstd, s)
	}
}

// toInt8 serves quantize and ternarize.
func toInt8(lanes int, vec func(q *int8, x *float32, s float32, n int), rest func(q []int8, x []float32, s float32)) func(q []int8, x []float32, s float32) {
	return func(q []int8, x []float32, s float32) {
		n := len(x) / lanes * lanes
		if n > 0 {
			vec(&q[0], &x[0], s, n)
		}
		if n < len(x) {
			rest(q[n:], x[n:], s)
		}
	}
}

func maxAbs(vec func(x *float32, n int) uint32) func(x []float32) float32 {
	return func(x []float32) float32 {
		n := len(x) / laneCount * laneCount
		most := uint32(0)
		if n > 0 {
			most = vec(&x[0], n)
		}
		return math.Float32frombits(max(most, math.Float32bits(maxAbsGo(x[n:]))))
	}
}

// packPanel packs the whole units of a whole panel and leaves the rest.
func packPanel(vec func(panel *byte, t *int8, cols, units int)) func(panel []byte, t []int8, rows, cols int) {
	return func(panel []byte, t []int8, rows, cols int) {
		units := 0
		if rows == PanelRows {
			units = cols / unitCols
		}
		if units > 0 {
			vec(&panel[0], &t[0], cols, units)
		}
		packColumnsGo(panel, t, rows, cols, units*unitCols)
	}
}

func unpackPanel(vec func(t *int8, cols int, panel *byte, units int)) func(t []int8, panel []byte, rows, cols int) {
	return func(t []int8, panel []byte, rows, cols int) {
		units := 0
		if rows == PanelRows {
			units = cols / unitCols
		}
		if units > 0 {
			vec(&t[0], cols, &panel[0], units)
		}
		unpackColumnsGo(t, panel, rows, cols, units*unitCols)
	}
}

func adamW(lanes int, vec func(w, g0, m, v *float32, n int, keep, blend1, beta2, blend2, rootV, eps, rate float32), rest func(w, g, m, v []float32, c adamWScalars)) func(w, g, m, v []float32, c adamWScalars) {
	return func(w, g, m, v []float32, c adamWScalars) {
		n := len(w) / lanes * lanes
		if n > 0 {
			vec(&w[0], &g[0], &m[0], &v[0], n, c.keep, c.blend1, c.beta2, c.blend2, c.rootV, c.eps, c.rate)
		}
		if n < len(w) {
			rest(w[n:], g[n:], m[n:], v[n:], c)
		}
	}
}

func sgd(lanes int, plain func(w, g0 *float32, n int, minusLR, decay float32), momentum func(w, g0, mom *float32, n int, minusLR, momentum, decay float32)) func(w, g, mom []float32, lr, beta, decay float32) {
	return func(w, g, mom []float32, lr, beta, decay float32) {
		n := len(w) / lanes * lanes
		var rest []float32
		if mom != nil {
			rest = mom[n:]
		}
		switch {
		case n == 0:
		case mom == nil:
			plain(&w[0], &g[0], n, -lr, decay)
		default:
			momentum(&w[0], &g[0], &mom[0], n, -lr, beta, decay)
		}
		sgdGo(w[n:], g[n:], rest, lr, beta, decay)
	}
}

// sumInt8 adds up activations, the whole vectors of 32 in assembly.
func sumInt8(vec func(q *int8, n int) int32) func(q []int8) int32 {
	return func(q []int8) int32 {
		n := len(q) &^ 31
		sum := int32(0)
		if n > 0 {
			sum = vec(&q[0], n)
		}
		for _, v := range q[n:] {
			sum += int32(v)
		}
		return sum
	}
}

// peak counts the operations of a loop of 12 vectors a turn, each so many
// multiply-adds.
func peak(multiplyAdds int, vec func(turns int)) func(turns int) int {
	return func(turns int) int {
		if turns <= 0 {
			return 0
		}
		vec(turns)
		return turns * 12 * 2 * multiplyAdds
	}
}

func readAll(vec func(p *byte, n int)) func(p []byte) int {
	return func(p []byte) int {
		n := len(p) / 512 * 512
		if n > 0 {
			vec(&p[0], n)
		}
		return n
	}
}
