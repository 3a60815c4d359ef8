package nn

import (
	"fmt"
	"slices"

	"setun/runtime/tensor"
)

// A Decoder runs a language model token by token: it keeps the keys and values of
// the tokens so far, and computes only what the next ones add. Its logits are the
// bits of those of [BitNetLM.Forward].
//
// It is for the weights as they are at the first token, which it rounds once for all:
// after the model has learnt, or got another scheme, Reset it.
type Decoder struct {
	model  *BitNetLM
	blocks []*Block // with their weights rounded; all of them from the first token on
	head   *rowHead
	caches []*tensor.KVCache // of each block
	scope  *tensor.Scope
}

// NewDecoder returns a decoder of m that has seen no token yet.
func NewDecoder(m *BitNetLM) *Decoder {
	d := &Decoder{model: m, scope: &tensor.Scope{Private: true, Inference: true}}
	for range m.Blocks {
		d.caches = append(d.caches, tensor.NewKVCache(m.Context, m.Groups*(m.Width/m.Heads)))
	}
	return d
}

// Len is the number of tokens so far.
func (d *Decoder) Len() int { return d.caches[0].Len() }

// Reset forgets all tokens, and the rounded weights.
func (d *Decoder) Reset() {
	d.rewind()
	d.blocks, d.head = nil, nil
}

// rewind forgets all tokens.
func (d *Decoder) rewind() {
	for _, c := range d.caches {
		c.Reset()
	}
}

// Next takes the next tokens, at least one, and returns the logits [V] of the one
// that follows them, in logits if that has room. It panics with a
// *tensor.ShapeError if there are more tokens than the context of the model.
func (d *Decoder) Next(logits []float32, tokens ...int32) []float32 {
	if n := d.Len(); len(tokens) < 1 || n+len(tokens) > d.model.Context {
		panic(&tensor.ShapeError{Layer: "Decoder", Got: []int{1, len(tokens)}, Want: []int{1, d.model.Context - n}, Why: fmt.Sprintf("after %d tokens it takes 1 or more, up to a context of %d", n, d.model.Context)})
	}
	defer d.scope.End()
	h := d.read(tokens)
	last := d.scope.New(1, 1, d.model.Width)
	copy(last.Peek(), h.Peek()[(len(tokens)-1)*d.model.Width:])
	z := tensor.RMSNorm(last, tensor.NormEps)
	logits = slices.Grow(logits[:0], d.model.Vocab)[:d.model.Vocab]
	d.head.multiply(logits, z.Peek())
	return logits
}

// take is Next for tokens whose logits nobody wants to know.
func (d *Decoder) take(tokens []int32) {
	d.read(tokens)
	d.scope.End()
}

// prepare rounds the weights of one block more, or puts those of the head in order,
// and reports whether that is done for all.
func (d *Decoder) prepare() (done bool) {
	switch n := len(d.blocks); {
	case n < len(d.model.Blocks):
		d.blocks = append(d.blocks, d.model.Blocks[n].freeze())
	case d.head == nil:
		d.head = newRowHead(d.model.Head)
	}
	return d.head != nil
}

// read takes tokens, and returns the result of the last block [1×T×D].
func (d *Decoder) read(tokens []int32) *tensor.Tensor {
	for !d.prepare() {
	}
	x := d.scope.New(1, len(tokens))
	for i, t := range tokens {
		x.Peek()[i] = float32(t)
	}
	h := d.model.embed(x)
	for i, b := range d.blocks {
		y := b.forward(h, d.caches[i])
		tensor.Done(h)
		h = y
	}
	return h
}
