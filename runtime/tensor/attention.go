package tensor

import "fmt"

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
	d := x.shape[2] / (heads + 2*groups)
	o := attentionOps.Take()
	o.x = x
	o.shape = AttentionShape{Batch: x.shape[0], Length: x.shape[1], Heads: heads, Groups: groups, Dim: d}
	y := WithWidth(x, heads*d)
	x.device().Attention(y.data, x.Peek(), o.shape)
	Remember(x)
	return Record("CausalAttention", y, o, x)
}

type attentionOp struct {
	x     *Tensor
	shape AttentionShape
}

var attentionOps Recycled[attentionOp]

func (o *attentionOp) Backward(dy []float32) {
	x := Recall(o.x)
	dx, part := o.x.gradPart()
	o.x.device().AttentionBackward(dx, dy, x, o.shape)
	o.x.addPart(dx, part)
}

// redoLength is the longest sequence whose attention is cheap to compute again:
// the time for each token grows with it, that of the rest of a block does not.
const redoLength = 256

func (o *attentionOp) CanRedo() bool    { return o.shape.Length <= redoLength }
func (o *attentionOp) Redo(y []float32) { o.x.device().Attention(y, Recall(o.x), o.shape) }

func (o *attentionOp) Release() {
	Forget(o.x)
	attentionOps.Give(o)
}
