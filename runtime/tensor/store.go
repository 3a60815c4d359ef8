package tensor

import (
	"math/bits"
	"sync"
)

// store is the memory of a scope: buffers that are free or in use, and how much.
type store struct {
	mu     sync.Mutex
	floats shelf[float32]
	int8s  shelf[int8]
	bytes  shelf[byte]
	usage  Usage
}

// Usage is memory in bytes.
type Usage struct {
	InUse int64 // now
	Peak  int64 // the most there was in use at once
	Held  int64 // in use or free to be used again
}

// store returns the memory of s.
func (s *Scope) store() *store {
	if m := s.memory.Load(); m != nil {
		return m
	}
	s.memory.CompareAndSwap(nil, new(store))
	return s.memory.Load()
}

// Usage returns what the scope takes: results, what operations remember for the
// backward, and workspace. The memory of tensors that have left it counts until
// End.
func (s *Scope) Usage() Usage {
	m := s.store()
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.usage
}

// Borrow returns a buffer of n > 0 float32 with arbitrary contents: workspace of
// an operation, or what it remembers. A nil scope has the process's buffers.
func (s *Scope) Borrow(n int) []float32 {
	if s == nil {
		return Borrow(n)
	}
	m := s.store()
	return borrow(m, &m.floats, n, 4)
}

// Return gives back a buffer from Borrow.
func (s *Scope) Return(b []float32) {
	if s == nil {
		Return(b)
		return
	}
	m := s.store()
	giveBack(m, &m.floats, b, 4)
}

// BorrowInt8 is Borrow for int8.
func (s *Scope) BorrowInt8(n int) []int8 {
	if s == nil {
		return BorrowInt8(n)
	}
	m := s.store()
	return borrow(m, &m.int8s, n, 1)
}

// ReturnInt8 gives back a buffer from BorrowInt8.
func (s *Scope) ReturnInt8(b []int8) {
	if s == nil {
		ReturnInt8(b)
		return
	}
	m := s.store()
	giveBack(m, &m.int8s, b, 1)
}

// BorrowBytes is Borrow for bytes, such as packed weights. A nil scope makes new
// ones.
func (s *Scope) BorrowBytes(n int) []byte {
	if s == nil {
		return make([]byte, n)
	}
	m := s.store()
	return borrow(m, &m.bytes, n, 1)
}

// ReturnBytes gives back a buffer from BorrowBytes.
func (s *Scope) ReturnBytes(b []byte) {
	if s == nil {
		return
	}
	m := s.store()
	giveBack(m, &m.bytes, b, 1)
}

func borrow[E float32 | int8 | byte](m *store, s *shelf[E], n, size int) []E {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, made := s.take(n)
	m.usage.InUse += int64(size * cap(b))
	m.usage.Held += int64(size * made)
	m.usage.Peak = max(m.usage.Peak, m.usage.InUse)
	return b
}

func giveBack[E float32 | int8 | byte](m *store, s *shelf[E], b []E, size int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s.give(b)
	m.usage.InUse -= int64(size * cap(b))
}

// leave notes that a buffer of so many bytes now belongs to somebody else.
func (m *store) leave(bytes int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.usage.InUse -= int64(bytes)
	m.usage.Held -= int64(bytes)
}

// shelf holds the buffers of one scope that are free, in classes of sizes at
// most an eighth apart.
type shelf[E float32 | int8 | byte] [48 * 8][][]E

// sizeClass returns the class of buffers that n > 0 elements fit in, and their
// size: the next number of the form m·2ˢ with m from 8 to 15.
func sizeClass(n int) (class, size int) {
	const least = 64
	n = max(n, least)
	shift := bits.Len(uint(n)) - 4
	m := (n + 1<<shift - 1) >> shift
	if m == 16 {
		m, shift = 8, shift+1
	}
	return shift*8 + m - 8, m << shift
}

// take returns a buffer of n elements and how many had to be made for it.
func (s *shelf[E]) take(n int) (b []E, made int) {
	class, size := sizeClass(n)
	if free := s[class]; len(free) > 0 {
		b = free[len(free)-1]
		s[class] = free[:len(free)-1]
		return b[:n], 0
	}
	return room[E](n, size), size
}

func (s *shelf[E]) give(b []E) {
	class, _ := sizeClass(cap(b))
	s[class] = append(s[class], b)
}
