package tensor

import "fmt"

// Dropout returns x with each element set to 0 with probability p and the others
// divided by 1−p (Srivastava et al., Dropout, JMLR 15, 2014). The elements that
// go are drawn from rng, which it leaves behind them.
//
//	y = x·m/(1−p) with m 0 or 1    dX = dY·m/(1−p)
//
// The backward draws the same m again instead of keeping it.
func Dropout(x *Tensor, p float32, rng *RNG) *Tensor {
	if !(p >= 0 && p < 1) {
		panic(&OpError{Op: "Dropout", Why: fmt.Sprintf("a share of %g cannot be dropped; want 0 or more, and less than 1", p)})
	}
	y := like(x)
	o := dropoutOps.Take()
	o.x, o.redoes, o.mask = x, x.redoer() != nil, rng.mask(x.Len(), p)
	x.device().Dropout(y.data, x.Peek(), o.mask)
	return Record("Dropout", y, o, x)
}

type dropoutOp struct {
	x      *Tensor
	mask   Mask
	redoes bool // x is cheap to compute again
}

var dropoutOps Recycled[dropoutOp]

func (o *dropoutOp) Backward(dy []float32) {
	dx, part := o.x.gradPart()
	o.x.device().Dropout(dx, dy, o.mask)
	o.x.addPart(dx, part)
}

func (o *dropoutOp) CanRedo() bool { return o.redoes }

func (o *dropoutOp) Redo(y []float32) {
	redo(y, o.x)
	o.x.device().Dropout(y, y, o.mask)
}

func (o *dropoutOp) Release() { dropoutOps.Give(o) }

// A Mask says which elements a Dropout keeps: element i, if the 32 bits i of the
// stream of Key from block First on are at least Least. Those are multiplied by
// Scale.
type Mask struct {
	Key, First uint64
	Least      uint32
	Scale      float32
}

// mask draws a mask of n elements.
func (r *RNG) mask(n int, p float32) Mask {
	first := (r.state.Position + 1) / 2 // a block is two words of 64 bits
	r.state.Position = 2 * (first + uint64(n+3)/4)
	r.ready = false
	return Mask{Key: r.state.Key, First: first, Least: uint32(float64(p) * (1 << 32)), Scale: 1 / (1 - p)}
}

// dropout is a Dropout at work, over blocks of four elements.
type dropout struct {
	y, x []float32
	m    Mask
}

var dropouts Recycled[dropout]

// dropElements sets y = x where m keeps, scaled, and else 0. y may be x.
func dropElements(y, x []float32, m Mask) {
	t := dropouts.Take()
	*t = dropout{y, x, m}
	Share((len(x)+3)/4, elements/4, t)
	dropouts.Give(t)
}

func (t *dropout) Piece(lo, hi int) {
	for b := lo; b < hi; b++ {
		bits := philox(t.m.Key, t.m.First+uint64(b), 0)
		words := [4]uint32{uint32(bits[0]), uint32(bits[0] >> 32), uint32(bits[1]), uint32(bits[1] >> 32)}
		x := t.x[4*b : min(4*b+4, len(t.x))]
		y := t.y[4*b:][:len(x)]
		for i, v := range x {
			if words[i] < t.m.Least {
				y[i] = 0
			} else {
				y[i] = v * t.m.Scale
			}
		}
	}
}
