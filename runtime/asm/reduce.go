package asm

// Sum is Σ x, in the lanes and blocks of lanes.go.
func Sum(x []float32) float32 {
	total := 0.0
	for lo := 0; lo < len(x); lo += Block {
		total += float64(active.blockSum(x[lo:min(lo+Block, len(x))]))
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
	for lo := 0; lo < len(a); lo += Block {
		hi := min(lo+Block, len(a))
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
	total := 0.0
	for lo := 0; lo < len(w); lo += Block {
		total += float64(active.blockSumAbs(w[lo:min(lo+Block, len(w))]))
	}
	return mean(total, len(w))
}

// AbsSums sets sums[i] to Σ|w| of block i, so that callers can share the blocks
// of an AbsMean: w begins at a multiple of Block, and AbsMeanOfSums finishes it.
func AbsSums(sums, w []float32) {
	needLen("AbsSums", "sums", len(sums), (len(w)+Block-1)/Block)
	for i := range (len(w) + Block - 1) / Block {
		sums[i] = active.blockSumAbs(w[i*Block : min((i+1)*Block, len(w))])
	}
}

// AbsMeanOfSums is the AbsMean of n numbers from the sums of all their blocks.
func AbsMeanOfSums(sums []float32, n int) float32 {
	total := 0.0
	for _, s := range sums {
		total += float64(s)
	}
	return mean(total, n)
}

// mean is total/n, 0 for no numbers.
func mean(total float64, n int) float32 {
	if n == 0 {
		return 0
	}
	return float32(total / float64(n))
}
