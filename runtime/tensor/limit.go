package tensor

import (
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"unsafe"
)

// A MemoryError is the panic of an allocation that would pass the memory limit of
// the process ([debug.SetMemoryLimit], GOMEMLIMIT): memory that nobody has is not
// an error in Go but the end of the process.
type MemoryError struct{ Want, Limit uint64 } // bytes

func (e *MemoryError) Error() string {
	return fmt.Sprintf("tensor: a buffer of %.1f GB would pass the memory limit of %.1f GB; try a smaller batch or model", float64(e.Want)/1e9, float64(e.Limit)/1e9)
}

// MemoryLimit tells the error from others where this package is not known.
func (e *MemoryError) MemoryLimit() uint64 { return e.Limit }

// largeBuffer is from how many bytes on the limit is looked at: a heap that grows
// in smaller steps is the collector's to bound.
const largeBuffer = 64 << 20

// room is make([]E, n, size), asked about first.
func room[E float32 | int8 | byte](n, size int) []E {
	var e E
	if bytes := size * int(unsafe.Sizeof(e)); bytes >= largeBuffer {
		reserve(bytes)
	}
	return make([]E, n, size)
}

// reserve panics if bytes more would pass the limit.
func reserve(bytes int) {
	limit := debug.SetMemoryLimit(-1)
	if limit == math.MaxInt64 || inUse()+uint64(bytes) <= uint64(limit) {
		return
	}
	runtime.GC() // there may be garbage in its place
	if inUse()+uint64(bytes) > uint64(limit) {
		panic(&MemoryError{uint64(bytes), uint64(limit)})
	}
}

// inUse is the size of the heap, with garbage that is not yet found.
func inUse() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
