package asm

// Sum is Σ x, in the lanes and blocks of lanes.go.
func Sum(x []float32) float32 {
	total := 0.0
	for lo := 0; lo < len(x); lo += blockCount {
		total += float64(active.blockSum(x[lo:min(lo+blockCount, len(x))]))
	}
	return float32(total)
}

// Dot is Σ a·b, in the lanes and blocks of lanes.go. b has at least the length
// of a.
func Dot(a, b []float32) float32 {
	needLen("Dot", "b", len(b), len(a))
	return float32(dot(a, b))
}

func dot(a, b []float32) float64 {
	total := 0.0
	for lo := 0; lo < len(a); lo += blockCount {
		hi := min(lo+blockCount, len(a))
		total += float64(active.blockDot(a[lo:hi], b[lo:hi]))
	}
	return total
}

// MaxAbs is max |x|: NaN if any x is, 0 for an empty x.
func MaxAbs(x []float32) float32 { return active.maxAbs(x) }

// AbsMean is Σ|w| / len(w), the scale γ of ternary weights (weight_quant of "The
// Era of 1-bit LLMs: Training Tips, Code and FAQ"), in the lanes and blocks of
// lanes.go. It is 0 for an empty w.
func AbsMean(w []float32) float32 {
	if len(w) == 0 {
		return 0
	}
	total := 0.0
	for lo := 0; lo < len(w); lo += blockCount {
		total += float64(active.blockSumAbs(w[lo:min(lo+blockCount, len(w))]))
	}
	return float32(total / float64(len(w)))
}
