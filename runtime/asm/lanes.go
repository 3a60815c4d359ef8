package asm

import "math"

// Reductions run in lanes so that every vector width adds the same numbers in
// the same order. A block of up to 4096 elements is summed in 16 float32 lanes,
// element i in lane i mod 16, and the lanes are folded 16→8→4→2→1 by adding the
// upper half to the lower. Block sums are added in order in float64, and the
// result is rounded once. (A lane starts at +0 and so never is -0: adding the
// zeros that pad the last vector of a block changes nothing.)
const (
	laneCount = 16

	// Block is the length of the blocks that a reduction is made of.
	Block = 4096
)

// lanes is one 16-lane accumulator.
type lanes [laneCount]float32

// fold adds the upper half of the lanes to the lower until one is left. Rows end
// in it, so it is written out.
func (l *lanes) fold() float32 {
	a, b, c, d := l[0]+l[8], l[1]+l[9], l[2]+l[10], l[3]+l[11]
	e, f, g, h := l[4]+l[12], l[5]+l[13], l[6]+l[14], l[7]+l[15]
	a, b, c, d = a+e, b+f, c+g, d+h
	a, b = a+c, b+d
	return a + b
}

// blockSumGo adds up to Block elements.
func blockSumGo(x []float32) float32 {
	var l lanes
	for i, v := range x {
		l[i%laneCount] += v
	}
	return l.fold()
}

// blockSumAbsGo adds the magnitudes of up to Block elements.
func blockSumAbsGo(x []float32) float32 {
	var l lanes
	for i, v := range x {
		l[i%laneCount] += abs32(v)
	}
	return l.fold()
}

// blockDotGo adds the products of up to Block pairs, one FMA each.
func blockDotGo(a, b []float32) float32 {
	var l lanes
	for i, v := range a {
		l[i%laneCount] = fma32(v, b[i], l[i%laneCount])
	}
	return l.fold()
}

// blockSquaresGo adds the squares of up to Block elements, one FMA each, and
// is also the bits of their largest magnitude.
func blockSquaresGo(x []float32) (sum float32, most uint32) {
	return blockDotGo(x, x), math.Float32bits(maxAbsGo(x))
}

// maxAbsGo is max |x|, compared as bit patterns: for magnitudes their order is
// that of the numbers, with NaN above Inf, so a NaN wins. 0 for an empty x.
func maxAbsGo(x []float32) float32 {
	var most uint32
	for _, v := range x {
		most = max(most, math.Float32bits(v)&^signBit)
	}
	return math.Float32frombits(most)
}

// maxGo is the largest x that is not NaN, -Inf if there is none.
func maxGo(x []float32) float32 {
	top := float32(math.Inf(-1))
	for _, v := range x {
		if v > top {
			top = v
		}
	}
	return top
}

const signBit = 1 << 31

func abs32(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ signBit) }
