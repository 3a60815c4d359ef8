// Package compile runs type-checked Go without a toolchain: it compiles programs
// and notebook cells to Go closures over memory that compiled code can share.
//
// # From source to closures
//
// golang.org/x/tools/go/ssa lowers the syntax tree: generics become instances,
// range-over-func, select, defer and method wrappers become a few dozen kinds of
// instruction on values that are assigned once. fnc.go walks the basic blocks of
// a function, the first time it is called. An instruction whose value is used
// once, later in its block, is not an instruction any more but part of its user's
// closure, so that
//
//	x[j] = x[j]*0.5 + 1
//
// becomes one closure for the store around one for the sum around one for the
// load. What such a value may move across is its effect (pure, reads, writes).
// Closures return the Go type of their kind (kind.go), never a box; operands say
// what they are (val.go), so that "slot op constant" is one closure rather than
// three, and so do elements of tables (element.go). Operators come from a generator
// (_gen). fold.go makes ifs whose arms meet again, conditions of && and ||, and loops
// with one way out instructions of the block before them; link.go does the blocks
// that are left, short ones together with those that jump to them. φ that copy into
// each other share a slot (coalesce.go), and so do they with what a loop carries on
// (accumulate.go).
//
// # Memory
//
// Everything is what Go would make of it. A type that a cell declares is a
// runtime type descriptor built here (rtype.go): with its name, its unexported
// fields, its method table, recursive if need be. Package reflect, fmt, json,
// errors.As, the garbage collector and type switches in compiled code see no
// difference. Method tables hold code addresses; stub.go has a fixed supply of
// them, each entering one function value. abi.go mirrors the runtime's layouts
// (Go 1.26) and names the runtime entry points that package reflect uses too.
//
// A call has a frame (frame.go): one allocation with a pointer mask of its own,
// kept for the next call of the function on the same goroutine. Parameters and
// results have offsets that follow from the signature alone, so that callers need
// not know whom they call. Interfaces are any in frames, and get their method
// table where they are stored where Go code could see them.
//
// A function value (func.go) is an object that compiled code can call: it begins
// with a code address like every function value and goes on to a native twin
// (callback.go). Interpreted code recognises the address and enters directly.
//
// # Compiled functions
//
// A call loads the registers of Go's calling convention and enters the function
// (native.go), or is a plain Go call if the signature is a common one (shim.go).
// Functions that wait or end the process are done here instead (intrinsic.go).
// Generic functions have no symbols: slices, maps and cmp are compiled from their
// source, what sync, sync/atomic, iter, reflect, errors, unique and math/rand/v2
// have of them from the overlay folder (std.go).
//
// # Runs
//
// A [Run] can be stopped. Loops and calls look at its flag, and every wait also
// waits for its end; a stop is a panic that recover does not see, so deferred
// calls run (panic.go). It travels with the goroutine (goroutine.go), not with
// what the run made: closures of a stopped run work in the next.
//
// # Cells
//
// [Program.Compile] takes a checked cell (cell.go). Variables live where an
// earlier cell's variable of the same name and type lived, functions are called
// through a [Func] whose code can be replaced, methods can be added to types.
//
// Only what turns checked Go into running Go may enter: nothing about the text of
// cells, Jupyter, or what is displayed.
package compile
