package asm

import "math"

// fma32 is x·y + z rounded once to float32, as the FMA instructions do it.
//
// The product of two float32 is exact in float64 (24+24 ≤ 53 bits), so the only
// trouble is rounding the sum twice: first to float64, then to float32. That
// goes wrong only where the float64 lies exactly halfway between two float32,
// or where the result is below the normal range and the halfway points lie
// elsewhere; both are rare and go the slow way.
func fma32(x, y, z float32) float32 {
	s := float64(x)*float64(y) + float64(z)
	if fmaMayRoundTwice(s) {
		return fma32Odd(float64(x)*float64(y), float64(z), s)
	}
	return float32(s)
}

// fmaMayRoundTwice reports whether s is halfway between two normal float32, or
// below their range.
func fmaMayRoundTwice(s float64) bool {
	b := math.Float64bits(s)
	return b&(1<<29-1) == 1<<28 || b>>52&0x7ff < 1023-126
}

// fma32Odd rounds p + z to float32, given s = p + z rounded to float64. It first
// makes s the sum "rounded to odd": where s is inexact and its last bit even, it
// steps to the odd neighbour on the side of the exact sum. Rounding that to 24
// bits is correct (Boldo and Melquiond, "Emulation of FMA and correctly rounded
// sums", IEEE Trans. Computers 57(4), 2008).
func fma32Odd(p, z, s float64) float32 {
	// TwoSum (Knuth): s + e is exactly p + z. The conversions forbid fusing.
	v := s - p
	e := float64(p-float64(s-v)) + float64(z-v)
	if b := math.Float64bits(s); e != 0 && b&1 == 0 {
		if (e > 0) == (s > 0) {
			b++
		} else {
			b--
		}
		s = math.Float64frombits(b)
	}
	return float32(s)
}
