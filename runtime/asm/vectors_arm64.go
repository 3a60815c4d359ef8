//go:build !noasm

package asm

import "math"

// Kernels that keep vectors on their own stack call assembly by name: through a
// function value they would move to the heap.

// expNeon pads its last vector: a row of logits is often shorter than one, and
// the Go loop is slow there.
func expNeon(y, x []float32) {
	n := len(x) / 4 * 4
	if n > 0 {
		expNEON(&y[0], &x[0], n)
	}
	if n < len(x) {
		var last [4]float32
		copy(last[:], x[n:])
		expNEON(&last[0], &last[0], len(last))
		copy(y[n:], last[:])
	}
}

func maxNeon(x []float32) float32 {
	n := len(x) &^ 7
	if n == 0 {
		return maxGo(x)
	}
	var top [8]float32
	maxNEON(&top[0], &x[0], n)
	return max(maxGo(top[:]), maxGo(x[n:]))
}

// Reductions keep their 16 lanes to the end, so that the rest of a block joins
// them.

func blockSumNeon(x []float32) float32 {
	var l lanes
	n := len(x) / laneCount * laneCount
	if n > 0 {
		sumLanesNEON(&l[0], &x[0], n)
	}
	for i, v := range x[n:] {
		l[i] += v
	}
	return l.fold()
}

func blockSumAbsNeon(x []float32) float32 {
	var l lanes
	n := len(x) / laneCount * laneCount
	if n > 0 {
		sumAbsLanesNEON(&l[0], &x[0], n)
	}
	for i, v := range x[n:] {
		l[i] += abs32(v)
	}
	return l.fold()
}

func blockDotNeon(a, b []float32) float32 {
	var l lanes
	n := len(a) / laneCount * laneCount
	if n > 0 {
		dotLanesNEON(&l[0], &a[0], &b[0], n)
	}
	for i, v := range a[n:] {
		l[i] = fma32(v, b[n+i], l[i])
	}
	return l.fold()
}

func blockDotScaledNeon(a, x []float32, rstd float32) float32 {
	var l lanes
	n := len(a) / laneCount * laneCount
	if n > 0 {
		dotScaledLanesNEON(&l[0], &a[0], &x[0], rstd, n)
	}
	for i, v := range a[n:] {
		l[i] = fma32(v, float32(x[n+i]*rstd), l[i])
	}
	return l.fold()
}

func blockSquaresNeon(x []float32) (sum float32, most uint32) {
	var l lanes
	n := len(x) / laneCount * laneCount
	if n > 0 {
		most = squaresLanesNEON(&l[0], &x[0], n)
	}
	for i, v := range x[n:] {
		l[i] = fma32(v, v, l[i])
		most = max(most, math.Float32bits(v)&^signBit)
	}
	return l.fold(), most
}
