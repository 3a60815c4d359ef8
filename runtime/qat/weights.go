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
	return TernaryWeights{Codes: codes, Scale: w.Scope().Device().Ternarize(codes, w.Peek(), ScaleFloor)}
}

// Dequantize writes Ŵ = t·γ to w, row-major, of length N·K.
func (q TernaryWeights) Dequantize(w []float32) { q.Codes.Dequantize(w, q.Scale) }

// Multiply writes y[M×N] = x̂·Ŵᵀ for quantised activations: int8 times ternary,
// summed exactly in int32, times γ/s once at the end.
func (q TernaryWeights) Multiply(y []float32, x Activations) {
	var processors *tensor.Scope
	processors.Device().TernaryGEMM(len(x.Scales), x.Codes, x.Scales, q.Codes, q.Scale, y, q.Codes.Rows)
}

// borrowTernary returns a matrix of weights that are still to be packed.
func borrowTernary(s *tensor.Scope, rows, cols int) asm.Ternary {
	panels := (rows + asm.PanelRows - 1) / asm.PanelRows
	panelBytes := (cols + 15) / 16 * 64
	w := asm.Ternary{Rows: rows, Cols: cols, Data: s.BorrowBytes(panels * panelBytes)}
	if rows%asm.PanelRows != 0 {
		last := w.Data[len(w.Data)-panelBytes:]
		for i := range last {
			last[i] = 0x55 // the rows that pad the panel are zero weights
		}
	}
	return w
}
