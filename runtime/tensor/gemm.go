package tensor

import (
	"setun/runtime/asm"
)

// gemmAlone is the number of multiply-adds below which a product is not shared.
const gemmAlone = 1 << 16

// The tiles of the kernels of products: rows × columns.
const (
	tileRows    = 14
	tileColumns = 32
)

// productPiece is how many of n rows or columns of a product one worker takes at a
// time: a multiple of the kernels' tile, few enough pieces that packing is small
// beside the arithmetic, and enough of them that a worker that was held up does
// not hold up the others.
func productPiece(n, tile int) int {
	workers := processors.workers()
	if workers == 1 {
		return n
	}
	// Of the sizes that make at least two pieces a worker, or one tile, the
	// one with which the busiest worker has the least to do.
	tiles := (n + tile - 1) / tile
	best, least := 1, tiles
	for c := max(1, tiles/(2*workers)); c >= 1; c-- {
		pieces := (tiles + c - 1) / c
		if span := (pieces + workers - 1) / workers * c; span < least {
			best, least = c, span
		}
	}
	return best * tile
}

// GEMM is asm.GEMM on all processors: C[m×n] = (or += with accumulate)
// op(A)[m×k]·op(B)[k×n], where op transposes if asked to. The work is split over
// the longer side of C: each element remains one sum in the order of k, so
// that the result does not depend on the split.
func GEMM(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, accumulate bool) {
	if m*n*k < gemmAlone {
		asm.GEMM(transA, transB, m, n, k, a, lda, b, ldb, c, ldc, accumulate)
		return
	}
	t := gemms.Take()
	*t = gemm{transA, transB, m, n, k, a, lda, b, ldb, c, ldc, accumulate}
	if n >= m {
		t.shareColumns()
	} else {
		Share(m, productPiece(m, tileRows), (*gemmRows)(t))
	}
	gemms.Give(t)
}

// gemm is one product: the arguments of GEMM.
type gemm struct {
	transA, transB bool
	m, n, k        int
	a              []float32
	lda            int
	b              []float32
	ldb            int
	c              []float32
	ldc            int
	accumulate     bool
}

// The two ways to split a product, and the copying of A.
type (
	gemmColumns gemm
	gemmRows    gemm
	gemmCopy    gemm // to c
)

var gemms Recycled[gemm]

// copyDepth is how deep the blocks are in which a whole A is copied.
const copyDepth = 1024

// shareColumns splits the product by columns of C. If the rows of A collide, every
// piece would copy all of A; so all workers copy it once, before.
func (t *gemm) shareColumns() {
	piece := productPiece(t.n, tileColumns)
	if t.transA || piece >= t.n || !asm.RowsCollide(t.lda) {
		Share(t.n, piece, (*gemmColumns)(t))
		return
	}
	pitch := asm.RowPitch(min(copyDepth, t.k))
	copied := Borrow(t.m * pitch)
	part := gemms.Take()
	for p0 := 0; p0 < t.k; p0 += copyDepth {
		*part = *t
		part.k = min(copyDepth, t.k-p0)
		part.a, part.c, part.ldc = t.a[p0:], copied, pitch
		ShareRows(t.m, part.k, (*gemmCopy)(part))

		part.a, part.lda, part.c, part.ldc = copied, pitch, t.c, t.ldc
		if t.transB {
			part.b = t.b[p0:]
		} else {
			part.b = t.b[p0*t.ldb:]
		}
		part.accumulate = t.accumulate || p0 > 0
		Share(t.n, piece, (*gemmColumns)(part))
	}
	gemms.Give(part)
	Return(copied)
}

func (t *gemmCopy) Piece(lo, hi int) {
	for i := lo; i < hi; i++ {
		copy(t.c[i*t.ldc:][:t.k], t.a[i*t.lda:])
	}
}

func (t *gemmColumns) Piece(lo, hi int) {
	first := lo // of op(B)'s columns
	if t.transB {
		first *= t.ldb
	}
	asm.GEMM(t.transA, t.transB, t.m, hi-lo, t.k, t.a, t.lda, t.b[first:], t.ldb, t.c[lo:], t.ldc, t.accumulate)
}

func (t *gemmRows) Piece(lo, hi int) {
	first := lo // of op(A)'s rows
	if !t.transA {
		first *= t.lda
	}
	asm.GEMM(t.transA, t.transB, hi-lo, t.n, t.k, t.a[first:], t.lda, t.b, t.ldb, t.c[lo*t.ldc:], t.ldc, t.accumulate)
}
