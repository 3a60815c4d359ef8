package qat

import "math"

// BitsPerWeight is the information in one weight: log₂ 3 ≈ 1.58 bits for a ternary
// one.
func (q WeightQuantizer) BitsPerWeight() float64 {
	if q.Bits == TernaryBits {
		return math.Log2(3)
	}
	return float64(q.Bits)
}

// Bytes is what a matrix of weights takes as it is stored for inference: ternary
// ones at two bits, others at theirs, each row in whole bytes; and for each group
// four bytes for the scale and, with asymmetric levels, one for the zero point.
func (q WeightQuantizer) Bytes(rows, cols int) int {
	bits := q.Bits
	switch bits {
	case FloatBits:
		return 4 * rows * cols
	case TernaryBits:
		bits = 2
	}
	perGroup := 4
	if q.Asymmetric {
		perGroup++
	}
	return rows*((cols*bits+7)/8) + perGroup*q.layout(rows, cols).groups()
}
