package tensor

import (
	"fmt"

	"setun/runtime/asm"
)

// A Rotation is the angles of rotary position embeddings for heads of Dim
// elements and the positions 0 to Positions-1. It never changes.
type Rotation struct {
	Dim, Positions int
	cos, sin       []float32 // [Positions × Dim/2]
}

// NewRotation returns the angles p·θ^(-2i/dim) (Su et al., RoFormer, 2104.09864,
// equation 15). θ is 10000 in the paper and 500000 in BitNet b1.58 2B4T.
func NewRotation(dim, positions int, theta float64) *Rotation {
	if dim < 2 || dim%2 != 0 || positions < 1 || !(theta > 0) {
		panic(&OpError{Op: "NewRotation", Why: fmt.Sprintf("heads have an even number of elements, of 1 or more positions, and θ is above 0; got %d, %d and %g", dim, positions, theta)})
	}
	checkedLen("NewRotation", []int{positions, dim})
	r := &Rotation{Dim: dim, Positions: positions, cos: keep(positions * dim / 2), sin: keep(positions * dim / 2)}
	asm.RoPETable(r.cos, r.sin, positions, dim/2, theta)
	return r
}

// RoPE returns x[B×T×W] with the first heads·Dim elements of every row rotated by
// the angles of its position in T, and the others as they are. Element i of the
// first half of a head is rotated with element i of the second.
//
//	a, b = a·cos − b·sin, b·cos + a·sin    dX is dY, rotated back
func RoPE(x *Tensor, heads int, r *Rotation) *Tensor { return RoPEFrom(x, heads, r, 0) }

// RoPEFrom is RoPE of a sequence that goes on: its first position is not 0 but
// first.
func RoPEFrom(x *Tensor, heads int, r *Rotation, first int) *Tensor {
	switch {
	case x.dims != 3:
		panic(&ShapeError{Op: "RoPE", Got: x.Shape(), Want: []int{0, 0, 0}, Why: "it takes batch, positions, features"})
	case heads < 1 || heads*r.Dim > x.shape[2]:
		panic(&ShapeError{Op: "RoPE", Got: x.Shape(), Why: fmt.Sprintf("a row does not hold %d heads of %d", heads, r.Dim)})
	case first < 0:
		panic(&OpError{Op: "RoPE", Why: fmt.Sprintf("there is no position %d", first)})
	case first+x.shape[1] > r.Positions:
		panic(&ShapeError{Op: "RoPE", Got: x.Shape(), Want: []int{0, max(0, r.Positions-first), 0}, Why: fmt.Sprintf("there are angles for %d positions, the context", r.Positions)})
	}
	y := like(x)
	o := ropeOps.Take()
	o.x, o.redoes = x, x.redoer() != nil
	o.shape = RoPEShape{Rotation: r, Batch: x.shape[0], Length: x.shape[1], Width: x.shape[2], Heads: heads, First: first}
	x.device().RoPE(y.data, x.Peek(), o.shape)
	return Record("RoPE", y, o, x)
}

type ropeOp struct {
	x      *Tensor
	shape  RoPEShape
	redoes bool // x is cheap to compute again
}

var ropeOps Recycled[ropeOp]

func (o *ropeOp) Backward(dy []float32) {
	back := o.shape
	back.Inverse = true
	dx, part := o.x.gradPart()
	o.x.device().RoPE(dx, dy, back)
	o.x.addPart(dx, part)
}

func (o *ropeOp) CanRedo() bool { return o.redoes }

func (o *ropeOp) Redo(y []float32) {
	redo(y, o.x)
	o.x.device().RoPE(y, y, o.shape)
}

func (o *ropeOp) Release() { ropeOps.Give(o) }
