package nn

import (
	"strings"

	"setun/runtime/tensor"
)

// A Block is one layer of a BitNet transformer, as in microsoft/bitnet-b1.58-2B-4T
// (2504.12285): attention and a gated feed-forward layer, each normalised before
// its first projections and, by SubLN, before its last; the sums around them in
// float32.
//
//	h = x + O(attention(rotated(QKV(x))))
//	y = h + Down(relu²(gate)·up)  with  gate, up = Up(h)
//
// Its norms have no gain. The two norms before the first projections and the two
// of SubLN are the ones inside of the projections.
type Block struct {
	QKV, O, Up, Down *Projection

	heads, groups int
	rotation      *tensor.Rotation

	watched
}

// Forward returns y[B×T×D] for x[B×T×D].
func (b *Block) Forward(x *tensor.Tensor) *tensor.Tensor {
	h := b.attend(x)
	up := b.Up.Forward(h)
	b.show("up", up)
	gated := tensor.Gated(up, tensor.GateReLUSquared)
	tensor.Done(up)
	down := b.Down.Forward(gated)
	b.show("down", down)
	tensor.Done(gated)
	y := tensor.Add(h, down)
	tensor.Done(h)
	tensor.Done(down)
	return y
}

// attend returns x plus its attention.
func (b *Block) attend(x *tensor.Tensor) *tensor.Tensor {
	qkv := b.QKV.Forward(x)
	b.show("qkv", qkv)
	rotated := tensor.RoPE(qkv, b.heads+b.groups, b.rotation)
	tensor.Done(qkv)
	attention := tensor.CausalAttention(rotated, b.heads, b.groups)
	tensor.Done(rotated)
	out := b.O.Forward(attention)
	b.show("o", out)
	tensor.Done(attention)
	h := tensor.Add(x, out)
	tensor.Done(out)
	return h
}

// Params returns the parameters of the projections.
func (b *Block) Params() []*tensor.Tensor {
	var all []*tensor.Tensor
	for _, p := range []*Projection{b.QKV, b.O, b.Up, b.Down} {
		all = append(all, p.Params()...)
	}
	return all
}

// describe appends a row for each projection.
func (b *Block) describe(rows []Info, name string) []Info {
	parts := []struct {
		name string
		p    *Projection
	}{{"qkv", b.QKV}, {"o", b.O}, {"up", b.Up}, {"down", b.Down}}
	for _, part := range parts {
		row := part.p.Describe()
		row.Name = strings.TrimPrefix(name+"."+part.name, ".")
		rows = append(rows, row)
	}
	return rows
}
