package data

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"iter"
	"slices"
	"sync"

	"setun/runtime/tensor"
)

// A Split is N labelled samples of one shape: images ([NewSplit]), sequences of
// text ([NewText]) or any numbers ([NewVectors]). Its samples never change; what
// Next has dealt out is its only state, and Next is safe to call from several
// goroutines.
type Split struct {
	samples samples
	picks   []int // the samples of the split, in order; nil: all

	mu   sync.Mutex
	next *Sampler // of Next; nil until then
}

// samples is a way to keep samples, numbered from 0.
type samples interface {
	count() int
	shape() []int // of one sample
	labels() int  // of one sample
	// read writes sample i to x and its labels to y; nil for what is not wanted.
	read(x []float32, y tensor.Labels, i int)
	// hash adds sample i, with its labels, to h.
	hash(h hash.Hash, i int)
}

// Len is the number of samples.
func (s *Split) Len() int {
	if s.picks != nil {
		return len(s.picks)
	}
	return s.samples.count()
}

// Shape is that of one sample as a network sees it: [784], [C,H,W], or [T] for T
// tokens of text. It is not to be changed.
func (s *Split) Shape() []int { return s.samples.shape() }

// Features is the number of values of a sample: the product of its shape.
func (s *Split) Features() int {
	n := 1
	for _, d := range s.Shape() {
		n *= d
	}
	return n
}

// Labels is the number of labels of a sample: 1, or T for a text of T tokens,
// each with the token that follows.
func (s *Split) Labels() int { return s.samples.labels() }

// Label is the class of sample i, the first label where it has several.
func (s *Split) Label(i int) int {
	if s.Labels() == 1 {
		var y [1]int32
		s.samples.read(nil, y[:], s.place(i))
		return int(y[0])
	}
	y := make(tensor.Labels, s.Labels())
	s.samples.read(nil, y, s.place(i))
	return int(y[0])
}

// Counts is how often each label occurs, up to the largest.
func (s *Split) Counts() []int {
	var counts []int
	y := make(tensor.Labels, s.Labels())
	for i := range s.Len() {
		s.samples.read(nil, y, s.place(i))
		for _, l := range y {
			if int(l) >= len(counts) {
				counts = append(counts, make([]int, int(l)+1-len(counts))...)
			}
			counts[l]++
		}
	}
	return counts
}

// place is where sample i of the split is among its samples.
func (s *Split) place(i int) int {
	if i < 0 || i >= s.Len() {
		panic(fmt.Errorf("data: sample %d of %d", i, s.Len()))
	}
	if s.picks != nil {
		return s.picks[i]
	}
	return i
}

// Select is the split of the samples with the given indices, in that order, with
// a dealing of its own; the samples are shared, not copied.
func (s *Split) Select(indices []int) (*Split, error) {
	if len(indices) == 0 {
		return nil, fmt.Errorf("data: a split without samples")
	}
	picks := make([]int, len(indices))
	for k, i := range indices {
		if i < 0 || i >= s.Len() {
			return nil, fmt.Errorf("data: Select of sample %d of %d", i, s.Len())
		}
		picks[k] = s.place(i)
	}
	return &Split{samples: s.samples, picks: picks}, nil
}

// Slice is the split of samples lo to hi-1, as by Select.
func (s *Split) Slice(lo, hi int) (*Split, error) {
	if lo < 0 || hi > s.Len() || lo >= hi {
		return nil, fmt.Errorf("data: Slice(%d, %d) of %d samples", lo, hi, s.Len())
	}
	indices := make([]int, hi-lo)
	for i := range indices {
		indices[i] = lo + i
	}
	return s.Select(indices)
}

// Hash is the SHA-256 of the samples and their labels, in order.
func (s *Split) Hash() [32]byte {
	h := sha256.New()
	fmt.Fprintf(h, "%d samples of %v with %d labels\n", s.Len(), s.Shape(), s.Labels())
	for i := range s.Len() {
		s.samples.hash(h, s.place(i))
	}
	return [32]byte(h.Sum(nil))
}

// Batch makes a batch of the B samples with the given indices: x [B, Shape…] and
// y [B·Labels], the labels of a sample side by side.
func (s *Split) Batch(indices []int) (x *tensor.Tensor, y tensor.Labels) {
	x = tensor.New(s.BatchShape(len(indices))...)
	y = make(tensor.Labels, len(indices)*s.Labels())
	s.BatchInto(x, y, indices)
	return x, y
}

// BatchShape is the shape of a batch of n samples.
func (s *Split) BatchShape(n int) []int { return slices.Concat([]int{n}, s.Shape()) }

// BatchInto is Batch into a tensor and labels that the caller owns and that
// nobody else holds.
func (s *Split) BatchInto(x *tensor.Tensor, y tensor.Labels, indices []int) {
	w, out := s.Features(), x.Peek()
	if len(out) != len(indices)*w || len(y) != len(indices)*s.Labels() {
		panic(fmt.Errorf("data: a batch of %d samples of %v, each with %d labels, into a tensor %v and %d labels", len(indices), s.Shape(), s.Labels(), x.Shape(), len(y)))
	}
	for _, i := range indices {
		s.place(i)
	}
	f := fills.Take()
	*f = fill{s, out, y, indices}
	tensor.ShareRows(len(indices), w, f)
	fills.Give(f)
}

// fill writes the samples of indices to x and y, as a task over indices.
type fill struct {
	split   *Split
	x       []float32
	y       tensor.Labels
	indices []int
}

var fills tensor.Recycled[fill]

func (f *fill) Piece(lo, hi int) {
	s := f.split
	w, labels := s.Features(), s.Labels()
	for b := lo; b < hi; b++ {
		s.samples.read(f.x[b*w:(b+1)*w], f.y[b*labels:(b+1)*labels], s.place(f.indices[b]))
	}
}

// Batches deals the split out once, in its own order, size samples at a time;
// the last batch holds what is left. This is the order to measure in.
func (s *Split) Batches(size int) iter.Seq2[*tensor.Tensor, tensor.Labels] {
	if size < 1 {
		panic(fmt.Errorf("data: batches of %d samples; want at least 1", size))
	}
	return func(yield func(*tensor.Tensor, tensor.Labels) bool) {
		for lo := 0; lo < s.Len(); lo += size {
			indices := make([]int, min(size, s.Len()-lo))
			for i := range indices {
				indices[i] = lo + i
			}
			if !yield(s.Batch(indices)) {
				return
			}
		}
	}
}

// Next makes a batch of the next n samples of an endless shuffled pass over the
// split: x [n, Shape…], y [n·Labels]. The order is that of seed 1 until Reset or
// Seek.
func (s *Split) Next(n int) (x *tensor.Tensor, y tensor.Labels) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sampler().Next(n)
}

// Reset makes Next start again from the beginning, in the order of seed.
func (s *Split) Reset(seed uint64) { s.Seek(Position{Seed: seed}) }

// Position is where Next stands.
func (s *Split) Position() Position {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sampler().Position()
}

// Seek makes Next go on from p, which may come from Position of this split in
// another process.
func (s *Split) Seek(p Position) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sampler().Seek(p)
}

func (s *Split) sampler() *Sampler {
	if s.next == nil {
		s.next = s.Sampler(1)
	}
	return s.next
}
