package data

import (
	"fmt"
	"hash"

	"setun/runtime/tensor"
)

// images are grey pictures, one byte a pixel, and one label for each.
type images struct {
	height, width int
	pixels        []uint8 // N×Height×Width, row-major
	classes       []uint8 // N
	flat          []int   // [Height·Width]
	// scaled maps a pixel to float32 in [0, 1]: p/255.
	scaled [256]float32
}

// NewSplit makes a split of N grey images in pixels, one byte a pixel, row by
// row, and N labels; a network sees an image as Height·Width numbers in [0, 1].
// It keeps both slices: the caller no longer writes to them.
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
	m := &images{height: height, width: width, pixels: pixels, classes: labels, flat: []int{height * width}}
	for p := range m.scaled {
		m.scaled[p] = float32(p) / 255
	}
	return &Split{samples: m}, nil
}

func (m *images) count() int   { return len(m.classes) }
func (m *images) shape() []int { return m.flat }
func (m *images) labels() int  { return 1 }

func (m *images) image(i int) []uint8 { return m.pixels[i*m.flat[0] : (i+1)*m.flat[0]] }

func (m *images) read(x []float32, y tensor.Labels, i int) {
	if y != nil {
		y[0] = int32(m.classes[i])
	}
	if x != nil {
		for k, p := range m.image(i) {
			x[k] = m.scaled[p]
		}
	}
}

func (m *images) hash(h hash.Hash, i int) {
	h.Write(m.image(i))
	h.Write(m.classes[i : i+1])
}

// Pixels is the size of the images; 0 and 0 if the samples are none.
func (s *Split) Pixels() (height, width int) {
	if m, ok := s.samples.(*images); ok {
		return m.height, m.width
	}
	return 0, 0
}

// Image is a copy of the pixels of sample i, row by row; nil if the samples are
// no images.
func (s *Split) Image(i int) []uint8 {
	i = s.place(i)
	if m, ok := s.samples.(*images); ok {
		return append([]uint8(nil), m.image(i)...)
	}
	return nil
}
