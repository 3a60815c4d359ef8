package nn

import (
	"fmt"

	"setun/runtime/tensor"
)

// A Decoder runs a language model token by token: it keeps the keys and values of
// the tokens so far, and computes only what the next ones add. Its logits are the
// bits of those of [BitNetLM.Forward].
//
// It is for the weights as they are: after the model has learnt, Reset it.
type Decoder struct {
	model  *BitNetLM
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

// Reset forgets all tokens.
func (d *Decoder) Reset() {
	for _, c := range d.caches {
		c.Reset()
	}
}

// Next takes the next tokens, at least one, and returns the logits [V] of the one
// that follows them, in logits if that has room. It panics with a
// *tensor.ShapeError if there are more tokens than the context of the model.
func (d *Decoder) Next(logits []float32, tokens ...int32) []float32 {
	m := d.model
	if n := d.Len(); len(tokens) < 1 || n+len(tokens) > m.Context {
		panic(&tensor.ShapeError{Layer: "Decoder", Got: []int{1, len(tokens)}, Want: []int{1, m.Context - n}, Why: fmt.Sprintf("after %d tokens it takes 1 or more, up to a context of %d", n, m.Context)})
	}
	defer d.scope.End()
	x := d.scope.New(1, len(tokens))
	for i, t := range tokens {
		x.Peek()[i] = float32(t)
	}
	h := m.embed(x)
	for i, b := range m.Blocks {
		y := b.forward(h, d.caches[i])
		tensor.Done(h)
		h = y
	}
	last := d.scope.New(1, 1, m.Width)
	copy(last.Peek(), h.Peek()[(len(tokens)-1)*m.Width:])
	return append(logits[:0], m.predict(last).Peek()...)
}
