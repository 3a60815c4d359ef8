package nn

import (
	"setun/runtime/asm"
	"setun/runtime/tensor"
)

// A rowHead is the weights of a head for products with a single row: the products of
// whole batches would turn them round for each. Panels of headPanel tokens lie one
// after the other, in each the weights of a feature side by side.
type rowHead struct {
	vocab, width int
	panels       []float32 // [V/headPanel × D × headPanel]
}

const headPanel = 32

func newRowHead(w *tensor.Tensor) *rowHead {
	h := &rowHead{vocab: w.Dim(0), width: w.Dim(1)}
	panels := (h.vocab + headPanel - 1) / headPanel
	h.panels = make([]float32, panels*h.width*headPanel)
	from := w.Peek()
	tensor.ParallelRows(panels, h.width*headPanel, func(lo, hi int) {
		for v := lo * headPanel; v < min(hi*headPanel, h.vocab); v++ {
			panel := h.panels[v/headPanel*h.width*headPanel+v%headPanel:]
			for k, weight := range from[v*h.width : (v+1)*h.width] {
				panel[k*headPanel] = weight
			}
		}
	})
	return h
}

// multiply writes logits[V] = W·z[D], to the bits of [tensor.Linear].
func (h *rowHead) multiply(logits, z []float32) {
	panels := (h.vocab + headPanel - 1) / headPanel
	tensor.ParallelRows(panels, h.width*headPanel, func(lo, hi int) {
		for p := lo; p < hi; p++ {
			v := p * headPanel
			asm.GEMM(false, false, 1, min(headPanel, h.vocab-v), h.width, z, h.width, h.panels[v*h.width:], headPanel, logits[v:], h.vocab, false)
		}
	})
}
