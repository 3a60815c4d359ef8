package qat

import (
	"setun/runtime/asm"
	"setun/runtime/tensor"
)

// ScaleFloor keeps scales from vanishing: the 1e-5 of the formulas.
const ScaleFloor = 1e-5

// TernaryWeights are quantised weights Ŵ = t·γ: what a BitLinear computes with,
// and what is exported of it.
type TernaryWeights struct {
	Codes *asm.Ternary // t[N×K], each −1, 0 or +1
	Scale float32      // γ
}

// QuantizeWeights quantises w[N×K] to the nearest of −γ, 0 and +γ, where γ is
// the mean magnitude of w (absmean; one scale for the matrix).
func QuantizeWeights(w *tensor.Tensor) TernaryWeights {
	codes := asm.NewTernary(w.Dim(0), w.Dim(1))
	return TernaryWeights{Codes: codes, Scale: quantizeWeights(codes, w.Peek())}
}

// quantizeWeights writes the codes of w and returns γ.
func quantizeWeights(codes *asm.Ternary, w []float32) float32 {
	t := weightQuantizers.Take()
	t.codes, t.w = codes, w
	blocks := (len(w) + asm.Block - 1) / asm.Block
	t.sums = tensor.Borrow(blocks)
	tensor.Share(blocks, 8, (*absSums)(t))
	t.gamma = max(asm.AbsMeanOfSums(t.sums, len(w)), ScaleFloor)
	tensor.Return(t.sums)
	sharePanels(codes, (*ternarize)(t))
	gamma := t.gamma
	weightQuantizers.Give(t)
	return gamma
}

// weightQuantizer is a matrix on its way to codes.
type weightQuantizer struct {
	codes *asm.Ternary
	w     []float32
	sums  []float32 // of |w| in each block
	gamma float32
}

// The two passes over the weights, as tasks over blocks and over panels.
type (
	absSums   weightQuantizer
	ternarize weightQuantizer
)

var (
	weightQuantizers tensor.Recycled[weightQuantizer]
	parts            tensor.Recycled[asm.Ternary] // views of panels
)

func (o *absSums) Piece(lo, hi int) {
	asm.AbsSums(o.sums[lo:hi], o.w[lo*asm.Block:min(hi*asm.Block, len(o.w))])
}

func (o *ternarize) Piece(lo, hi int) {
	n, k := o.codes.Rows, o.codes.Cols
	lo, hi = lo*asm.PanelRows, min(hi*asm.PanelRows, n)
	part := parts.Take()
	*part = o.codes.Slice(lo, hi)
	part.Quantize(o.w[lo*k:hi*k], o.gamma)
	parts.Give(part)
}

// sharePanels shares a task over the panels of rows of codes.
func sharePanels(codes *asm.Ternary, t tensor.Task) {
	tensor.ShareRows(panelsOf(codes.Rows), asm.PanelRows*codes.Cols, t)
}

func panelsOf(rows int) int { return (rows + asm.PanelRows - 1) / asm.PanelRows }

// Dequantize writes Ŵ = t·γ to w, row-major, of length N·K.
func (q TernaryWeights) Dequantize(w []float32) {
	n, k := q.Codes.Rows, q.Codes.Cols
	tensor.ParallelRows(panelsOf(n), asm.PanelRows*k, func(lo, hi int) {
		lo, hi = lo*asm.PanelRows, min(hi*asm.PanelRows, n)
		part := q.Codes.Slice(lo, hi)
		part.Dequantize(w[lo*k:hi*k], q.Scale)
	})
}

// Multiply writes y[M×N] = x̂·Ŵᵀ for quantised activations: int8 times ternary,
// summed exactly in int32, times γ/s once at the end.
func (q TernaryWeights) Multiply(y []float32, x Activations) {
	q.multiply(y, q.Codes.Rows, x)
}

// multiply is Multiply into rows that lie ldy apart.
func (q TernaryWeights) multiply(y []float32, ldy int, x Activations) {
	t := multiplies.Take()
	*t = multiply{q, x, y, ldy}
	if n, m := q.Codes.Rows, len(x.Scales); n >= m {
		tensor.Share(panelsOf(n), 4, (*multiplyPanels)(t))
	} else {
		tensor.Share(m, 56, (*multiplyRows)(t))
	}
	multiplies.Give(t)
}

type multiply struct {
	weights TernaryWeights
	x       Activations
	y       []float32
	ldy     int
}

// The two ways to split a product of integers.
type (
	multiplyPanels multiply
	multiplyRows   multiply
)

var multiplies tensor.Recycled[multiply]

func (o *multiplyPanels) Piece(lo, hi int) {
	n := o.weights.Codes.Rows
	lo, hi = lo*asm.PanelRows, min(hi*asm.PanelRows, n)
	part := parts.Take()
	*part = o.weights.Codes.Slice(lo, hi)
	asm.TernaryGEMM(len(o.x.Scales), o.x.Codes, o.x.Scales, part, o.weights.Scale, o.y[lo:], o.ldy)
	parts.Give(part)
}

func (o *multiplyRows) Piece(lo, hi int) {
	k := o.weights.Codes.Cols
	asm.TernaryGEMM(hi-lo, o.x.Codes[lo*k:hi*k], o.x.Scales[lo:hi], o.weights.Codes, o.weights.Scale, o.y[lo*o.ldy:], o.ldy)
}
