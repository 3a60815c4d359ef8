package tensor

import "setun/runtime/asm"

// A Device is something that computes: the table of kernels through which all
// operations, here and in package qat, reach it. The kernels take slices in memory
// that the processor can read and write too, and have returned when their results
// are there. They are those of package asm (see there for what each computes, in
// which order of operations), but for whole tensors: how the work is split is the
// device's business.
//
// A [Scope] names the device on which what belongs to it is computed.
type Device struct {
	Name string

	// GEMM is C[m×n] = or += op(A)[m×k]·op(B)[k×n].
	GEMM func(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, accumulate bool)

	// Element by element; y may be one of the inputs.
	Add, Sub, Mul func(y, a, b []float32)
	Scale         func(y []float32, alpha float32, x []float32)
	ReLU          Activation
	ReLUSquared   Activation
	SiLU          Activation
	GELU          Activation

	// Over the rows of [rows×cols].
	AddRow               func(y, x, row []float32) // y = x with row added to every row
	SumRows              func(sum, x []float32)    // the sum of all rows of x
	Sum                  func(x []float32) float32 // of all elements
	RMSNorm              func(y, rstd, x []float32, rows, cols int, eps float32)
	RMSNormBackward      func(dx, dy, y, rstd []float32, rows, cols int)
	MulRow               func(y, x, row []float32) // y = x with every row multiplied by row
	LayerNorm            func(y, mean, rstd, x, g, b []float32, eps float32)
	LayerNormApply       func(z, x, mean, rstd []float32, cols int) // z = (x − mean)·rstd
	LayerNormBackward    func(dx, dy, z, rstd, g []float32, cols int)
	Softmax              func(p, x []float32, rows, cols int)
	SoftmaxBackward      func(dx, dp, p []float32, rows, cols int)
	LogSoftmax           func(y, x []float32, rows, cols int)
	LogSoftmaxBackward   func(dx, dy, y []float32, rows, cols int)
	CrossEntropy         func(losses, probs, logits []float32, labels Labels, rows, cols int)
	CrossEntropyBackward func(dx, probs []float32, labels Labels, rows, cols int, scale float32)

	Dropout func(y, x []float32, m Mask) // y may be x

	// Of transformers.
	Gather            func(y, table []float32, ids []int32, d int)   // rows of table
	Scatter           func(dtable, dy []float32, ids []int32, d int) // added to rows of dtable, in order
	RoPE              func(y, x []float32, s RoPEShape)              // y may be x
	Attention         func(y, x []float32, s AttentionShape)
	AttentionBackward func(dx, dy, x []float32, s AttentionShape)
	AttentionCached   func(y, x, keys, values []float32, s AttentionShape, before int) // see CachedAttention
	Gate              func(y, x []float32, f Gate, rows, cols int)                     // x[rows×2·cols]
	GateBackward      func(dx, dy, x []float32, f Gate, rows, cols int)                // dx may be x

	// Of images, channels last. Im2Row and its backward, which adds, take as many
	// images as they are told.
	Im2Row          func(rows, x []float32, images int, s asm.ConvShape)
	Im2RowInt8      func(rows, x []int8, images int, s asm.ConvShape)
	Row2Im          func(dx, rows []float32, images int, s asm.ConvShape)
	MaxPool         func(y []float32, places []byte, x []float32, s ConvShape) // places of the largest in their windows, unless nil
	MaxPoolBackward func(dx, dy []float32, places []byte, s ConvShape)
	AvgPool         func(y, x []float32, s ConvShape)
	AvgPoolBackward func(dx, dy []float32, s ConvShape)

	// Of int8 activations and ternary weights.
	Ternarize                func(codes *asm.Ternary, w []float32, least float32) (gamma float32) // γ = max(absmean, least)
	QuantizeRows             func(q []int8, s, x []float32, rows, cols int)
	NormQuantizeRows         func(q []int8, s, rstd, x []float32, rows, cols int, eps float32)
	NormQuantizeRowsBackward func(dx, dy, x, rstd []float32, rows, cols int) // dx may be dy
	TernaryGEMM              func(m int, q []int8, s []float32, w *asm.Ternary, gamma float32, y []float32, ldy int)
	GEMMInt8                 func(m, n, k int, a []float32, lda int, q []int8, ldq int, s, c []float32, ldc int, accumulate bool) // Aᵀ·x̂
	GEMMTernary              func(m int, a []float32, lda int, w *asm.Ternary, gamma float32, c []float32, ldc int, accumulate bool)

	// The updates of optimisers, over all elements of a parameter w by its gradient
	// g; m and v are running means of g and g², b is the momentum.
	AdamW func(w, g, m, v []float32, s AdamWStep)
	SGD   func(w, g, b []float32, rate, momentum, decay float32)
}

// AdamWStep is the numbers of one update by AdamW, the Step-th from 1.
type AdamWStep struct {
	Rate, Beta1, Beta2, Eps, Decay float32
	Step                           int
}

// An Activation is a function of single numbers.
type Activation struct {
	Forward  func(y, x []float32)
	Backward func(dx, dy, v []float32) // v is x, but for ReLU: its result; dx may be dy
}

// RoPEShape describes rotary embeddings: the first Heads·Dim of the Width elements
// of each row are rotated.
type RoPEShape struct {
	*Rotation
	Batch, Length, Width, Heads int
	First                       int  // position of the first row of each sequence
	Inverse                     bool // back
}

// AttentionShape describes causal attention over rows that hold Heads queries, and
// Groups keys and values for them to share.
type AttentionShape struct {
	Batch, Length, Heads, Groups, Dim int
}

// width is that of a row of queries, keys and values.
func (s AttentionShape) width() int { return (s.Heads + 2*s.Groups) * s.Dim }

// Device returns the device of s, the processors if it names none or is nil.
func (s *Scope) Device() *Device {
	if s == nil || s.On == nil {
		return processorsDevice
	}
	return s.On
}

// device is the device of the scope of t.
func (t *Tensor) device() *Device { return t.scope.Device() }

// CPU returns the kernels of package asm on all processors, as a device: the one
// that is used where a scope names no other.
func CPU() *Device {
	d := *processorsDevice
	return &d
}

var processorsDevice = &Device{
	Name: "cpu",
	GEMM: GEMM,

	Add:         func(y, a, b []float32) { elementwise3(asm.Add, y, a, b) },
	Sub:         func(y, a, b []float32) { elementwise3(asm.Sub, y, a, b) },
	Mul:         func(y, a, b []float32) { elementwise3(asm.Mul, y, a, b) },
	Scale:       scale,
	ReLU:        activation(asm.ReLU, asm.ReLUBackward),
	ReLUSquared: activation(asm.ReLUSquared, asm.ReLUSquaredBackward),
	SiLU:        activation(asm.SiLU, asm.SiLUBackward),
	GELU:        activation(asm.GELU, asm.GELUBackward),

	AddRow:               addRow,
	SumRows:              sumRows,
	Sum:                  asm.Sum,
	RMSNorm:              rmsNorm,
	RMSNormBackward:      rmsNormBackward,
	MulRow:               mulRow,
	LayerNorm:            layerNorm,
	LayerNormApply:       layerNormApply,
	LayerNormBackward:    layerNormBackward,
	Softmax:              func(p, x []float32, _, cols int) { byRows(asm.SoftmaxRows, p, x, cols) },
	SoftmaxBackward:      softmaxBackward,
	LogSoftmax:           func(y, x []float32, _, cols int) { byRows(logSoftmaxRows, y, x, cols) },
	LogSoftmaxBackward:   logSoftmaxBackward,
	CrossEntropy:         crossEntropy,
	CrossEntropyBackward: crossEntropyBackward,
	Dropout:              dropElements,

	Gather:            gather,
	Scatter:           scatter,
	RoPE:              rotate,
	Attention:         attention,
	AttentionBackward: attentionBackward,
	AttentionCached:   attentionCached,
	Gate:              gate,
	GateBackward:      gateBackward,

	Im2Row:          im2Row,
	Im2RowInt8:      im2RowInt8,
	Row2Im:          row2Im,
	MaxPool:         maxPool,
	MaxPoolBackward: maxPoolBackward,
	AvgPool:         avgPool,
	AvgPoolBackward: avgPoolBackward,

	Ternarize:                ternarize,
	QuantizeRows:             quantizeRows,
	NormQuantizeRows:         normQuantizeRows,
	NormQuantizeRowsBackward: normQuantizeRowsBackward,
	TernaryGEMM:              ternaryGEMM,
	GEMMInt8:                 gemmInt8,
	GEMMTernary:              gemmTernary,

	AdamW: adamW,
	SGD:   sgd,
}

// activation makes an Activation of two kernels of package asm.
func activation(forward func(y, x []float32), backward func(dx, dy, v []float32)) Activation {
	return Activation{
		Forward:  func(y, x []float32) { elementwise2(forward, y, x) },
		Backward: func(dx, dy, v []float32) { elementwise3(backward, dx, dy, v) },
	}
}
