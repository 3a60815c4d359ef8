package qat

import (
	"setun/runtime/asm"
	"setun/runtime/tensor"
)

// BitLinear returns y = x̂·Ŵᵀ for activations x[…×K] and latent weights w[N×K]:
// both are quantised, and the product runs on the integers. What it remembers
// for the backward are those integers, a byte for each activation and two bits
// for each weight; they hold all that the backward needs.
//
//	y = (Σ q·t)·γ/s    dX = dY·Ŵ    dW = dYᵀ·x̂
//
// The RMSNorm that BitNet puts before it is not in here; see [NormBitLinear].
func BitLinear(x, w *tensor.Tensor) *tensor.Tensor {
	return newBitLinear("BitLinear", x, w, 0, false)
}

// NormBitLinear is BitLinear of [tensor.RMSNorm] of x, to the same bits, without
// the normalised activations ever being stored.
//
//	z = x·r, r = 1/√(mean x² + ε)    y = ẑ·Ŵᵀ    dZ = dY·Ŵ    dX = r·(dZ − z·mean(dZ·z))
func NormBitLinear(x, w *tensor.Tensor, eps float32) *tensor.Tensor {
	return newBitLinear("NormBitLinear", x, w, eps, true)
}

// bitLinear is what a BitLinear remembers.
type bitLinear struct {
	x, w        *tensor.Tensor
	scope       *tensor.Scope
	activations Activations
	weights     TernaryWeights
	codes       asm.Ternary // of weights
	rstd        []float32   // of the norm; nil without one

	// The product or the norm that the backward is at.
	dy, out    []float32
	xv         []float32
	accumulate bool
}

var bitLinears tensor.Recycled[bitLinear]

func newBitLinear(name string, x, w *tensor.Tensor, eps float32, norm bool) *tensor.Tensor {
	tensor.NeedLinear(name, x, w)
	m, k, n := x.Rows(), w.Dim(1), w.Dim(0)
	o := bitLinears.Take()
	o.x, o.w, o.scope = x, w, x.Scope()
	o.codes = borrowTernary(o.scope, n, k)
	o.weights = TernaryWeights{Codes: &o.codes, Scale: quantizeWeights(&o.codes, w.Peek())}
	o.activations = borrowActivations(o.scope, m, k)
	if norm {
		o.rstd = o.scope.Borrow(m)
		if x.WantsGrad() {
			tensor.Hold(x)
		}
	}
	t := quantizes.Take()
	*t = quantize{o.activations, x.Peek(), o.rstd, eps}
	tensor.ShareRows(m, k, t)
	quantizes.Give(t)

	y := tensor.WithWidth(x, n)
	o.weights.Multiply(y.Peek(), o.activations)
	return tensor.Record(name, y, o, x, w)
}

func (o *bitLinear) Backward(dy []float32) {
	n, k := o.codes.Rows, o.codes.Cols
	o.dy = dy
	if o.w.WantsGrad() {
		o.out, o.accumulate = o.w.GradBuffer()
		if k >= n {
			tensor.Share(k, columnPiece(k), (*weightGradColumns)(o))
		} else {
			tensor.Share(n, columnPiece(n), (*weightGradRows)(o))
		}
	}
	if !o.x.WantsGrad() {
		return
	}
	dx, accumulate := o.x.GradBuffer()
	o.out, o.accumulate = dx, accumulate
	if o.rstd != nil && accumulate {
		o.out, o.accumulate = o.scope.Borrow(len(dx)), false
	}
	tensor.Share(k, columnPiece(k), (*inputGradColumns)(o))
	if o.rstd == nil {
		return
	}
	o.xv = o.x.Peek()
	tensor.ShareRows(o.x.Rows(), k, (*normGradRows)(o))
	if accumulate {
		tensor.AddTo(dx, o.out)
		o.scope.Return(o.out)
	}
}

// columnPiece is how many of n columns of a gradient one worker takes at a time.
func columnPiece(n int) int {
	const tile = 64
	return max(tile, (n/6+tile-1)/tile*tile)
}

// The products of the backward, as tasks.
type (
	weightGradColumns bitLinear // dW = dYᵀ·x̂
	weightGradRows    bitLinear
	inputGradColumns  bitLinear // dZ = dY·Ŵ
	normGradRows      bitLinear // dX from dZ, in place
)

func (o *weightGradColumns) Piece(lo, hi int) {
	m, n, k := len(o.activations.Scales), o.codes.Rows, o.codes.Cols
	asm.GEMMInt8(true, n, hi-lo, m, o.dy, n, o.activations.Codes[lo:], k, o.activations.Scales, o.out[lo:], k, o.accumulate)
}

func (o *weightGradRows) Piece(lo, hi int) {
	m, n, k := len(o.activations.Scales), o.codes.Rows, o.codes.Cols
	asm.GEMMInt8(true, hi-lo, k, m, o.dy[lo:], n, o.activations.Codes, k, o.activations.Scales, o.out[lo*k:], k, o.accumulate)
}

func (o *inputGradColumns) Piece(lo, hi int) {
	m, n, k := len(o.activations.Scales), o.codes.Rows, o.codes.Cols
	asm.GEMMTernary(m, o.dy, n, &o.codes, o.weights.Scale, lo, hi, o.out[lo:], k, o.accumulate)
}

func (o *normGradRows) Piece(lo, hi int) {
	k := o.codes.Cols
	dx := o.out[lo*k : hi*k]
	asm.RMSNormQuantizeRowsBackward(dx, dx, o.xv[lo*k:hi*k], o.rstd[lo:hi], hi-lo, k)
}

func (o *bitLinear) Release() {
	o.scope.ReturnBytes(o.codes.Data)
	o.activations.release(o.scope)
	if o.rstd != nil {
		o.scope.Return(o.rstd)
		if o.x.WantsGrad() {
			tensor.Release(o.x)
		}
	}
	bitLinears.Give(o)
}

// borrowTernary returns a matrix of weights that are still to be packed.
func borrowTernary(s *tensor.Scope, rows, cols int) asm.Ternary {
	panelBytes := (cols + 15) / 16 * 64
	w := asm.Ternary{Rows: rows, Cols: cols, Data: s.BorrowBytes(panelsOf(rows) * panelBytes)}
	if rows%asm.PanelRows != 0 {
		last := w.Data[len(w.Data)-panelBytes:]
		for i := range last {
			last[i] = 0x55 // the rows that pad the panel are zero weights
		}
	}
	return w
}
