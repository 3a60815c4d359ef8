// Package tensor holds float32 tensors, the operations on them and their
// gradients, the random numbers and the workers that share out the work.
//
// The graph is defined by running: the result of an operation knows its inputs
// and how to send its own gradient back to them. There is no tape and no mode;
// a result that is dropped takes its graph with it.
//
// Memory is the garbage collector's, unless a computation starts from a tensor of
// a [Scope]: then all that follows is recycled at the end of the step, and a
// steady step allocates nothing. Therefore the operations here are structs that
// are used again (see [Recycled]) and not closures, and loops are shared among
// workers as a [Task].
//
// This room knows nothing of quantisation or of networks: package qat adds its
// operations from outside through [Record], and layers live in qat/nn. Loops
// over elements belong in package asm; here they are checked, split among
// workers and given a backward.
//
// Every result is the same to the last bit on every machine and with any number
// of workers (see package asm for the contract of the kernels; work is split
// only where elements do not depend on one another).
//
// Mistakes of the caller are panics of type [*ShapeError] or [*OpError], whose
// text names the operation, what it got and what it wants.
package tensor
