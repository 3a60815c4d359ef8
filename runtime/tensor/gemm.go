package tensor

import (
	"runtime"

	"setun/runtime/asm"
)

// gemmAlone is the number of multiply-adds below which a product is not shared.
const gemmAlone = 1 << 16

// gemmPiece is how many of n rows or columns of a product one worker takes at a
// time: a multiple of the kernels' tiles (14 rows, 32 columns), few enough
// pieces that packing is small beside the arithmetic, and enough of them that a
// worker that was held up does not hold up the others.
func gemmPiece(n, tile int) int {
	piece := max(2*tile, n/(3*runtime.GOMAXPROCS(0)))
	return (piece + tile - 1) / tile * tile
}

// GEMM is asm.GEMM on all processors: C[m×n] = (or += with accumulate)
// op(A)[m×k]·op(B)[k×n], where op transposes if asked to. The work is split over
// the longer side of C only: each element remains one sum in the order of k, so
// that the result does not depend on the split.
func GEMM(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, accumulate bool) {
	switch {
	case m*n*k < gemmAlone:
		asm.GEMM(transA, transB, m, n, k, a, lda, b, ldb, c, ldc, accumulate)
	case n >= m:
		Parallel(n, gemmPiece(n, 32), func(lo, hi int) {
			first := lo // of op(B)'s columns
			if transB {
				first *= ldb
			}
			asm.GEMM(transA, transB, m, hi-lo, k, a, lda, b[first:], ldb, c[lo:], ldc, accumulate)
		})
	default:
		Parallel(m, gemmPiece(m, 14), func(lo, hi int) {
			first := lo // of op(A)'s rows
			if !transA {
				first *= lda
			}
			asm.GEMM(transA, transB, hi-lo, n, k, a[first:], lda, b, ldb, c[lo*ldc:], ldc, accumulate)
		})
	}
}
