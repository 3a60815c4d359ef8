package asm

import "math"

// The functions of math differ in their last bits from one architecture to the
// next, by assembly or by fused multiply-adds. These do not: every product is
// rounded before it is added. They are good to about 1e-15 and serve tables.

// log64 is the natural logarithm of a normal x > 0: x = m·2ᵉ with m in √½..√2,
// and log m = 2·artanh((m-1)/(m+1)) by its series.
func log64(x float64) float64 {
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, e = 2*m, e-1
	}
	z := (m - 1) / (m + 1)
	square := float64(z * z)
	sum := 0.0
	for k := 25; k >= 1; k -= 2 {
		sum = float64(sum*square) + 1/float64(k)
	}
	return float64(float64(e)*math.Ln2) + float64(2*float64(z*sum))
}

// exp64 is eˣ for |x| < 700: x = n·ln 2 + r, and eʳ by its series.
func exp64(x float64) float64 {
	n := math.Round(x / math.Ln2)
	r := float64(x-float64(n*ln2Hi64)) - float64(n*ln2Lo64)
	sum := 1.0
	for k := 17; k >= 1; k-- {
		sum = float64(float64(sum*r)/float64(k)) + 1
	}
	return math.Ldexp(sum, int(n))
}

// ln 2 and π/2 in parts: products of the high part with integers up to 2²⁰ are
// exact.
const (
	ln2Hi64    = 0x1.62e42fefap-1
	ln2Lo64    = math.Ln2 - ln2Hi64
	halfPiHi64 = 0x1.921fb544p0
	halfPiLo64 = math.Pi/2 - halfPiHi64
)

// sincos64 is the sine and cosine of an |x| below 10⁶: x = n·π/2 + r, and both
// by their series.
func sincos64(x float64) (sin, cos float64) {
	n := math.Round(x / (math.Pi / 2))
	r := float64(x-float64(n*halfPiHi64)) - float64(n*halfPiLo64)
	square := float64(r * r)
	s, c := 1.0, 1.0
	for k := 18; k >= 2; k -= 2 {
		c = 1 - float64(square*c)/float64(k*(k-1))
		s = 1 - float64(square*s)/float64(k*(k+1))
	}
	s = float64(s * r)
	switch int64(n) & 3 {
	case 1:
		return c, -s
	case 2:
		return -s, -c
	case 3:
		return -c, s
	}
	return s, c
}
