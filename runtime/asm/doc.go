// Package asm holds the compute kernels: single-threaded functions over flat,
// row-major slices of float32, int8 and packed ternary weights.
//
// Every kernel exists in pure Go, readable and the reference; faster versions
// (AVX2+FMA, AVX-512, NEON) stand behind the same name and return the same
// bits. What makes that possible is a contract on the order of operations:
//
//   - a product of matrices computes each element by one chain of float32 fused
//     multiply-adds in the order of k, whatever the vector width or blocking;
//   - sums of integers are exact, so their order is free;
//   - a reduction (Sum, Dot, a norm, a softmax) runs in 16 lanes that are folded
//     by one fixed tree, in blocks of 4096 elements (see lanes.go);
//   - exp and log are one polynomial with one order of operations;
//   - nothing else is fused: float32(x*y) keeps the Go compiler from doing it.
//
// The one exception carries it in its name: GEMMBF16 is approximate.
//
// NaN and Inf travel as these definitions say; the payload of a NaN is not part
// of the contract.
//
// Which version runs is decided once, from the CPU or from SETUN_CPU (see
// dispatch.go). Splitting work over cores is the caller's business.
//
// A kernel is its Go loop, here, and an entry of the dispatch table; a faster
// version is a function in _gen, which writes the assembly (go generate), and a
// line in native_amd64.go or native_arm64.go. Give it a row in the tests'
// vectorKernels, which run every implementation of this machine against the Go
// loop, and a place in TestBitsAreTheSameEverywhere, whose hash is checked in.
// NEON runs on other machines too:
//
//	GOARCH=arm64 go test -exec "qemu-aarch64 -cpu max" ./runtime/asm
//
// The tag noasm leaves all assembly out.
//
// Nothing of ours may be imported here, no function may allocate in a steady
// state, and arguments that do not fit panic with a SizeError before anything is
// written. Slices that are written must not overlap others, except that an
// elementwise kernel may write onto one of its inputs.
package asm

//go:generate go -C _gen run . -o ..
