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
	n, k := w.Dim(0), w.Dim(1)
	wv := w.Data()
	gamma := max(asm.AbsMean(wv), ScaleFloor)
	codes := asm.NewTernary(n, k)
	panels := (n + asm.PanelRows - 1) / asm.PanelRows
	tensor.ParallelRows(panels, asm.PanelRows*k, func(lo, hi int) {
		lo, hi = lo*asm.PanelRows, min(hi*asm.PanelRows, n)
		t := tensor.BorrowInt8((hi - lo) * k)
		asm.Ternarize(t, wv[lo*k:hi*k], gamma)
		part := codes.Slice(lo, hi)
		part.Pack(t)
		tensor.ReturnInt8(t)
	})
	return TernaryWeights{Codes: codes, Scale: gamma}
}

// Dequantize writes Ŵ = t·γ to w, row-major, of length N·K.
func (q TernaryWeights) Dequantize(w []float32) {
	n, k := q.Codes.Rows, q.Codes.Cols
	panels := (n + asm.PanelRows - 1) / asm.PanelRows
	tensor.ParallelRows(panels, asm.PanelRows*k, func(lo, hi int) {
		lo, hi = lo*asm.PanelRows, min(hi*asm.PanelRows, n)
		t := tensor.BorrowInt8((hi - lo) * k)
		part := q.Codes.Slice(lo, hi)
		part.Unpack(t)
		out := w[lo*k : hi*k]
		for i, c := range t {
			out[i] = float32(c) * q.Scale
		}
		tensor.ReturnInt8(t)
	})
}

// Multiply writes y[M×N] = x̂·Ŵᵀ for quantised activations: int8 times ternary,
// summed exactly in int32, times γ/s once at the end.
func (q TernaryWeights) Multiply(y []float32, x Activations) {
	n, k := q.Codes.Rows, q.Codes.Cols
	m := len(x.Scales)
	if n >= m {
		panels := (n + asm.PanelRows - 1) / asm.PanelRows
		tensor.Parallel(panels, 4, func(lo, hi int) {
			lo, hi = lo*asm.PanelRows, min(hi*asm.PanelRows, n)
			part := q.Codes.Slice(lo, hi)
			asm.TernaryGEMM(m, x.Codes, x.Scales, &part, q.Scale, y[lo:], n)
		})
		return
	}
	tensor.Parallel(m, 56, func(lo, hi int) {
		asm.TernaryGEMM(hi-lo, x.Codes[lo*k:hi*k], x.Scales[lo:hi], q.Codes, q.Scale, y[lo*n:], n)
	})
}
