package data

import (
	"fmt"
	"iter"
	"sync"

	"setun/runtime/tensor"
)

// A Dataset is a labelled set of images in two parts: Train to learn from, Test
// to measure with. Classes names the labels in order.
type Dataset struct {
	Name    string
	Train   *Split
	Test    *Split
	Classes []string
}

// A Split is N labelled grey images of Height×Width pixels. Its images never
// change; what Next has dealt out is its only state, and Next is safe to call
// from several goroutines.
type Split struct {
	Height, Width int

	pixels []uint8 // N×Height×Width, row-major
	labels []uint8
	// scaled maps a pixel to float32 in [0, 1]: p/255.
	scaled [256]float32

	mu   sync.Mutex
	next *Sampler // of Next; nil until then
}

// NewSplit makes a split of N images in pixels, one byte a pixel, row by row,
// and N labels. It keeps both slices: the caller no longer writes to them.
func NewSplit(height, width int, pixels, labels []uint8) (*Split, error) {
	if height < 1 || width < 1 || height > maxSide || width > maxSide {
		return nil, fmt.Errorf("data: images of %d×%d pixels; want sides of 1 to %d", height, width, maxSide)
	}
	if len(pixels) != len(labels)*height*width {
		return nil, fmt.Errorf("data: %d labels want %d×%d×%d pixels, got %d", len(labels), len(labels), height, width, len(pixels))
	}
	if len(labels) == 0 {
		return nil, fmt.Errorf("data: a split without samples")
	}
	s := &Split{Height: height, Width: width, pixels: pixels, labels: labels}
	for p := range s.scaled {
		s.scaled[p] = float32(p) / 255
	}
	return s, nil
}

// Len is the number of samples.
func (s *Split) Len() int { return len(s.labels) }

// Features is the width of a sample as a network sees it: Height×Width.
func (s *Split) Features() int { return s.Height * s.Width }

// Label is the class of sample i.
func (s *Split) Label(i int) int { return int(s.labels[i]) }

// Image is a copy of the pixels of sample i, row by row.
func (s *Split) Image(i int) []uint8 {
	w := s.Features()
	return append([]uint8(nil), s.pixels[i*w:(i+1)*w]...)
}

// Counts is the number of samples of each class, up to the largest label.
func (s *Split) Counts() []int {
	var counts [256]int
	most := 0
	for _, l := range s.labels {
		counts[l]++
		most = max(most, int(l))
	}
	return append([]int(nil), counts[:most+1]...)
}

// Slice is the split of samples lo to hi-1, with an order of its own; the images
// are shared, not copied.
func (s *Split) Slice(lo, hi int) (*Split, error) {
	if lo < 0 || hi > s.Len() || lo >= hi {
		return nil, fmt.Errorf("data: Slice(%d, %d) of %d samples", lo, hi, s.Len())
	}
	w := s.Features()
	return NewSplit(s.Height, s.Width, s.pixels[lo*w:hi*w:hi*w], s.labels[lo:hi:hi])
}

// Batch makes a batch of the samples with the given indices:
// x [B, Height×Width] in [0, 1], y [B].
func (s *Split) Batch(indices []int) (x *tensor.Tensor, y tensor.Labels) {
	x = tensor.New(len(indices), s.Features())
	y = make(tensor.Labels, len(indices))
	s.BatchInto(x, y, indices)
	return x, y
}

// BatchInto is Batch into a tensor [B, Height×Width] and labels [B] that the
// caller owns and that nobody else holds.
func (s *Split) BatchInto(x *tensor.Tensor, y tensor.Labels, indices []int) {
	w, out := s.Features(), x.Peek()
	if len(out) != len(indices)*w || len(y) != len(indices) {
		panic(fmt.Errorf("data: a batch of %d×%d pixels into a tensor %v and %d labels", len(indices), w, x.Shape(), len(y)))
	}
	for b, i := range indices {
		if i < 0 || i >= s.Len() {
			panic(fmt.Errorf("data: sample %d of %d", i, s.Len()))
		}
		y[b] = int32(s.labels[i])
	}
	f := fills.Take()
	*f = fill{s, out, indices}
	tensor.ShareRows(len(indices), w, f)
	fills.Give(f)
}

// fill writes the images of indices to out, scaled, as a task over indices.
type fill struct {
	split   *Split
	out     []float32
	indices []int
}

var fills tensor.Recycled[fill]

func (f *fill) Piece(lo, hi int) {
	s, w := f.split, f.split.Features()
	for b := lo; b < hi; b++ {
		i, row := f.indices[b], f.out[b*w:(b+1)*w]
		for k, p := range s.pixels[i*w : (i+1)*w] {
			row[k] = s.scaled[p]
		}
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
// split: x [n, Height×Width] in [0, 1], y [n]. The order is that of seed 1
// until Reset or Seek.
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
