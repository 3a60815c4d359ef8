package nn

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"

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

// Generate returns prompt and the text that the model goes on with. When the text
// is longer than the model's context, the model goes on from the last half of it.
//
// It panics with an error if s makes no sense, or if tokens are not bytes and the
// model has no Tokenizer.
func (m *BitNetLM) Generate(prompt string, s Sampling) string {
	t := m.tokenizer()
	tokens := t.Encode(prompt)
	for next := range m.Continue(context.Background(), tokens, s) {
		tokens = append(tokens, next)
	}
	return t.Decode(tokens)
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
		for range cmp.Or(s.Tokens, 100) {
			if ctx.Err() != nil {
				return
			}
			if d.Len()+len(fresh) > m.Context {
				d.Reset()
				fresh = seen[len(seen)-(m.Context+1)/2:]
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
	order := c.order[:len(logits)]
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(logits[b], logits[a]), cmp.Compare(a, b))
	})
	if c.Temperature == 0 {
		return order[0]
	}
	if c.TopK > 0 && c.TopK < len(order) {
		order = order[:c.TopK]
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
