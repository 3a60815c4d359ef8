package data

import (
	"encoding/binary"
	"fmt"
	"hash"
	"math"

	"setun/runtime/tensor"
)

// vectors are samples that are numbers of any shape, with one label each.
type vectors struct {
	x    []float32
	y    tensor.Labels
	each []int // the shape of one
	size int   // its product
}

// NewVectors makes a split of N samples x [N, …] with labels y [N]: data of your
// own. It keeps both: the caller no longer writes to them.
//
//	points, err := NewVectors(tensor.From(values, 100, 2), labels)
func NewVectors(x *tensor.Tensor, y tensor.Labels) (*Split, error) {
	if x.Dims() < 2 || x.Dim(0) != len(y) {
		return nil, fmt.Errorf("data: %d labels for samples %s; want [N, …] and N labels", len(y), tensor.FormatShape(x.Shape()))
	}
	for i, l := range y {
		if l < 0 {
			return nil, fmt.Errorf("data: label %d of sample %d; want 0 or more", l, i)
		}
	}
	return &Split{samples: &vectors{x: x.Data(), y: y, each: x.Shape()[1:], size: x.Len() / len(y)}}, nil
}

func (v *vectors) count() int   { return len(v.y) }
func (v *vectors) shape() []int { return v.each }
func (v *vectors) labels() int  { return 1 }

func (v *vectors) read(x []float32, y tensor.Labels, i int) {
	if y != nil {
		y[0] = v.y[i]
	}
	if x != nil {
		copy(x, v.x[i*v.size:])
	}
}

func (v *vectors) hash(h hash.Hash, i int) {
	var word [4]byte
	for _, f := range v.x[i*v.size : (i+1)*v.size] {
		binary.LittleEndian.PutUint32(word[:], math.Float32bits(f))
		h.Write(word[:])
	}
	binary.LittleEndian.PutUint32(word[:], uint32(v.y[i]))
	h.Write(word[:])
}
