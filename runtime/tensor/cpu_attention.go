package tensor

import (
	"math"

	"setun/runtime/asm"
)

// The kernels of the processors for transformers.

// rotation is RoPE at work.
type rotation struct {
	y, x []float32
	s    RoPEShape
}

var rotations Recycled[rotation]

func rotate(y, x []float32, s RoPEShape) {
	t := rotations.Take()
	*t = rotation{y, x, s}
	ShareRows(s.Batch*s.Length, s.Width, t)
	rotations.Give(t)
}

func (t *rotation) Piece(lo, hi int) {
	w := t.s.Width
	for i := lo; i < hi; i++ {
		row := t.y[i*w : (i+1)*w]
		copy(row, t.x[i*w:(i+1)*w])
		asm.RoPE(row, t.s.cos, t.s.sin, 1, t.s.Heads, t.s.Dim, t.s.First+i%t.s.Length, t.s.Inverse)
	}
}

// heads is attention at work, as a task over the groups of each sequence.
type heads struct {
	y, x   []float32
	dx, dy []float32
	s      AttentionShape
}

type (
	headsForward  heads
	headsBackward heads
)

var headTasks Recycled[heads]

func attention(y, x []float32, s AttentionShape) {
	t := headTasks.Take()
	*t = heads{y: y, x: x, s: s}
	Share(s.Batch*s.Groups, 1, (*headsForward)(t))
	headTasks.Give(t)
}

func attentionBackward(dx, dy, x []float32, s AttentionShape) {
	t := headTasks.Take()
	*t = heads{dx: dx, dy: dy, x: x, s: s}
	Share(s.Batch*s.Groups, 1, (*headsBackward)(t))
	headTasks.Give(t)
}

// one describes a single head.
func (s AttentionShape) one() asm.AttentionShape {
	w := s.width()
	return asm.AttentionShape{
		Queries: s.Length, Keys: s.Length, Dim: s.Dim,
		LDQ: w, LDK: w, LDV: w, LDO: s.Heads * s.Dim,
		Scale: float32(1 / math.Sqrt(float64(s.Dim))), Causal: true,
	}
}

// places returns where in its row query head h has its queries, keys and values.
func (s AttentionShape) places(h int) (q, k, v int) {
	g := h / (s.Heads / s.Groups)
	return h * s.Dim, (s.Heads + g) * s.Dim, (s.Heads + s.Groups + g) * s.Dim
}

// of returns the query heads of piece i of the work, and the first row of its
// sequence.
func (s AttentionShape) of(i int) (first, last, row int) {
	each := s.Heads / s.Groups
	g := i % s.Groups
	return g * each, (g + 1) * each, i / s.Groups * s.Length
}

func (t *headsForward) Piece(lo, hi int) {
	s := t.s.one()
	for i := lo; i < hi; i++ {
		first, last, row := t.s.of(i)
		x, y := t.x[row*s.LDQ:], t.y[row*s.LDO:]
		for h := first; h < last; h++ {
			q, k, v := t.s.places(h)
			asm.Attention(y[h*s.Dim:], x[q:], x[k:], x[v:], s)
		}
	}
}

func (t *headsBackward) Piece(lo, hi int) {
	s := t.s.one()
	for i := lo; i < hi; i++ {
		first, last, row := t.s.of(i)
		x, dx, dy := t.x[row*s.LDQ:], t.dx[row*s.LDQ:], t.dy[row*s.LDO:]
		_, k, v := t.s.places(first)
		for j := range s.Keys { // to which the heads of the group add
			clear(dx[j*s.LDK+k:][:s.Dim])
			clear(dx[j*s.LDV+v:][:s.Dim])
		}
		for h := first; h < last; h++ {
			q, k, v := t.s.places(h)
			asm.AttentionBackward(dx[q:], dx[k:], dx[v:], dy[h*s.Dim:], x[q:], x[k:], x[v:], s)
		}
	}
}

// cachedHeads is attention of the newest positions to all up to them, as a task
// over the query heads.
type cachedHeads struct {
	y, x, keys, values []float32
	s                  AttentionShape
	before             int
}

var cachedHeadTasks Recycled[cachedHeads]

func attentionCached(y, x, keys, values []float32, s AttentionShape, before int) {
	t := cachedHeadTasks.Take()
	*t = cachedHeads{y, x, keys, values, s, before}
	Share(s.Heads, 1, t)
	cachedHeadTasks.Give(t)
}

func (t *cachedHeads) Piece(lo, hi int) {
	one := t.s.one()
	one.Keys += t.before
	one.LDK, one.LDV = t.s.Groups*t.s.Dim, t.s.Groups*t.s.Dim
	for h := lo; h < hi; h++ {
		g := h / (t.s.Heads / t.s.Groups) * t.s.Dim
		asm.Attention(t.y[h*t.s.Dim:], t.x[h*t.s.Dim:], t.keys[g:], t.values[g:], one)
	}
}

// gateKernels are the functions of gates and their slopes.
var gateKernels = [...]struct {
	forward  func(y, x []float32)
	backward func(dx, dy, x []float32)
}{
	GateReLUSquared: {asm.ReLUSquared, asm.ReLUSquaredBackward},
	GateSiLU:        {asm.SiLU, asm.SiLUBackward},
	GateGELU:        {asm.GELU, asm.GELUBackward},
}

// gates is a gate at work.
type gates struct {
	y, x   []float32
	dx, dy []float32
	f      Gate
	cols   int
}

type (
	gatesForward  gates
	gatesBackward gates
)

var gateTasks Recycled[gates]

func gate(y, x []float32, f Gate, rows, cols int) {
	t := gateTasks.Take()
	*t = gates{y: y, x: x, f: f, cols: cols}
	ShareRows(rows, 2*cols, (*gatesForward)(t))
	gateTasks.Give(t)
}

func gateBackward(dx, dy, x []float32, f Gate, rows, cols int) {
	t := gateTasks.Take()
	*t = gates{dx: dx, dy: dy, x: x, f: f, cols: cols}
	ShareRows(rows, 2*cols, (*gatesBackward)(t))
	gateTasks.Give(t)
}

func (t *gatesForward) Piece(lo, hi int) {
	n := t.cols
	for i := lo; i < hi; i++ {
		g, u, y := t.x[2*i*n:][:n], t.x[(2*i+1)*n:][:n], t.y[i*n:][:n]
		gateKernels[t.f].forward(y, g)
		asm.Mul(y, y, u)
	}
}

// Piece may write dx onto x.
func (t *gatesBackward) Piece(lo, hi int) {
	n := t.cols
	df := Borrow(n)
	for i := lo; i < hi; i++ {
		g, u, dy := t.x[2*i*n:][:n], t.x[(2*i+1)*n:][:n], t.dy[i*n:][:n]
		dg, du := t.dx[2*i*n:][:n], t.dx[(2*i+1)*n:][:n]
		asm.Mul(df, dy, u)
		gateKernels[t.f].forward(du, g)
		asm.Mul(du, du, dy)
		gateKernels[t.f].backward(dg, df, g)
	}
	Return(df)
}
