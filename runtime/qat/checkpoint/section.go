package checkpoint

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"math"
)

// A Section is a named array of numbers: one of Float32, Float64 and Bytes.
type Section struct {
	Name  string
	Shape []int // nil: as many as there are

	Float32 []float32
	Float64 []float64
	Bytes   []byte
}

// dtype is the kind of number in safetensors' terms, and its bytes.
func (s *Section) dtype() (name string, size int) {
	switch {
	case s.Float64 != nil:
		return "F64", 8
	case s.Float32 != nil:
		return "F32", 4
	}
	return "U8", 1
}

// sizes are the bytes of a number of each kind that a checkpoint may hold.
var sizes = map[string]int{"F64": 8, "F32": 4, "U8": 1}

// make returns the section as described by e, with room for its numbers.
func (e *entry) make(name string) Section {
	s := Section{Name: name, Shape: e.Shape}
	n := int(e.Offsets[1]-e.Offsets[0]) / sizes[e.DType]
	switch e.DType {
	case "F64":
		s.Float64 = make([]float64, n)
	case "F32":
		s.Float32 = make([]float32, n)
	default:
		s.Bytes = make([]byte, n)
	}
	return s
}

func (s *Section) len() int { return len(s.Float32) + len(s.Float64) + len(s.Bytes) }

func (s *Section) shape() []int {
	if s.Shape == nil {
		return []int{s.len()}
	}
	return s.Shape
}

// check refuses a section whose shape is not that of its numbers.
func (s *Section) check() error {
	n := 1
	for _, d := range s.shape() {
		n *= d
	}
	if n != s.len() || s.Name == "" || s.Name == metadata {
		return fmt.Errorf("checkpoint: a section %q of shape %v and %d numbers", s.Name, s.Shape, s.len())
	}
	return nil
}

// chunk is how much of a section is converted and hashed at once.
const chunk = 1 << 18

// write writes the numbers, little-endian, and returns their SHA-256. buf has
// the length of a chunk.
func (s *Section) write(w io.Writer, buf []byte) ([sha256.Size]byte, error) {
	h := sha256.New()
	w = io.MultiWriter(w, h)
	_, size := s.dtype()
	for lo := 0; lo < s.len(); lo += chunk / size {
		n := min(chunk/size, s.len()-lo)
		b := buf[:n*size]
		switch {
		case s.Float64 != nil:
			for i, v := range s.Float64[lo : lo+n] {
				binary.LittleEndian.PutUint64(b[8*i:], math.Float64bits(v))
			}
		case s.Float32 != nil:
			for i, v := range s.Float32[lo : lo+n] {
				binary.LittleEndian.PutUint32(b[4*i:], math.Float32bits(v))
			}
		default:
			b = s.Bytes[lo : lo+n]
		}
		if _, err := w.Write(b); err != nil {
			return [sha256.Size]byte{}, err
		}
	}
	return sum(h), nil
}

// read fills the numbers from r and returns the SHA-256 of what it read, and how
// much that was.
func (s *Section) read(r io.Reader, buf []byte) (got [sha256.Size]byte, bytes int64, err error) {
	h := sha256.New()
	_, size := s.dtype()
	for lo := 0; lo < s.len(); lo += chunk / size {
		n := min(chunk/size, s.len()-lo)
		b := buf[:n*size]
		read, err := io.ReadFull(r, b)
		bytes += int64(read)
		if err != nil {
			return got, bytes, err
		}
		h.Write(b)
		switch {
		case s.Float64 != nil:
			for i := range s.Float64[lo : lo+n] {
				s.Float64[lo+i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
			}
		case s.Float32 != nil:
			for i := range s.Float32[lo : lo+n] {
				s.Float32[lo+i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
			}
		default:
			copy(s.Bytes[lo:], b)
		}
	}
	return sum(h), bytes, nil
}

func sum(h hash.Hash) (s [sha256.Size]byte) {
	h.Sum(s[:0])
	return s
}
