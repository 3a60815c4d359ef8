package tensor

import (
	"math/bits"
	"sync"
)

// This file is the one place where the memory of tensors comes from: what a
// person may hold, by keep, and what nobody outside can hold, such as the
// gradients of intermediate results, by Borrow and Return.

// keep returns zeros for values that a person may hold as long as they like.
func keep(n int) []float32 { return make([]float32, n) }

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

func (s *spares[E]) take(n int) []E {
	class := bits.Len(uint(n - 1))
	if b, ok := s[class].Get().(*[]E); ok {
		return (*b)[:n]
	}
	return make([]E, n, 1<<class)
}

func (s *spares[E]) give(b []E) {
	b = b[:cap(b)]
	s[bits.Len(uint(len(b)-1))].Put(&b)
}
