package nn

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"unicode/utf8"

	"setun/runtime/asm"
	"setun/runtime/qat/token"
	"setun/runtime/tensor"
)

// Sampling is how the next token is chosen, again and again. The zero value is
// the most likely token, 100 times.
type Sampling struct {
	Tokens int // how many; 100 if 0
	// Temperature divides the logits: below 1 the likely tokens become likelier.
	// 0 takes the most likely one.
	Temperature float64
	// TopK keeps the k most likely tokens, all if 0 (Fan, Lewis and Dauphin,
	// 1805.04833).
	TopK int
	// TopP keeps the most likely tokens that together have a probability of p, all
	// if 0 (Holtzman et al., nucleus sampling, 1904.09751).
	TopP float64
	Seed uint64 // of the choices; 1 if 0
}

// check returns what is wrong with s.
func (s Sampling) check() error {
	var wrong []error
	if s.Tokens < 0 || s.TopK < 0 {
		wrong = append(wrong, fmt.Errorf("nn: sampling of %d tokens among the %d most likely; want none of them negative", s.Tokens, s.TopK))
	}
	if !(s.Temperature >= 0) || math.IsInf(s.Temperature, 1) {
		wrong = append(wrong, fmt.Errorf("nn: sampling at a temperature of %g; want 0 or more", s.Temperature))
	}
	if !(s.TopP >= 0 && s.TopP <= 1) {
		wrong = append(wrong, fmt.Errorf("nn: sampling among a share of %g; want 0 to 1", s.TopP))
	}
	return errors.Join(wrong...)
}

// A Limit ends a text before all of its tokens are there, when its context ends. In
// a notebook the session gives one, the running cell.
type Limit interface{ Limit() context.Context }

// Generate returns prompt and the text that the model goes on with, as far as it has
// come when a limit ends it. When the text is longer than the model's context, the
// model goes on from the last half of it.
//
// It panics with an error if s makes no sense, or if tokens are not bytes and the
// model has no Tokenizer.
func (m *BitNetLM) Generate(prompt string, s Sampling, limits ...Limit) string {
	text := []byte(prompt)
	for piece := range m.Stream(prompt, s, limits...) {
		text = append(text, piece...)
	}
	return string(text)
}

// Stream gives the text that [BitNetLM.Generate] adds to prompt, piece by piece as
// it comes: a piece is a token, or what together makes up a character.
//
//	for piece := range lm.Stream("The rays of light", nn.Sampling{Tokens: 80}) {
//		fmt.Print(piece)
//	}
func (m *BitNetLM) Stream(prompt string, s Sampling, limits ...Limit) iter.Seq[string] {
	t := m.tokenizer()
	ctx := context.Background()
	for _, l := range limits {
		ctx = l.Limit()
	}
	tokens := m.Continue(ctx, t.Encode(prompt), s)
	return func(yield func(string) bool) {
		var waiting []byte // the beginning of a character
		for next := range tokens {
			waiting = append(waiting, t.Decode([]int32{next})...)
			whole := wholeCharacters(waiting)
			if whole == 0 {
				continue
			}
			if !yield(string(waiting[:whole])) {
				return
			}
			waiting = append(waiting[:0], waiting[whole:]...)
		}
		if len(waiting) > 0 {
			yield(string(waiting))
		}
	}
}

// wholeCharacters is how much of text ends with a character, or with what will never
// be one.
func wholeCharacters(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if last := text[len(text)-n:]; utf8.RuneStart(last[0]) {
			if !utf8.FullRune(last) {
				return len(text) - n
			}
			break
		}
	}
	return len(text)
}

// tokenizer is the model's, or bytes.
func (m *BitNetLM) tokenizer() token.Tokenizer {
	t := m.Tokenizer
	if t == nil {
		t = token.Bytes{}
	}
	if t.Vocab() != m.Vocab {
		panic(&tensor.OpError{Op: "BitNetLM", Why: fmt.Sprintf("it has %d tokens, and its tokenizer %d; set its Tokenizer", m.Vocab, t.Vocab())})
	}
	return t
}

// Continue gives the tokens that the model goes on with after those of a prompt,
// one by one; it stops early if ctx ends. A text without a beginning begins with
// token 0 unseen. It panics with an error if s makes no sense.
func (m *BitNetLM) Continue(ctx context.Context, prompt []int32, s Sampling) iter.Seq[int32] {
	if err := s.check(); err != nil {
		panic(err)
	}
	return func(yield func(int32) bool) {
		defer SetTraining(m, SetTraining(m, false))
		d, c := NewDecoder(m), newChooser(s, m.Vocab)
		seen := slices.Clone(prompt)
		if len(seen) == 0 {
			seen = append(seen, 0)
		}
		fresh := seen[max(0, len(seen)-m.Context):] // tokens that d does not know
		var logits []float32
		for ctx.Err() == nil && !d.prepare() {
		}
		for range cmp.Or(s.Tokens, 100) {
			if ctx.Err() != nil {
				return
			}
			if d.Len()+len(fresh) > m.Context {
				d.rewind()
				fresh = seen[len(seen)-(m.Context+1)/2:]
			}
			for len(fresh) > promptStep && ctx.Err() == nil {
				d.take(fresh[:promptStep])
				fresh = fresh[promptStep:]
			}
			logits = d.Next(logits, fresh...)
			next := c.choose(logits)
			if !yield(next) {
				return
			}
			seen = append(seen, next)
			fresh = seen[len(seen)-1:]
		}
	}
}

// promptStep is how many tokens of a prompt are taken between two looks at whether
// to stop: enough to fill a product, and for a network of 100 million weights some
// hundredths of a second.
const promptStep = 32

// chooser chooses tokens by their logits.
type chooser struct {
	Sampling
	rng   *tensor.RNG
	order []int32   // tokens, the likeliest first
	p     []float32 // what is proportional to their probabilities
}

func newChooser(s Sampling, vocab int) *chooser {
	return &chooser{Sampling: s, rng: tensor.NewRNG(cmp.Or(s.Seed, 1)).Split("sampling"), order: make([]int32, vocab), p: make([]float32, vocab)}
}

// choose returns a token. Of equally likely ones the smaller number comes first.
func (c *chooser) choose(logits []float32) int32 {
	order := c.likeliest(logits)
	if c.Temperature == 0 {
		return order[0]
	}
	// p = exp((logit − the largest)/temperature), by the exponential that is the
	// same on every machine; the sums go from the likeliest on.
	p := c.p[:len(order)]
	for i, t := range order {
		p[i] = float32(float64(logits[t]-logits[order[0]]) / c.Temperature)
	}
	asm.Exp(p, p)
	total := 0.0
	for _, v := range p {
		total += float64(v)
	}
	if c.TopP > 0 {
		sum, n := 0.0, 0
		for n < len(p) && (n == 0 || sum < c.TopP*total) {
			sum += float64(p[n])
			n++
		}
		p, total = p[:n], sum
	}
	left := float64(c.rng.Uniform()) * total
	for i, v := range p {
		if left -= float64(v); left < 0 {
			return order[i]
		}
	}
	return order[len(p)-1]
}

// likeliest returns the tokens to choose from, the likeliest first.
func (c *chooser) likeliest(logits []float32) []int32 {
	before := func(a, b int32) int {
		return cmp.Or(cmp.Compare(logits[b], logits[a]), cmp.Compare(a, b))
	}
	n := len(logits)
	if c.TopK > 0 {
		n = min(n, c.TopK)
	}
	if c.Temperature == 0 {
		n = 1
	}
	order := c.order[:n]
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, before)
	// Most of the others are less likely than the last one here.
	for t := int32(n); int(t) < len(logits); t++ {
		if before(t, order[n-1]) < 0 {
			at, _ := slices.BinarySearchFunc(order, t, before)
			copy(order[at+1:], order[at:n-1])
			order[at] = t
		}
	}
	return order
}
