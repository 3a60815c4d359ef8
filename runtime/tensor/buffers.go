package tensor

import (
	"math/bits"
	"sync"
)

// The memory of tensors comes from here: what a person may hold, by keep, and
// what is used again, by Borrow and Return. That of scopes is in store.go.

// keep returns zeros for values that a person may hold as long as they like.
func keep(n int) []float32 { return room[float32](n, n) }

// spares holds returned buffers, by the power of two that their capacity is.
type spares[E float32 | int8] [48]sync.Pool

var (
	spareFloats spares[float32]
	spareBytes  spares[int8]
)

// Borrow returns a buffer of n > 0 float32 with arbitrary contents.
func Borrow(n int) []float32 { return spareFloats.take(n) }

// Return gives back a buffer from Borrow, which the caller must not use again.
// One that is never returned is collected like any other memory.
func Return(b []float32) { spareFloats.give(b) }

// BorrowInt8 is Borrow for int8.
func BorrowInt8(n int) []int8 { return spareBytes.take(n) }

// ReturnInt8 is Return for int8.
func ReturnInt8(b []int8) { spareBytes.give(b) }

// boxed keeps a slice in a sync.Pool, which takes pointers; the boxes are used
// again too.
type boxed[E float32 | int8] struct{ b []E }

var (
	floatBoxes Recycled[boxed[float32]]
	byteBoxes  Recycled[boxed[int8]]
)

func (s *spares[E]) boxes() *Recycled[boxed[E]] {
	if boxes, ok := any(&floatBoxes).(*Recycled[boxed[E]]); ok {
		return boxes
	}
	return any(&byteBoxes).(*Recycled[boxed[E]])
}

func (s *spares[E]) take(n int) []E {
	class := bits.Len(uint(n - 1))
	if box, ok := s[class].Get().(*boxed[E]); ok {
		b := box.b[:n]
		s.boxes().Give(box)
		return b
	}
	return room[E](n, 1<<class)
}

func (s *spares[E]) give(b []E) {
	b = b[:cap(b)]
	box := s.boxes().Take()
	box.b = b
	s[bits.Len(uint(len(b)-1))].Put(box)
}

// Recycled holds values of one kind that are used again instead of being made
// anew, such as what an operation remembers for its way back. The zero Recycled
// is ready to use, by several goroutines at once.
//
// It is a stack and not a sync.Pool, which keeps a value for the processor that
// gave it: a goroutine that changed processors in the middle of a step would make
// a new one.
type Recycled[T any] struct {
	mu    sync.Mutex
	spare []*T
	clean func(*T) // makes a value as good as new
}

// NewRecycled returns a Recycled whose values keep something from use to
// use, which clean leaves in them.
func NewRecycled[T any](clean func(*T)) *Recycled[T] { return &Recycled[T]{clean: clean} }

// Take returns a T as good as new.
func (r *Recycled[T]) Take() *T {
	r.mu.Lock()
	defer r.mu.Unlock()
	last := len(r.spare) - 1
	if last < 0 {
		return new(T)
	}
	v := r.spare[last]
	r.spare = r.spare[:last]
	return v
}

// Give takes v back, which nobody may use any more.
func (r *Recycled[T]) Give(v *T) {
	if r.clean != nil {
		r.clean(v)
	} else {
		var zero T
		*v = zero
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.spare) < mostSpare {
		r.spare = append(r.spare, v)
	}
}

// mostSpare is how many values a Recycled holds: more than a step of a deep network
// has operations of a kind, and little memory.
const mostSpare = 4096
