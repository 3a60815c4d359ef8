package data

import (
	"fmt"

	"setun/runtime/tensor"
)

// A Position is a place in the endless shuffled sequence of a split: Drawn
// samples after the start of the order that Seed names.
type Position struct {
	Seed  uint64
	Drawn int
}

// A Sampler deals a split out in an endless sequence of shuffled passes. Pass p
// is a permutation that depends on the seed and on p alone, so any position can
// be reached without playing the ones before it. Samplers share nothing: each
// run has its own. A Sampler is not safe for several goroutines at once.
type Sampler struct {
	split *Split
	at    Position
	order []int // the permutation of pass, once drawn
	pass  int
}

// Sampler returns a new sampler that stands at the start of the order of seed.
func (s *Split) Sampler(seed uint64) *Sampler {
	return &Sampler{split: s, at: Position{Seed: seed}}
}

// Position is where the sampler stands.
func (s *Sampler) Position() Position { return s.at }

// Seek moves the sampler to p.
func (s *Sampler) Seek(p Position) {
	if p.Drawn < 0 {
		panic(fmt.Errorf("data: position %d in the order of seed %d; want 0 or more", p.Drawn, p.Seed))
	}
	if p.Seed != s.at.Seed {
		s.order = nil
	}
	s.at = p
}

// Left is how many samples of the current pass have not been dealt yet; at the
// end of a pass it is the length of the next one.
func (s *Sampler) Left() int {
	n := s.split.Len()
	return n - s.at.Drawn%n
}

// Indices fills dst with the indices of the next samples.
func (s *Sampler) Indices(dst []int) {
	n := s.split.Len()
	for len(dst) > 0 {
		pass, from := s.at.Drawn/n, s.at.Drawn%n
		if s.order == nil || s.pass != pass {
			s.order = tensor.NewRNG(s.at.Seed).Split(fmt.Sprintf("pass %d", pass)).Perm(n)
			s.pass = pass
		}
		k := copy(dst, s.order[from:])
		s.at.Drawn += k
		dst = dst[k:]
	}
}

// Next makes a batch of the next n samples, across the end of a pass if need
// be: x [n, Shape…], y [n·Labels].
func (s *Sampler) Next(n int) (x *tensor.Tensor, y tensor.Labels) {
	if n < 1 {
		panic(fmt.Errorf("data: a batch of %d samples; want at least 1", n))
	}
	indices := make([]int, n)
	s.Indices(indices)
	return s.split.Batch(indices)
}
