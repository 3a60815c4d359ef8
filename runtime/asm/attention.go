package asm

import "sync"

// AttentionShape describes one head of attention. Rows of the matrices lie their
// LD apart, so that the heads of a [T × H·D] matrix are used in place.
type AttentionShape struct {
	Queries, Keys, Dim int // T of q and o; T of k and v; D
	LDQ, LDK, LDV, LDO int
	Scale              float32 // of the scores, 1/√D as a rule
	Causal             bool    // query i sees the keys up to i + Keys - Queries
}

// How many queries' scores are in memory at once. Fewer compute less beyond the
// diagonal of causal attention; the backward sums over them, and wants more.
const (
	attentionRows         = 14
	attentionBackwardRows = 28
)

// Attention computes one head, o = softmax(scale·q·kᵀ)·v (Vaswani et al.,
// "Attention Is All You Need", 2017, eq. 1), a few queries at a time: the n²
// scores never exist at once. The bits are those of GEMM, Scale, SoftmaxRows over
// the visible keys, and GEMM, with weight 0 for the keys that are masked.
//
//	q[Queries×Dim], k[Keys×Dim], v[Keys×Dim], o[Queries×Dim]
func Attention(o, q, k, v []float32, s AttentionShape) {
	const op = "Attention"
	s.check(op, q, k, v)
	needMatrix(op, "o", len(o), s.Queries, s.Dim, s.LDO)
	if s.Dim == 0 {
		return
	}
	x := attentionPool.Get().(*attentionScratch)
	defer attentionPool.Put(x)
	x.keys.transpose(k, s.LDK, s)
	for i0, i1 := range even(s.Queries, attentionRows) {
		p, n, ld := x.weights(q, s, i0, i1)
		GEMM(false, false, i1-i0, s.Dim, n, p, ld, v, s.LDV, o[i0*s.LDO:], s.LDO, false)
	}
}

// AttentionBackward sets dq and adds to dk and dv, which query heads may share,
// given do and the inputs of Attention. It computes the scores again. The
// gradients have the strides of what they belong to. With P the weights:
//
//	dv += Pᵀ·do    dP = do·vᵀ    dS = P∘(dP - Σ P∘dP)·scale    dq = dS·k    dk += dSᵀ·q
func AttentionBackward(dq, dk, dv, do, q, k, v []float32, s AttentionShape) {
	const op = "AttentionBackward"
	s.check(op, q, k, v)
	needMatrix(op, "do", len(do), s.Queries, s.Dim, s.LDO)
	needMatrix(op, "dq", len(dq), s.Queries, s.Dim, s.LDQ)
	needMatrix(op, "dk", len(dk), s.Keys, s.Dim, s.LDK)
	needMatrix(op, "dv", len(dv), s.Keys, s.Dim, s.LDV)
	if s.Dim == 0 {
		return
	}
	x := attentionPool.Get().(*attentionScratch)
	defer attentionPool.Put(x)
	x.keys.transpose(k, s.LDK, s)
	x.values.transpose(v, s.LDV, s)
	for i0, i1 := range even(s.Queries, attentionBackwardRows) {
		rows := i1 - i0
		p, n, ld := x.weights(q, s, i0, i1)
		dp := grown(&x.dp, rows*ld)
		doBlock, qBlock := do[i0*s.LDO:], q[i0*s.LDQ:]
		GEMM(true, false, n, s.Dim, rows, p, ld, doBlock, s.LDO, dv, s.LDV, true)
		GEMM(false, false, rows, n, s.Dim, doBlock, s.LDO, x.values.x, x.values.pitch, dp, ld, false)
		for i := range rows {
			visible := s.visible(i0 + i)
			pRow, dpRow := p[i*ld:][:visible], dp[i*ld:][:visible]
			delta := Dot(pRow, dpRow)
			active.softmaxBackward(dpRow, dpRow, pRow, delta, s.Scale)
			clear(dp[i*ld+visible : i*ld+n])
		}
		GEMM(false, false, rows, s.Dim, n, dp, ld, k, s.LDK, dq[i0*s.LDQ:], s.LDQ, false)
		GEMM(true, false, n, s.Dim, rows, dp, ld, qBlock, s.LDQ, dk, s.LDK, true)
	}
}

// SoftmaxRowsBackward sets dx = y·(dy - Σ y·dy)·scale for each row, with y the
// result of SoftmaxRows(scale·x). dx may be dy.
func SoftmaxRowsBackward(dx, dy, y []float32, rows, cols int, scale float32) {
	const op = "SoftmaxRowsBackward"
	needMatrix(op, "dy", len(dy), rows, cols, cols)
	needMatrix(op, "y", len(y), rows, cols, cols)
	needMatrix(op, "dx", len(dx), rows, cols, cols)
	if cols == 0 {
		return
	}
	for i := range rows {
		p, d := y[i*cols:(i+1)*cols], dy[i*cols:(i+1)*cols]
		active.softmaxBackward(dx[i*cols:(i+1)*cols], d, p, Dot(p, d), scale)
	}
}

func softmaxBackwardGo(dx, dy, y []float32, delta, scale float32) {
	for i, d := range dy {
		dx[i] = float32(float32(float32(d-delta)*y[i]) * scale)
	}
}

func (s *AttentionShape) check(op string, q, k, v []float32) {
	needMatrix(op, "q", len(q), s.Queries, s.Dim, s.LDQ)
	needMatrix(op, "k", len(k), s.Keys, s.Dim, s.LDK)
	needMatrix(op, "v", len(v), s.Keys, s.Dim, s.LDV)
	if s.Causal && s.Keys < s.Queries {
		panic(SizeError{op, "Keys of causal attention", s.Keys, atLeast(s.Queries)})
	}
}

// visible is the number of keys that query i sees.
func (s *AttentionShape) visible(i int) int {
	if s.Causal {
		return i + 1 + s.Keys - s.Queries
	}
	return s.Keys
}

// attentionScratch holds the scores of a few queries, and what they multiply with
// turned once for all of them.
type attentionScratch struct {
	p, dp        []float32
	keys, values transposed
}

var attentionPool = sync.Pool{New: func() any { return new(attentionScratch) }}

// transposed is a [Dim × Keys] matrix, its rows pitch apart.
type transposed struct {
	x     []float32
	pitch int
}

// transpose makes t the transpose of src[Keys×Dim].
func (t *transposed) transpose(src []float32, ld int, s AttentionShape) {
	t.pitch = RowPitch(s.Keys)
	grown(&t.x, s.Dim*t.pitch)
	if s.Keys > 0 {
		active.gemmKernel.transpose(t.x, t.pitch, src, ld, s.Keys, s.Dim)
	}
}

// weights computes the softmax of the queries i0 to i1: rows of n keys, ld apart,
// the masked ones 0.
func (x *attentionScratch) weights(q []float32, s AttentionShape, i0, i1 int) (p []float32, n, ld int) {
	rows := i1 - i0
	n = s.visible(i1 - 1)
	ld = RowPitch(n)
	p = grown(&x.p, rows*ld)
	GEMM(false, false, rows, n, s.Dim, q[i0*s.LDQ:], s.LDQ, x.keys.x, x.keys.pitch, p, ld, false)
	for i := range rows {
		visible := s.visible(i0 + i)
		row := p[i*ld:][:visible]
		softmaxRow(row, row, s.Scale)
		clear(p[i*ld+visible : i*ld+n])
	}
	return p, n, ld
}

// grown returns n elements of *buf, which it enlarges if need be.
func grown(buf *[]float32, n int) []float32 {
	if len(*buf) < n {
		*buf = make([]float32, n)
	}
	return (*buf)[:n]
}
