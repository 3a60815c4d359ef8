package tensor

import "setun/runtime/asm"

// Pieces of a product that one worker takes: a multiple of the kernels' tiles,
// large enough that packing and the call are small beside the arithmetic.
const (
	gemmColumns = 64
	gemmRows    = 56
	gemmAlone   = 1 << 16 // multiply-adds below which sharing does not pay
)

// GEMM is asm.GEMM on all processors: C[m×n] = (or += with accumulate)
// op(A)[m×k]·op(B)[k×n], where op transposes if asked to. The work is split over
// the longer side of C only: each element remains one sum in the order of k, so
// that the result does not depend on the split.
func GEMM(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, accumulate bool) {
	switch {
	case m*n*k < gemmAlone:
		asm.GEMM(transA, transB, m, n, k, a, lda, b, ldb, c, ldc, accumulate)
	case n >= m:
		Parallel(n, gemmColumns, func(lo, hi int) {
			first := lo // of op(B)'s columns
			if transB {
				first *= ldb
			}
			asm.GEMM(transA, transB, m, hi-lo, k, a, lda, b[first:], ldb, c[lo:], ldc, accumulate)
		})
	default:
		Parallel(m, gemmRows, func(lo, hi int) {
			first := lo // of op(A)'s rows
			if !transA {
				first *= lda
			}
			asm.GEMM(transA, transB, hi-lo, n, k, a[first:], lda, b, ldb, c[lo*ldc:], ldc, accumulate)
		})
	}
}
