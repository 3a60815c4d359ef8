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

const stubCount = 32768

// stubSlots is read by the stubs. A slot is written once, before its stub's
// address is published in a type.
var stubSlots [stubCount]unsafe.Pointer

var stubs struct {
	sync.Mutex
	used int
}

func stubBase() uintptr
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
	stubSlots[i] = fn
	return codeAddr(stubBase() + uintptr(i)*stubSize), nil
}
