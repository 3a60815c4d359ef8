package asm

// GEMMBF16 is an approximate GEMM: where the CPU has instructions for it, A and B
// are rounded to bfloat16 (8 bits of mantissa, subnormals to 0) and the product
// runs at twice the speed. An element's error is then up to about 2⁻⁷ of
// Σ|a·b|, and its bits are not those of other machines. Where the CPU has no such
// instructions it is GEMM itself. Nothing in the library uses it unasked.
func GEMMBF16(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, accumulate bool) {
	s := checkGEMM(transA, transB, m, n, k, a, lda, b, ldb, c, ldc)
	s.accumulate = accumulate
	switch {
	case s.empty(c):
	case active.gemmBF16 != nil:
		active.gemmBF16(s, a, b, c)
	default:
		active.gemmKernel.gemm(s, a, b, c)
	}
}

// HasBF16 reports whether GEMMBF16 is the approximate product here.
func HasBF16() bool { return active.gemmBF16 != nil }
