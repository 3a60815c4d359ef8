package compile

import (
	"go/token"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Goroutines that use a map at once while one of them writes end a Go program: the
// runtime cannot go on. Here that is to be the end of a cell. So while there is
// more than one goroutine of cells, whoever uses a map says so before, and one that
// finds it in use panics with the words of the runtime.
//
// Alone, a cell pays one look at crowd. Compiled code that uses a map of a cell is
// not seen.

// crowd is the number of goroutines that run code of cells. It is the process's: a
// map may be in the hands of two programs.
var crowd atomic.Int32

// crowded tells whether maps are to be used with care.
func crowded() bool { return crowd.Load() > 1 }

// mapUses are the maps in use, by their address: the number of their readers, or
// -1 for a writer.
var mapUses [64]struct {
	sync.Mutex
	of map[unsafe.Pointer]int
}

// A mapUse says what is done with a map.
type mapUse int

const (
	mapRead mapUse = iota
	mapIteration
	mapWrite
)

// use begins a use of m, which done ends; it panics if others use m in a way that
// does not go together with it.
func (fp *Frame) use(pos token.Pos, m unsafe.Pointer, how mapUse) {
	if m == nil {
		return
	}
	s := &mapUses[uintptr(m)>>5%uintptr(len(mapUses))]
	s.Lock()
	defer s.Unlock()
	n := s.of[m]
	switch {
	case s.of == nil:
		s.of = map[unsafe.Pointer]int{}
	case n < 0 && how == mapWrite:
		fp.conflict(pos, "concurrent map writes")
	case n < 0 && how == mapIteration:
		fp.conflict(pos, "concurrent map iteration and map write")
	case n != 0 && (n < 0 || how == mapWrite):
		fp.conflict(pos, "concurrent map read and map write")
	}
	if how == mapWrite {
		s.of[m] = -1
	} else {
		s.of[m] = n + 1
	}
}

func (fp *Frame) conflict(pos token.Pos, text plainError) {
	if pos.IsValid() {
		fp.pos = pos
	}
	panic("fatal error: " + text)
}

// done ends a use of m.
func done(m unsafe.Pointer) {
	s := &mapUses[uintptr(m)>>5%uintptr(len(mapUses))]
	s.Lock()
	defer s.Unlock()
	if n := s.of[m]; n > 1 {
		s.of[m] = n - 1
	} else {
		delete(s.of, m)
	}
}

func mapAddr[K comparable, V any](m map[K]V) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&m))
}

// The functions below are what one statement does with a map in a crowd.

func sharedGet[K comparable, V any](fp *Frame, pos token.Pos, m map[K]V, k K) (V, bool) {
	fp.use(pos, mapAddr(m), mapRead)
	defer done(mapAddr(m))
	v, ok := m[k]
	return v, ok
}

func sharedSet[K comparable, V any](fp *Frame, pos token.Pos, m map[K]V, k K, v V) {
	fp.use(pos, mapAddr(m), mapWrite)
	defer done(mapAddr(m))
	m[k] = v
}

func sharedAdd[K comparable, V number](fp *Frame, pos token.Pos, m map[K]V, k K, y V) {
	fp.use(pos, mapAddr(m), mapWrite)
	defer done(mapAddr(m))
	m[k] += y
}

func (fp *Frame) mapAccess(pos token.Pos, r *rtype, m, k unsafe.Pointer) unsafe.Pointer {
	if crowded() {
		fp.use(pos, m, mapRead)
		defer done(m)
	}
	return mapaccess(r, m, k)
}

func (fp *Frame) mapAssign(pos token.Pos, r *rtype, m, k, v unsafe.Pointer) {
	if crowded() {
		fp.use(pos, m, mapWrite)
		defer done(m)
	}
	mapassign(r, m, k, v)
}

func (fp *Frame) mapDelete(pos token.Pos, r *rtype, m, k unsafe.Pointer) {
	if crowded() {
		fp.use(pos, m, mapWrite)
		defer done(m)
	}
	mapdelete(r, m, k)
}

func (fp *Frame) mapClear(pos token.Pos, r *rtype, m unsafe.Pointer) {
	if crowded() {
		fp.use(pos, m, mapWrite)
		defer done(m)
	}
	mapclear(r, m)
}
