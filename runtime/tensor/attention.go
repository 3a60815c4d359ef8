package tensor

import (
	"fmt"
	"math"

	"setun/runtime/asm"
)

// CausalAttention returns, for queries, keys and values side by side in the rows
// of x[B×T×(H+2G)·D], the attention of H heads over the keys up to each position,
// as [B×T×H·D]. The H query heads share G heads of keys and values, H/G each
// (Ainslie et al., GQA, 2305.13245); G = H is ordinary attention.
//
//	y = softmax(q·kᵀ/√D)·v (Vaswani et al., 1706.03762, equation 1)
//
// The T² scores never exist at once: the backward computes them again.
func CausalAttention(x *Tensor, heads, groups int) *Tensor {
	switch {
	case x.dims != 3:
		panic(&ShapeError{Op: "CausalAttention", Got: x.Shape(), Want: []int{0, 0, 0}, Why: "it takes batch, positions, features"})
	case heads < 1 || groups < 1 || heads%groups != 0:
		panic(&OpError{Op: "CausalAttention", Why: fmt.Sprintf("%d query heads cannot share %d heads of keys and values evenly", heads, groups)})
	case x.shape[2]%(heads+2*groups) != 0:
		panic(&ShapeError{Op: "CausalAttention", Got: x.Shape(), Why: fmt.Sprintf("a row is not made of %d heads", heads+2*groups)})
	}
	o := attentionOps.Take()
	d := x.shape[2] / (heads + 2*groups)
	*o = attentionOp{x: x, heads: heads, groups: groups, d: d}
	y := WithWidth(x, heads*d)
	o.forward(y.data, x.Peek())
	Remember(x)
	return Record("CausalAttention", y, o, x)
}

type attentionOp struct {
	x                *Tensor
	heads, groups, d int

	xv, y  []float32
	dx, dy []float32
}

// The two directions of attention, as tasks over batch and groups.
type (
	attentionForward  attentionOp
	attentionBackward attentionOp
)

var attentionOps Recycled[attentionOp]

// shape describes one head.
func (o *attentionOp) shape() asm.AttentionShape {
	t, w := o.x.shape[1], o.x.shape[2]
	return asm.AttentionShape{
		Queries: t, Keys: t, Dim: o.d,
		LDQ: w, LDK: w, LDV: w, LDO: o.heads * o.d,
		Scale: float32(1 / math.Sqrt(float64(o.d))), Causal: true,
	}
}

// places returns where in its row query head h has its queries, keys, values and
// results.
func (o *attentionOp) places(h int) (q, k, v int) {
	g := h / (o.heads / o.groups)
	return h * o.d, (o.heads + g) * o.d, (o.heads + o.groups + g) * o.d
}

// of returns the query heads of the piece i of the work, and where its sequence
// begins in rows.
func (o *attentionOp) of(i int) (first, last, row int) {
	each := o.heads / o.groups
	g := i % o.groups
	return g * each, (g + 1) * each, i / o.groups * o.x.shape[1]
}

func (o *attentionOp) forward(y, x []float32) {
	o.xv, o.y = x, y
	Share(o.x.shape[0]*o.groups, 1, (*attentionForward)(o))
	o.xv, o.y = nil, nil
}

func (f *attentionForward) Piece(lo, hi int) {
	o := (*attentionOp)(f)
	s := o.shape()
	for i := lo; i < hi; i++ {
		first, last, row := o.of(i)
		x, y := o.xv[row*s.LDQ:], o.y[row*s.LDO:]
		for h := first; h < last; h++ {
			q, k, v := o.places(h)
			asm.Attention(y[h*o.d:], x[q:], x[k:], x[v:], s)
		}
	}
}

func (b *attentionBackward) Piece(lo, hi int) {
	o := (*attentionOp)(b)
	s := o.shape()
	for i := lo; i < hi; i++ {
		first, last, row := o.of(i)
		x, dx, dy := o.xv[row*s.LDQ:], o.dx[row*s.LDQ:], o.dy[row*s.LDO:]
		_, k, v := o.places(first)
		for t := range s.Keys {
			clear(dx[t*s.LDK+k:][:o.d])
			clear(dx[t*s.LDV+v:][:o.d])
		}
		for h := first; h < last; h++ {
			q, k, v := o.places(h)
			asm.AttentionBackward(dx[q:], dx[k:], dx[v:], dy[h*o.d:], x[q:], x[k:], x[v:], s)
		}
	}
}

func (o *attentionOp) Backward(dy []float32) {
	dx, part := o.x.gradPart()
	o.xv, o.dx, o.dy = Recall(o.x), dx, dy
	Share(o.x.shape[0]*o.groups, 1, (*attentionBackward)(o))
	o.x.addPart(dx, part)
}

// redoLength is the longest sequence whose attention is cheap to compute again:
// the time for each token grows with it, that of the rest of a block does not.
const redoLength = 256

func (o *attentionOp) CanRedo() bool    { return o.x.shape[1] <= redoLength }
func (o *attentionOp) Redo(y []float32) { o.forward(y, Recall(o.x)) }

func (o *attentionOp) Release() {
	Forget(o.x)
	attentionOps.Give(o)
}
