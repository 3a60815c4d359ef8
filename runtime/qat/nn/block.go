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
	Attention
	FeedForward
	watched
}

// Forward returns y[B×T×D] for x[B×T×D].
func (b *Block) Forward(x *tensor.Tensor) *tensor.Tensor { return b.forward(x, nil) }

// forward is Forward for the positions of x that follow those in cache, if there
// is one.
func (b *Block) forward(x *tensor.Tensor, cache *tensor.KVCache) *tensor.Tensor {
	attention := b.attend(x, cache, &b.watched)
	h := tensor.Add(x, attention)
	tensor.Done(attention)
	fed := b.feed(h, &b.watched)
	y := tensor.Add(h, fed)
	tensor.Done(h)
	tensor.Done(fed)
	return y
}

// freeze returns b with the weights of its projections rounded once.
func (b *Block) freeze() *Block {
	frozen := *b
	for _, p := range []**Projection{&frozen.QKV, &frozen.O, &frozen.Up, &frozen.Down} {
		*p = (*p).freeze()
	}
	return &frozen
}

// Params returns the parameters of the projections.
func (b *Block) Params() []*tensor.Tensor {
	return append(b.Attention.Params(), b.FeedForward.Params()...)
}

// Children are the projections.
func (b *Block) Children() []Child {
	return append(b.Attention.Children(), b.FeedForward.Children()...)
}

// LongestInput is the number of positions that there are angles for.
func (b *Block) LongestInput() int { return b.Attention.LongestInput() }

func (b *Block) watch() *watched { return &b.watched }

// describeProjections appends a row for each projection of a layer that is made of them.
func describeProjections(rows []Info, name string, children []Child) []Info {
	for _, c := range children {
		row := c.Module.(*Projection).Describe()
		row.Name = strings.TrimPrefix(name+"."+c.Name, ".")
		rows = append(rows, row)
	}
	return rows
}
