package tensor

import "setun/runtime/asm"

// ApproximateCPU returns the processors as a device whose products of the
// backward round their factors to bfloat16, where the processors have
// instructions for that: about twice as fast, with errors of up to 2⁻⁷ of the sum
// of magnitudes, and other bits than on other machines. The forward is exact.
//
// These are the two products of a BitLinear's backward, dX = dY·Ŵ and dW = dYᵀ·x̂;
// float layers stay as they are.
func ApproximateCPU() *Device {
	d := CPU()
	if !asm.HasBF16() {
		return d
	}
	d.Name = "cpu, approximate backward in bfloat16"
	d.GEMMInt8 = gemmInt8BF16
	d.GEMMTernary = gemmTernaryBF16
	return d
}

// bf16Columns and bf16Rows are the two ways to split a product in bfloat16.
type (
	bf16Columns gemm
	bf16Rows    gemm
)

func multiplyBF16(product *gemm) {
	t := gemms.Take()
	defer gemms.Give(t)
	*t = *product
	if t.n >= t.m {
		Share(t.n, productPiece(t.n, tileColumns), (*bf16Columns)(t))
	} else {
		Share(t.m, productPiece(t.m, tileRows), (*bf16Rows)(t))
	}
}

func (t *bf16Columns) Piece(lo, hi int) {
	asm.GEMMBF16(t.transA, false, t.m, hi-lo, t.k, t.a, t.lda, t.b[lo:], t.ldb, t.c[lo:], t.ldc, t.accumulate)
}

func (t *bf16Rows) Piece(lo, hi int) {
	first := lo // of op(A)'s rows
	if !t.transA {
		first *= t.lda
	}
	asm.GEMMBF16(t.transA, false, hi-lo, t.n, t.k, t.a[first:], t.lda, t.b, t.ldb, t.c[lo*t.ldc:], t.ldc, t.accumulate)
}

func gemmInt8BF16(m, n, k int, a []float32, lda int, q []int8, ldq int, s, c []float32, ldc int, accumulate bool) {
	x := Borrow(k * n)
	t := ternaryProducts.Take()
	*t = ternaryProduct{n: n, q: q, ldq: ldq, s: s, c: x}
	ShareRows(k, n, (*int8Floats)(t))
	ternaryProducts.Give(t)
	multiplyBF16(&gemm{transA: true, m: m, n: n, k: k, a: a, lda: lda, b: x, ldb: n, c: c, ldc: ldc, accumulate: accumulate})
	Return(x)
}

func gemmTernaryBF16(m int, a []float32, lda int, w *asm.Ternary, gamma float32, c []float32, ldc int, accumulate bool) {
	x := Borrow(w.Rows * w.Cols)
	t := ternaryProducts.Take()
	*t = ternaryProduct{w: w, gamma: gamma, c: x}
	ShareRows(panels(w.Rows), asm.PanelRows*w.Cols, (*ternaryFloats)(t))
	ternaryProducts.Give(t)
	multiplyBF16(&gemm{m: m, n: w.Cols, k: w.Rows, a: a, lda: lda, b: x, ldb: w.Cols, c: c, ldc: ldc, accumulate: accumulate})
	Return(x)
}

// int8Floats and ternaryFloats write x̂ and Ŵ as float32 to c.
type (
	int8Floats    ternaryProduct
	ternaryFloats ternaryProduct
)

func (t *int8Floats) Piece(lo, hi int) {
	for i := lo; i < hi; i++ {
		asm.DequantizeRows(t.c[i*t.n:(i+1)*t.n], t.q[i*t.ldq:i*t.ldq+t.n], t.s[i:i+1], 1, t.n)
	}
}

func (t *ternaryFloats) Piece(lo, hi int) {
	lo, hi = lo*asm.PanelRows, min(hi*asm.PanelRows, t.w.Rows)
	view := panelViews.Take()
	*view = t.w.Slice(lo, hi)
	view.Dequantize(t.c[lo*t.w.Cols:hi*t.w.Cols], t.gamma)
	panelViews.Give(view)
}
