package data

import (
	"encoding/binary"
	"fmt"
	"hash"

	"setun/runtime/tensor"
)

// sequences are pieces of a text, T tokens each. The label of a token is the one
// that follows it.
type sequences struct {
	tokens []int32
	starts []int // where each begins in tokens
	length []int // [T]
}

// NewText makes a split of a text, given as tokens: sample i is the T tokens from
// place i·T on, as numbers, and its T labels are the tokens that follow each.
// What is left at the end is not used. It keeps the slice: the caller no longer
// writes to it.
func NewText(tokens []int32, length int) (*Split, error) {
	if length < 1 || length >= len(tokens) {
		return nil, fmt.Errorf("data: sequences of %d tokens from a text of %d; want at least 1, and one token more than that", length, len(tokens))
	}
	for i, t := range tokens {
		if t < 0 || t >= tensor.MaxTokens {
			return nil, fmt.Errorf("data: token %d at place %d of the text; want 0 to %d", t, i, tensor.MaxTokens-1)
		}
	}
	return &Split{samples: inSequence(tokens, length)}, nil
}

// inSequence are the pieces of a text, one after the other.
func inSequence(tokens []int32, length int) *sequences {
	s := &sequences{tokens: tokens, starts: make([]int, (len(tokens)-1)/length), length: []int{length}}
	for i := range s.starts {
		s.starts[i] = i * length
	}
	return s
}

func (s *sequences) count() int   { return len(s.starts) }
func (s *sequences) shape() []int { return s.length }
func (s *sequences) labels() int  { return s.length[0] }

func (s *sequences) read(x []float32, y tensor.Labels, i int) {
	at, t := s.starts[i], s.length[0]
	if y != nil {
		copy(y, s.tokens[at+1:][:t])
	}
	if x != nil {
		for k, token := range s.tokens[at:][:t] {
			x[k] = float32(token)
		}
	}
}

func (s *sequences) hash(h hash.Hash, i int) {
	var word [4]byte
	for _, token := range s.tokens[s.starts[i]:][:s.length[0]+1] {
		binary.LittleEndian.PutUint32(word[:], uint32(token))
		h.Write(word[:])
	}
}

// Tokens is a copy of the tokens of sample i; nil if the samples are no text.
func (s *Split) Tokens(i int) []int32 {
	i = s.place(i)
	if t, ok := s.samples.(*sequences); ok {
		return append([]int32(nil), t.tokens[t.starts[i]:][:t.length[0]]...)
	}
	return nil
}

// UpTo is the split with sequences of at most length tokens: s itself if they are
// not longer, or are no text, else their text cut anew, in order. What is left
// over where the text ends, or jumps to the next sequence, is not used.
func (s *Split) UpTo(length int) *Split {
	t, ok := s.samples.(*sequences)
	if !ok || length >= t.length[0] {
		return s
	}
	if length < 1 {
		panic(fmt.Errorf("data: sequences of up to %d tokens; want at least 1", length))
	}
	shorter := &sequences{tokens: t.tokens, length: []int{length}}
	for i := 0; i < s.Len(); {
		at := t.starts[s.place(i)]
		end := at
		for ; i < s.Len() && t.starts[s.place(i)] == end; i++ {
			end += t.length[0]
		}
		for ; at+length <= end; at += length {
			shorter.starts = append(shorter.starts, at)
		}
	}
	return &Split{samples: shorter}
}
