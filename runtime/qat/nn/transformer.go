package nn

import (
	"fmt"

	"setun/runtime/qat/token"
	"setun/runtime/tensor"
)

// Transformer is the size of a BitNet language model.
type Transformer struct {
	Vocab   int // V, the number of tokens
	Context int // the longest T
	Width   int // D
	Layers  int
	Heads   int // of queries
	Groups  int // heads of keys and values; as many as Heads if 0
	Hidden  int // of the feed-forward layers; 4·D if 0

	Theta     float64 // of the rotary position embeddings; 500000 if 0
	Float     bool    // the same network in float32: the twin to compare with
	Untied    bool    // the head has weights of its own, not those of the embedding
	Recompute bool    // blocks keep only their inputs for the backward; see Checkpoint

	// Tokenizer is what the tokens are, for Generate; bytes if nil.
	Tokenizer token.Tokenizer
}

// A BitNetLM is a causal language model: embedding, blocks, norm and head. The
// projections of the blocks are BitLinear; embedding and head are float32.
type BitNetLM struct {
	Transformer                // with the defaults filled in
	Table       *tensor.Tensor // the embedding [V×D]
	Head        *tensor.Tensor // [V×D]; Table unless untied
	Blocks      []*Block

	run  []Module // the blocks, or their checkpoints
	seed uint64

	watched
}

// NewBitNetLM returns the model of that size, its weights drawn from
// [tensor.DefaultSeed] unless Init says otherwise. It panics with a
// *tensor.OpError if the sizes make no sense.
func NewBitNetLM(t Transformer) *BitNetLM {
	t = t.filled()
	m := &BitNetLM{Transformer: t, seed: tensor.DefaultSeed}
	m.Table = tensor.ParamInit("embedding.weight", normal(0.02), t.Vocab, t.Width)
	m.Head = m.Table
	if t.Untied {
		m.Head = tensor.ParamInit("head.weight", normal(0.02), t.Vocab, t.Width)
	}
	size := AttentionSize{Width: t.Width, Heads: t.Heads, Groups: t.Groups, Float: t.Float}
	rotation := tensor.NewRotation(t.Width/t.Heads, t.Context, t.Theta)
	for i := range t.Layers {
		prefix := fmt.Sprintf("blocks.%d.", i)
		b := &Block{
			Attention:   newAttention(prefix, size, rotation),
			FeedForward: newFeedForward(prefix, t.Float, t.Width, t.Hidden),
		}
		m.Blocks = append(m.Blocks, b)
	}
	m.SetRecompute(t.Recompute)
	return m
}

// SetRecompute says whether the blocks keep only their inputs for the backward
// from now on: less memory for more time, and the same bits.
func (m *BitNetLM) SetRecompute(on bool) {
	m.Recompute = on
	m.run = nil
	for _, b := range m.Blocks {
		if on {
			m.run = append(m.run, Checkpoint(b))
		} else {
			m.run = append(m.run, b)
		}
	}
}

// filled is t with its defaults, checked.
func (t Transformer) filled() Transformer {
	if t.Groups == 0 {
		t.Groups = t.Heads
	}
	if t.Hidden == 0 {
		t.Hidden = 4 * t.Width
	}
	if t.Theta == 0 {
		t.Theta = 500000
	}
	refuse := func(format string, a ...any) {
		panic(&tensor.OpError{Op: "BitNetLM", Why: fmt.Sprintf(format, a...)})
	}
	for _, n := range []int{t.Vocab, t.Context, t.Width, t.Layers, t.Heads, t.Groups, t.Hidden} {
		if n < 1 {
			refuse("vocabulary, context, width, layers, heads and hidden width are at least 1, got %+v", t)
		}
	}
	switch {
	case t.Vocab > tensor.MaxTokens:
		refuse("%d tokens are more than %d", t.Vocab, tensor.MaxTokens)
	case t.Width%(2*t.Heads) != 0:
		refuse("a width of %d is not made of %d heads of an even size", t.Width, t.Heads)
	case t.Heads%t.Groups != 0:
		refuse("%d query heads cannot share %d heads of keys and values evenly", t.Heads, t.Groups)
	}
	return t
}

// Init draws all weights anew from seed and returns m.
func (m *BitNetLM) Init(seed uint64) *BitNetLM {
	m.seed = seed
	for _, p := range m.Params() {
		p.Redraw(seed, p.Name())
	}
	return m
}

// Seed returns the seed of the last Init.
func (m *BitNetLM) Seed() uint64 { return m.seed }

// Forward returns the logits [B×T×V] of the token after each of the tokens
// x[B×T], which are whole numbers from 0 to V-1.
func (m *BitNetLM) Forward(x *tensor.Tensor) *tensor.Tensor {
	if x.Dims() != 2 || x.Dim(1) > m.Context {
		panic(&tensor.ShapeError{Layer: "BitNetLM", Got: x.Shape(), Want: []int{0, m.Context}, Why: fmt.Sprintf("it takes a batch of up to %d tokens each", m.Context)})
	}
	h := m.embed(x)
	for i, b := range m.run {
		y := b.Forward(h)
		m.showLayer("blocks.", i, y)
		tensor.Done(h)
		h = y
	}
	logits := m.predict(h)
	tensor.Done(h)
	return logits
}

// embed returns the rows of the embedding for the tokens x.
func (m *BitNetLM) embed(x *tensor.Tensor) *tensor.Tensor { return tensor.Embedding(x, m.Table) }

// predict returns the logits for the result of the last block.
func (m *BitNetLM) predict(h *tensor.Tensor) *tensor.Tensor {
	z := tensor.RMSNorm(h, tensor.NormEps)
	logits := tensor.Linear(z, m.Head)
	tensor.Done(z)
	return logits
}

// Params returns the embedding, the weights of the blocks in order, and those of
// the head if it has its own.
func (m *BitNetLM) Params() []*tensor.Tensor {
	all := []*tensor.Tensor{m.Table}
	for _, b := range m.Blocks {
		all = append(all, b.Params()...)
	}
	if m.Untied {
		all = append(all, m.Head)
	}
	return all
}

// String says the sizes.
func (m *BitNetLM) String() string {
	kind := "BitNetLM"
	if m.Float {
		kind = "float32 twin of BitNetLM"
	}
	return fmt.Sprintf("%s of width %d, %d layers, %d heads, context %d, %d tokens", kind, m.Width, m.Layers, m.Heads, m.Context, m.Vocab)
}

// describe appends the rows of the embedding, of each block and of the head.
func (m *BitNetLM) describe(rows []Info, name string) []Info {
	if name != "" {
		name += "."
	}
	table := Info{
		Name: name + "embedding", Kind: "Embedding", In: "1", Out: fmt.Sprint(m.Width),
		Params: m.Table.Len(), BitsPerWeight: 32, Bytes: 4 * m.Table.Len(),
	}
	rows = append(rows, table)
	for i, b := range m.Blocks {
		rows = describeProjections(rows, fmt.Sprintf("%sblocks.%d", name, i), b.Children())
	}
	head := Info{Name: name + "head", Kind: "Linear", In: fmt.Sprint(m.Width), Out: fmt.Sprint(m.Vocab)}
	if m.Untied { // else its weights are those of the embedding
		head.Params, head.BitsPerWeight, head.Bytes = m.Head.Len(), 32, 4*m.Head.Len()
	}
	return append(rows, head)
}

// normal draws from the normal distribution of that deviation.
func normal(deviation float32) tensor.Init {
	return func(rng *tensor.RNG, w []float32) {
		for i := range w {
			w[i] = float32(deviation * rng.Normal())
		}
	}
}
