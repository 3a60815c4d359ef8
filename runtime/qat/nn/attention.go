package nn

import (
	"fmt"

	"setun/runtime/tensor"
)

// An Attention is causal attention of Heads query heads that share Groups heads of
// keys and values (Ainslie et al., GQA, 2305.13245), with rotary position
// embeddings (Su et al., 2104.09864):
//
//	y = O(softmax(q·kᵀ/√d)·v) with q, k rotated and q, k, v = QKV(x)
//
// Both projections normalise their inputs: the second is the SubLN of BitNet.
type Attention struct {
	Width         int // D
	Heads, Groups int
	QKV, O        *Projection

	rotation *tensor.Rotation
	watched
}

// An AttentionSize is how large an [Attention] is.
type AttentionSize struct {
	Width   int     // D
	Heads   int     // of queries
	Groups  int     // of keys and values; as many as Heads if 0
	Context int     // the longest sequence
	Theta   float64 // of the rotation; 500000 if 0
	Float   bool    // projections in float32
}

// NewAttention returns an attention layer of that size. It panics with a
// *tensor.OpError if the sizes make no sense.
func NewAttention(s AttentionSize) *Attention {
	if s.Groups == 0 {
		s.Groups = s.Heads
	}
	if s.Theta == 0 {
		s.Theta = 500000
	}
	refuse := func(format string, a ...any) {
		panic(&tensor.OpError{Op: "Attention", Why: fmt.Sprintf(format, a...)})
	}
	switch {
	case s.Width < 1 || s.Heads < 1 || s.Groups < 1 || s.Context < 1:
		refuse("width, heads and context are at least 1, got %+v", s)
	case s.Width%(2*s.Heads) != 0:
		refuse("a width of %d is not made of %d heads of an even size", s.Width, s.Heads)
	case s.Heads%s.Groups != 0:
		refuse("%d query heads cannot share %d heads of keys and values evenly", s.Heads, s.Groups)
	}
	a := newAttention("", s, tensor.NewRotation(s.Width/s.Heads, s.Context, s.Theta))
	return &a
}

func newAttention(prefix string, s AttentionSize, rotation *tensor.Rotation) Attention {
	shared := s.Groups * (s.Width / s.Heads)
	return Attention{
		Width: s.Width, Heads: s.Heads, Groups: s.Groups,
		QKV:      newProjection(prefix, s.Float, s.Width, []int{s.Width, shared, shared}, "q", "k", "v"),
		O:        newProjection(prefix, s.Float, s.Width, []int{s.Width}, "o"),
		rotation: rotation,
	}
}

// Forward returns y[B×T×D] for x[B×T×D].
func (a *Attention) Forward(x *tensor.Tensor) *tensor.Tensor {
	if x.Dims() != 3 || x.Dim(1) > a.rotation.Positions {
		panic(&tensor.ShapeError{Layer: a.title(), Got: x.Shape(), Want: []int{0, a.rotation.Positions, a.Width}, Why: fmt.Sprintf("it takes a batch of up to %d positions each", a.rotation.Positions)})
	}
	return a.attend(x, nil, &a.watched)
}

// attend is Forward for the positions of x that follow those in cache, if there is
// one; w is shown the results of the projections.
func (a *Attention) attend(x *tensor.Tensor, cache *tensor.KVCache, w *watched) *tensor.Tensor {
	first := 0
	if cache != nil {
		first = cache.Len()
	}
	qkv := a.QKV.Forward(x)
	w.show("qkv", qkv)
	rotated := tensor.RoPEFrom(qkv, a.Heads+a.Groups, a.rotation, first)
	tensor.Done(qkv)
	var heads *tensor.Tensor
	if cache != nil {
		heads = tensor.CachedAttention(rotated, a.Heads, a.Groups, cache)
	} else {
		heads = tensor.CausalAttention(rotated, a.Heads, a.Groups)
	}
	tensor.Done(rotated)
	y := a.O.Forward(heads)
	w.show("o", y)
	tensor.Done(heads)
	return y
}

// Params returns the parameters of the projections.
func (a *Attention) Params() []*tensor.Tensor { return append(a.QKV.Params(), a.O.Params()...) }

// Children are the projections.
func (a *Attention) Children() []Child { return []Child{{"qkv", a.QKV}, {"o", a.O}} }

// LongestInput is the number of positions that there are angles for.
func (a *Attention) LongestInput() int { return a.rotation.Positions }

// String says the sizes.
func (a *Attention) String() string {
	return fmt.Sprintf("Attention of width %d, %d heads, %d of keys and values", a.Width, a.Heads, a.Groups)
}

func (a *Attention) title() string      { return fmt.Sprintf("Attention %d", a.Width) }
func (a *Attention) widths() (int, int) { return a.Width, a.Width }

// A FeedForward is the gated feed-forward layer of BitNet b1.58 2B4T (2504.12285;
// Shazeer, 2002.05202): y = Down(f(gate)·up) with gate, up = Up(x), where f is
// relu² unless Gate says otherwise. Both projections normalise their inputs.
type FeedForward struct {
	Gate     tensor.Gate
	Up, Down *Projection
	watched
}

// NewFeedForward returns a gated feed-forward layer of width features, hidden ones
// inside.
func NewFeedForward(width, hidden int) *FeedForward {
	needWidths("FeedForward", width, hidden)
	f := newFeedForward("", false, width, hidden)
	return &f
}

func newFeedForward(prefix string, float bool, width, hidden int) FeedForward {
	return FeedForward{
		Up:   newProjection(prefix, float, width, []int{hidden, hidden}, "gate", "up"),
		Down: newProjection(prefix, float, hidden, []int{width}, "down"),
	}
}

// Forward returns y[…×D] for x[…×D].
func (f *FeedForward) Forward(x *tensor.Tensor) *tensor.Tensor {
	needInput(f, x, f.Up.In)
	return f.feed(x, &f.watched)
}

// feed is Forward; w is shown the results of the projections.
func (f *FeedForward) feed(x *tensor.Tensor, w *watched) *tensor.Tensor {
	up := f.Up.Forward(x)
	w.show("up", up)
	gated := tensor.Gated(up, f.Gate)
	tensor.Done(up)
	y := f.Down.Forward(gated)
	w.show("down", y)
	tensor.Done(gated)
	return y
}

// Params returns the parameters of the projections.
func (f *FeedForward) Params() []*tensor.Tensor { return append(f.Up.Params(), f.Down.Params()...) }

// Children are the projections.
func (f *FeedForward) Children() []Child { return []Child{{"up", f.Up}, {"down", f.Down}} }

// String says the sizes.
func (f *FeedForward) String() string {
	return fmt.Sprintf("FeedForward(%d, %d)", f.Up.In, f.Down.In)
}

func (f *FeedForward) title() string      { return f.String() }
func (f *FeedForward) widths() (int, int) { return f.Up.In, f.Up.In }
