package nn

import (
	"fmt"

	"setun/runtime/tensor"
)

// An Embedding gives, for each token, its row of a table that is learnt.
type Embedding struct {
	Vocab, Width int            // V, D
	Weight       *tensor.Tensor // [V×D], at first normal with deviation 0.02
}

// NewEmbedding returns the embedding of vocab tokens in width numbers.
func NewEmbedding(vocab, width int) *Embedding {
	needWidths("Embedding", vocab, width)
	return &Embedding{vocab, width, tensor.ParamInit("weight", normal(0.02), vocab, width)}
}

// Forward returns y[…×D] for tokens x[…], whole numbers from 0 to V-1.
func (l *Embedding) Forward(x *tensor.Tensor) *tensor.Tensor { return tensor.Embedding(x, l.Weight) }

// Params returns the table.
func (l *Embedding) Params() []*tensor.Tensor { return []*tensor.Tensor{l.Weight} }

// String is the layer as a cell writes it.
func (l *Embedding) String() string { return fmt.Sprintf("Embedding(%d, %d)", l.Vocab, l.Width) }

// Describe is the layer's row in the table.
func (l *Embedding) Describe() Info {
	n := l.Weight.Len()
	return Info{Kind: "Embedding", In: "1", Out: fmt.Sprint(l.Width), Params: n, BitsPerWeight: 32, Bytes: 4 * n}
}

// widths: it takes any number of tokens a row.
func (l *Embedding) widths() (int, int) { return 0, l.Width }
