package token

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// A BPE is a tokenizer by byte pair encoding (Sennrich, Haddow and Birch, Neural
// Machine Translation of Rare Words with Subword Units, 1508.07909), on bytes as
// in GPT-2. Tokens 0 to 255 are the bytes; token 256+i is what Merges[i] joins.
//
// A text is cut into words first, each with the space before it, and no token
// goes beyond a word.
type BPE struct {
	merges []Merge
	rank   map[Merge]int32 // the token that a pair becomes
	texts  []string        // of each token
}

// A Merge is two tokens that become one.
type Merge struct{ Left, Right int32 }

// MaxVocab bounds the number of tokens.
const MaxVocab = 1 << 20

// NewBPE returns the tokenizer of those merges, in order: each joins bytes and
// what the ones before it have joined.
func NewBPE(merges []Merge) (*BPE, error) {
	if len(merges) > MaxVocab-256 {
		return nil, fmt.Errorf("token: %d merges; want at most %d", len(merges), MaxVocab-256)
	}
	b := &BPE{merges: append([]Merge(nil), merges...), rank: make(map[Merge]int32, len(merges)), texts: make([]string, 256, 256+len(merges))}
	for i := range b.texts {
		b.texts[i] = string([]byte{byte(i)})
	}
	for i, m := range merges {
		next := int32(256 + i)
		if m.Left < 0 || m.Right < 0 || m.Left >= next || m.Right >= next {
			return nil, fmt.Errorf("token: merge %d joins %d and %d; want tokens from 0 to %d", i, m.Left, m.Right, next-1)
		}
		if _, twice := b.rank[m]; twice {
			return nil, fmt.Errorf("token: merge %d joins %d and %d once more", i, m.Left, m.Right)
		}
		text := b.texts[m.Left] + b.texts[m.Right]
		if len(text) > maxWord {
			return nil, fmt.Errorf("token: merge %d makes a token of %d bytes; want at most %d", i, len(text), maxWord)
		}
		b.rank[m] = next
		b.texts = append(b.texts, text)
	}
	return b, nil
}

// Merges returns the merges, in order.
func (b *BPE) Merges() []Merge { return append([]Merge(nil), b.merges...) }

// Vocab is 256 and the number of merges.
func (b *BPE) Vocab() int { return len(b.texts) }

// Text is the text of one token, which need not be whole characters.
func (b *BPE) Text(token int32) string {
	if token < 0 || int(token) >= len(b.texts) {
		refuse(token, len(b.texts))
	}
	return b.texts[token]
}

// Encode cuts text into words and joins the pairs of each, the earliest merge
// first.
func (b *BPE) Encode(text string) []int32 {
	tokens := make([]int32, 0, len(text)/3+1)
	known := map[string][]int32{}
	for len(text) > 0 {
		n := wordLen(text)
		word := text[:n]
		text = text[n:]
		t, ok := known[word]
		if !ok {
			t = b.word(word)
			known[word] = t
		}
		tokens = append(tokens, t...)
	}
	return tokens
}

// word returns the tokens of one word.
func (b *BPE) word(word string) []int32 {
	tokens := Bytes{}.Encode(word)
	for {
		first := int32(MaxVocab) // the earliest merge there is
		for i := range len(tokens) - 1 {
			if t, ok := b.rank[Merge{tokens[i], tokens[i+1]}]; ok {
				first = min(first, t)
			}
		}
		if first == MaxVocab {
			return tokens
		}
		tokens = join(tokens, b.merges[first-256], first)
	}
}

// join replaces each pair m in tokens, from the left, by t.
func join(tokens []int32, m Merge, t int32) []int32 {
	out := tokens[:0]
	for i := 0; i < len(tokens); i++ {
		if i+1 < len(tokens) && tokens[i] == m.Left && tokens[i+1] == m.Right {
			out = append(out, t)
			i++
			continue
		}
		out = append(out, tokens[i])
	}
	return out
}

// Decode returns the text of tokens.
func (b *BPE) Decode(tokens []int32) string {
	var text []byte
	for _, t := range tokens {
		text = append(text, b.Text(t)...)
	}
	return string(text)
}

func (b *BPE) String() string { return fmt.Sprintf("BPE of %d tokens", b.Vocab()) }

func refuse(token int32, vocab int) {
	panic(fmt.Errorf("token: %d is none of the %d tokens (0 to %d)", token, vocab, vocab-1))
}

// maxWord is the longest word, in bytes; what is longer is cut.
const maxWord = 64

// The kinds of characters that words are made of.
const (
	letters = iota
	digits
	spaces
	others
)

func kindOf(r rune) int {
	switch {
	case unicode.IsLetter(r) || unicode.IsMark(r):
		return letters
	case unicode.IsNumber(r):
		return digits
	case unicode.IsSpace(r):
		return spaces
	}
	return others
}

// wordLen is the length of the first word of text, which is not empty: characters
// of one kind, with one space before them if they are no spaces. Of more spaces,
// the last belongs to the word after them.
func wordLen(text string) int {
	n := 0
	if len(text) > 1 && text[0] == ' ' {
		if r, _ := utf8.DecodeRuneInString(text[1:]); kindOf(r) != spaces {
			n = 1
		}
	}
	r, _ := utf8.DecodeRuneInString(text[n:])
	kind := kindOf(r)
	last := n // where the last character starts
	for n < len(text) && n < maxWord {
		r, size := utf8.DecodeRuneInString(text[n:])
		if kindOf(r) != kind {
			break
		}
		last = n
		n += size
	}
	if kind == spaces && n < len(text) && last > 0 && text[last] == ' ' {
		return last
	}
	return n
}
