package token

import (
	"cmp"
	"fmt"
	"slices"
)

// TrainBPE returns the BPE of so many tokens that is made from a text: again and
// again the pair of neighbours that occurs most often, and of equals the one of
// the smallest tokens, becomes a token. It stops early where no pair occurs twice.
func TrainBPE(text string, vocab int) (*BPE, error) {
	if vocab < 256 || vocab > MaxVocab {
		return nil, fmt.Errorf("token: a BPE of %d tokens; want 256, the bytes, to %d", vocab, MaxVocab)
	}
	t := newTrainer(text)
	var merges []Merge
	for 256+len(merges) < vocab {
		best, ok := t.best()
		if !ok {
			break
		}
		t.merge(best, int32(256+len(merges)))
		merges = append(merges, best)
	}
	return NewBPE(merges)
}

// trainer counts the pairs of a text, word by word: how often a word occurs
// multiplies what it holds.
type trainer struct {
	words  []word
	pairs  map[Merge]int          // how often each occurs
	places map[Merge]map[int]bool // the words that it may occur in
	length map[int32]int          // of tokens, in bytes
}

type word struct {
	tokens []int32
	times  int
}

func newTrainer(text string) *trainer {
	times := map[string]int{}
	for len(text) > 0 {
		n := wordLen(text)
		times[text[:n]]++
		text = text[n:]
	}
	t := &trainer{pairs: map[Merge]int{}, places: map[Merge]map[int]bool{}, length: map[int32]int{}}
	for b := range int32(256) {
		t.length[b] = 1
	}
	for w, n := range times {
		t.words = append(t.words, word{Bytes{}.Encode(w), n})
	}
	for i := range t.words {
		t.count(i, 1)
	}
	return t
}

// count adds the pairs of word i, or takes them away with a sign of −1.
func (t *trainer) count(i, sign int) {
	w := t.words[i]
	for k := range len(w.tokens) - 1 {
		m := Merge{w.tokens[k], w.tokens[k+1]}
		t.pairs[m] += sign * w.times
		if sign > 0 {
			if t.places[m] == nil {
				t.places[m] = map[int]bool{}
			}
			t.places[m][i] = true
		}
	}
}

// best returns the pair to be merged next.
func (t *trainer) best() (best Merge, ok bool) {
	most := 1
	for m, n := range t.pairs {
		if n < most || n < 2 || t.length[m.Left]+t.length[m.Right] > maxWord {
			continue
		}
		if n > most || !ok || smaller(m, best) {
			best, most, ok = m, n, true
		}
	}
	return best, ok
}

func smaller(a, b Merge) bool {
	return cmp.Or(cmp.Compare(a.Left, b.Left), cmp.Compare(a.Right, b.Right)) < 0
}

// merge makes m the token next in all words.
func (t *trainer) merge(m Merge, next int32) {
	t.length[next] = t.length[m.Left] + t.length[m.Right]
	for i := range t.places[m] {
		t.count(i, -1)
		t.words[i].tokens = slices.Clip(join(t.words[i].tokens, m, next))
		t.count(i, 1)
	}
	delete(t.pairs, m)
	delete(t.places, m)
}
