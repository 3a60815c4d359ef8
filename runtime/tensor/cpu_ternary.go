package tensor

import (
	"setun/runtime/asm"
)

// The kernels of the processors for int8 activations and ternary weights.

// panels is how many panels of rows a matrix of ternary weights has.
func panels(rows int) int { return (rows + asm.PanelRows - 1) / asm.PanelRows }

// weightQuantizer is a matrix on its way to codes.
type weightQuantizer struct {
	codes *asm.Ternary
	w     []float32
	sums  []float32 // of |w| in each block; the buffer is used again
	gamma float32
}

// The two passes over the weights, as tasks over blocks and over panels.
type (
	absSums       weightQuantizer
	ternarization weightQuantizer
)

var (
	weightQuantizers = NewRecycled(func(t *weightQuantizer) { *t = weightQuantizer{sums: t.sums} })
	panelViews       Recycled[asm.Ternary]
)

func ternarize(codes *asm.Ternary, w []float32, least float32) float32 {
	t := weightQuantizers.Take()
	t.codes, t.w = codes, w
	blocks := (len(w) + asm.Block - 1) / asm.Block
	if cap(t.sums) < blocks {
		t.sums = make([]float32, blocks)
	}
	t.sums = t.sums[:blocks]
	Share(blocks, 8, (*absSums)(t))
	t.gamma = max(asm.AbsMeanOfSums(t.sums, len(w)), least)
	ShareRows(panels(codes.Rows), asm.PanelRows*codes.Cols, (*ternarization)(t))
	gamma := t.gamma
	weightQuantizers.Give(t)
	return gamma
}

func (t *absSums) Piece(lo, hi int) {
	asm.AbsSums(t.sums[lo:hi], t.w[lo*asm.Block:min(hi*asm.Block, len(t.w))])
}

func (t *ternarization) Piece(lo, hi int) {
	n, k := t.codes.Rows, t.codes.Cols
	lo, hi = lo*asm.PanelRows, min(hi*asm.PanelRows, n)
	view := panelViews.Take()
	*view = t.codes.Slice(lo, hi)
	view.Quantize(t.w[lo*k:hi*k], t.gamma)
	panelViews.Give(view)
}

// rowQuantizer quantises rows, normalised before if rstd is not nil, or goes the
// way back.
type rowQuantizer struct {
	q          []int8
	s, rstd, x []float32
	dx, dy     []float32
	cols       int
	eps        float32
}

type (
	rowQuantizerForward  rowQuantizer
	rowQuantizerBackward rowQuantizer
)

var rowQuantizers Recycled[rowQuantizer]

func quantizeRows(q []int8, s, x []float32, rows, cols int) {
	normQuantizeRows(q, s, nil, x, rows, cols, 0)
}

func normQuantizeRows(q []int8, s, rstd, x []float32, rows, cols int, eps float32) {
	t := rowQuantizers.Take()
	*t = rowQuantizer{q: q, s: s, rstd: rstd, x: x, cols: cols, eps: eps}
	ShareRows(rows, cols, (*rowQuantizerForward)(t))
	rowQuantizers.Give(t)
}

func normQuantizeRowsBackward(dx, dy, x, rstd []float32, rows, cols int) {
	t := rowQuantizers.Take()
	*t = rowQuantizer{dx: dx, dy: dy, x: x, rstd: rstd, cols: cols}
	ShareRows(rows, cols, (*rowQuantizerBackward)(t))
	rowQuantizers.Give(t)
}

func (t *rowQuantizerForward) Piece(lo, hi int) {
	a, b := lo*t.cols, hi*t.cols
	if t.rstd != nil {
		asm.RMSNormQuantizeRows(t.q[a:b], t.s[lo:hi], t.rstd[lo:hi], t.x[a:b], hi-lo, t.cols, t.eps)
	} else {
		asm.QuantizeRows(t.q[a:b], t.s[lo:hi], t.x[a:b], hi-lo, t.cols)
	}
}

func (t *rowQuantizerBackward) Piece(lo, hi int) {
	a, b := lo*t.cols, hi*t.cols
	asm.RMSNormQuantizeRowsBackward(t.dx[a:b], t.dy[a:b], t.x[a:b], t.rstd[lo:hi], hi-lo, t.cols)
}

// ternaryProduct is a product with ternary weights or int8 activations.
type ternaryProduct struct {
	m, n, k    int
	a          []float32
	lda        int
	q          []int8
	ldq        int
	s          []float32
	w          *asm.Ternary
	gamma      float32
	c          []float32
	ldc        int
	accumulate bool
}

// The three products, each split in the two ways.
type (
	ternaryPanels  ternaryProduct
	ternaryRows    ternaryProduct
	int8Columns    ternaryProduct
	int8Rows       ternaryProduct
	ternaryColumns ternaryProduct
	ternaryTall    ternaryProduct
)

var ternaryProducts Recycled[ternaryProduct]

// ternaryAlone is the number of multiply-adds below which a product is not shared.
const ternaryAlone = 1 << 20

// ternaryGEMM shares a tall product by rows, which repeats nothing: the packed
// weights are small, and every tile unpacks its own. A piece of columns sums up all
// activations again.
func ternaryGEMM(m int, q []int8, s []float32, w *asm.Ternary, gamma float32, y []float32, ldy int) {
	t := ternaryProducts.Take()
	*t = ternaryProduct{m: m, q: q, s: s, w: w, gamma: gamma, c: y, ldc: ldy}
	if parts := (m + tileRows - 1) / tileRows; parts >= 4*processors.workers() {
		Share(m, (m+parts-1)/parts, (*ternaryRows)(t))
	} else {
		least := ternaryAlone/(m*w.Cols+1) + 1
		Share(panels(w.Rows), (max(least, productPiece(w.Rows, tileColumns))+asm.PanelRows-1)/asm.PanelRows, (*ternaryPanels)(t))
	}
	ternaryProducts.Give(t)
}

func (t *ternaryPanels) Piece(lo, hi int) {
	lo, hi = lo*asm.PanelRows, min(hi*asm.PanelRows, t.w.Rows)
	view := panelViews.Take()
	*view = t.w.Slice(lo, hi)
	asm.TernaryGEMM(t.m, t.q, t.s, view, t.gamma, t.c[lo:], t.ldc)
	panelViews.Give(view)
}

func (t *ternaryRows) Piece(lo, hi int) {
	k := t.w.Cols
	asm.TernaryGEMM(hi-lo, t.q[lo*k:hi*k], t.s[lo:hi], t.w, t.gamma, t.c[lo*t.ldc:], t.ldc)
}

func gemmInt8(m, n, k int, a []float32, lda int, q []int8, ldq int, s, c []float32, ldc int, accumulate bool) {
	t := ternaryProducts.Take()
	*t = ternaryProduct{m: m, n: n, k: k, a: a, lda: lda, q: q, ldq: ldq, s: s, c: c, ldc: ldc, accumulate: accumulate}
	// By the rows of dW where there are enough: the worker that computes the
	// gradients of some weights is then the one that updates and packs them. Each
	// piece packs all of x̂, so there are few.
	if pieces := 2 * processors.workers(); m >= tileRows*pieces {
		Share(m, (m+pieces-1)/pieces, (*int8Rows)(t))
	} else {
		Share(n, productPiece(n, tileColumns), (*int8Columns)(t))
	}
	ternaryProducts.Give(t)
}

func (t *int8Columns) Piece(lo, hi int) {
	asm.GEMMInt8(true, t.m, hi-lo, t.k, t.a, t.lda, t.q[lo:], t.ldq, t.s, t.c[lo:], t.ldc, t.accumulate)
}

func (t *int8Rows) Piece(lo, hi int) {
	asm.GEMMInt8(true, hi-lo, t.n, t.k, t.a[lo:], t.lda, t.q, t.ldq, t.s, t.c[lo*t.ldc:], t.ldc, t.accumulate)
}

func gemmTernary(m int, a []float32, lda int, w *asm.Ternary, gamma float32, c []float32, ldc int, accumulate bool) {
	t := ternaryProducts.Take()
	*t = ternaryProduct{m: m, a: a, lda: lda, w: w, gamma: gamma, c: c, ldc: ldc, accumulate: accumulate}
	if w.Cols >= m {
		Share(w.Cols, productPiece(w.Cols, tileColumns), (*ternaryColumns)(t))
	} else {
		Share(m, productPiece(m, tileRows), (*ternaryTall)(t))
	}
	ternaryProducts.Give(t)
}

func (t *ternaryColumns) Piece(lo, hi int) {
	asm.GEMMTernary(t.m, t.a, t.lda, t.w, t.gamma, lo, hi, t.c[lo:], t.ldc, t.accumulate)
}

func (t *ternaryTall) Piece(lo, hi int) {
	asm.GEMMTernary(hi-lo, t.a[lo*t.lda:], t.lda, t.w, t.gamma, 0, t.w.Cols, t.c[lo*t.ldc:], t.ldc, t.accumulate)
}
