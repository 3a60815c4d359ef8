package compile

import (
	"fmt"
	"sync"
	"unsafe"
)

// Compiled code calls a method through a bare code address in the type's method
// table: there is no closure to say which interpreted function is meant. So a
// fixed run of stubs is assembled into the binary, one per slot; stub i puts the
// function value stubSlots[i] into the closure register and enters it. The
// function value has the receiver as its first parameter, which is exactly where
// the caller put it.
//
// A stub is never used again: nobody can tell whether a value of a type that was
// declared anew is left somewhere. So there are as many as a session can want that
// declares changed types all day: two for a method of values, one for a method of
// pointers. They are in banks, because an instruction of arm64 loads 16 bits.

const (
	stubBanks = 2
	bankSize  = 1 << 16
	stubCount = stubBanks * bankSize
)

// stubSlots is read by the stubs. A slot is written once, before its stub's
// address is published in a type. What it points to is pinned, so that the
// collector need not look at a megabyte of mostly nothing.
var stubSlots [stubCount]uintptr

var stubs struct {
	sync.Mutex
	used int
}

func stubBases() [stubBanks]uintptr
func closurePC() uintptr

// codeAddr is a text address: not a pointer to the garbage collector, which
// does not mind text addresses either way.
func codeAddr(pc uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&pc)) }

// newStub gives the function value fn (a pointer to a closure object) a code
// address of its own.
func newStub(fn unsafe.Pointer) (unsafe.Pointer, error) {
	stubs.Lock()
	defer stubs.Unlock()
	if stubs.used == stubCount {
		return nil, fmt.Errorf("more than %d methods: compiled code cannot be given more of them; restart the kernel", stubCount)
	}
	i := stubs.used
	stubs.used++
	pin(fn)
	stubSlots[i] = uintptr(fn)
	return codeAddr(stubBases()[i/bankSize] + uintptr(i%bankSize)*stubSize), nil
}
