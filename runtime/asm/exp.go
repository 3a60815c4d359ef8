package asm

import "math"

// Exp sets y[i] = eˣ for x = x[i], within 1 unit in the last place, the same
// bits on every machine (math.Exp is not). Inf, NaN and subnormal results are as
// in math.Exp. y may be x.
//
//	for i := range x { y[i] = exp32(x[i]) }
func Exp(y, x []float32) {
	needLen("Exp", "y", len(y), len(x))
	active.exp(y[:len(x)], x)
}

// Log sets y[i] to the natural logarithm of x[i], within 1 unit in the last
// place, the same bits on every machine. Log of 0 is -Inf, of less NaN. y may
// be x.
//
//	for i := range x { y[i] = log32(x[i]) }
func Log(y, x []float32) {
	needLen("Log", "y", len(y), len(x))
	for i, v := range x {
		y[i] = log32(v)
	}
}

const (
	log2e     = 1.44269504088896341
	ln2Hi     = 0.693147182464599609375 // ln 2 rounded to float32
	ln2Lo     = -1.90465429995776804525e-9
	expMax    = 89   // eˣ is Inf from 88.73 on
	expMin    = -104 // eˣ is 0 from -103.98 on
	roundEven = 3 << 22
)

// exp32 is the scalar Exp.
//
// With n = round(x/ln 2), eˣ = 2ⁿ·eʳ for an r in ±ln2/2, and eʳ is a polynomial
// fitted at Chebyshev nodes (relative error 1e-8). 2ⁿ is applied in two halves
// so that results beyond either end of the range round once and correctly.
func exp32(x float32) float32 {
	if x > expMax {
		x = expMax
	}
	if x < expMin {
		x = expMin
	}
	// Adding and taking away 1.5·2²³ rounds half to even.
	z := float32(x * log2e)
	n := float32(z+roundEven) - roundEven
	r := fma32(n, -ln2Hi, x)
	r = fma32(n, -ln2Lo, r)
	p := float32(expC6)
	p = fma32(p, r, expC5)
	p = fma32(p, r, expC4)
	p = fma32(p, r, expC3)
	p = fma32(p, r, expC2)
	p = fma32(p, r, 1)
	p = fma32(p, r, 1)
	half := int32(n) >> 1
	return float32(p*pow2(half)) * pow2(int32(n)-half)
}

// eʳ ≈ 1 + r + C2·r² + … + C6·r⁶
const (
	expC2 = 0.5
	expC3 = 0.16666576266288757
	expC4 = 0.041666556149721146
	expC5 = 0.008363177999854088
	expC6 = 0.0013926181709393859
)

// pow2 is 2ⁿ for n in -126..127.
func pow2(n int32) float32 { return math.Float32frombits(uint32(n+127) << 23) }

// log32 is the scalar Log.
//
// x = m·2ᵉ with m in √½..√2 and f = m - 1; log(1+f) = f - f²/2 + f³·P(f) with P
// fitted at Chebyshev nodes (relative error 2e-8).
func log32(x float32) float32 {
	switch {
	case x != x || x > math.MaxFloat32:
		return x
	case x < 0:
		return float32(math.NaN())
	case x == 0:
		return float32(math.Inf(-1))
	}
	e := float32(0)
	if x < 1.0/(1<<63)/(1<<63) { // subnormal: 2⁻¹²⁶
		x *= 1 << 23
		e = -23
	}
	// Taking √½'s bits away puts the carry into the exponent where m ≥ √2.
	const sqrtHalf = 0x3f3504f3
	b := math.Float32bits(x) - sqrtHalf
	e += float32(int32(b) >> 23)
	f := math.Float32frombits(b&(1<<23-1)+sqrtHalf) - 1

	p := float32(logC[len(logC)-1])
	for i := len(logC) - 2; i >= 0; i-- {
		p = fma32(p, f, logC[i])
	}
	f2 := float32(f * f)
	y := float32(float32(f2*f) * p)
	y = fma32(e, ln2Lo, y)
	y = fma32(-0.5, f2, y)
	y = float32(f + y)
	return fma32(e, ln2Hi, y)
}

// logC are the coefficients of P, lowest first.
var logC = [...]float32{
	0.3333333134651184, -0.25000306963920593, 0.20001044869422913, -0.166412815451622,
	0.14214496314525604, -0.12998183071613312, 0.12622319161891937, -0.0790274366736412,
}

func expGo(y, x []float32) {
	for i, v := range x {
		y[i] = exp32(v)
	}
}
