package asm

import (
	"fmt"
	"math"
)

// SizeError is the panic of a kernel whose arguments do not fit each other. It
// is raised before anything is written.
type SizeError struct {
	Op   string // the kernel: "GEMM"
	Arg  string // the argument that does not fit: "len(a)"
	Got  int
	Need string // what would do: "at least 12"
}

func (e SizeError) Error() string {
	return fmt.Sprintf("asm.%s: %s is %d, need %s", e.Op, e.Arg, e.Got, e.Need)
}

func atLeast(n int) string { return fmt.Sprint("at least ", n) }

func atMost(n int) string { return fmt.Sprint("at most ", n) }

func multipleOf(n int) string { return fmt.Sprint("a multiple of ", n) }

// LabelError is the panic of a loss whose label names no class.
type LabelError struct {
	Op      string
	Row     int
	Label   int32
	Classes int
}

func (e LabelError) Error() string {
	return fmt.Sprintf("asm.%s: label %d of row %d is outside 0..%d", e.Op, e.Label, e.Row, e.Classes-1)
}

// needLen panics unless a slice of length got has at least want elements.
func needLen(op, arg string, got, want int) {
	if got < want {
		panic(SizeError{op, "len(" + arg + ")", got, atLeast(want)})
	}
}

// needMatrix panics unless a slice of length got holds rows×cols elements whose
// rows start ld apart. It divides instead of multiplying, so that absurd sizes
// cannot overflow their way past it.
func needMatrix(op, arg string, got, rows, cols, ld int) {
	if rows < 0 {
		panic(SizeError{op, "rows of " + arg, rows, atLeast(0)})
	}
	if cols < 0 {
		panic(SizeError{op, "columns of " + arg, cols, atLeast(0)})
	}
	if ld < cols {
		panic(SizeError{op, "ld" + arg, ld, atLeast(cols)})
	}
	if rows == 0 || cols == 0 {
		return
	}
	if got < cols || rows-1 > (got-cols)/ld {
		panic(SizeError{op, "len(" + arg + ")", got, atLeast(saturatingMatrix(rows, cols, ld))})
	}
}

// saturatingMatrix is (rows-1)·ld + cols, or the largest int where that overflows.
func saturatingMatrix(rows, cols, ld int) int {
	if rows-1 > (math.MaxInt-cols)/ld {
		return math.MaxInt
	}
	return (rows-1)*ld + cols
}

// product is a·b of sizes, or the largest int where that overflows.
func product(a, b int) int {
	if b > 0 && a > math.MaxInt/b {
		return math.MaxInt
	}
	return a * b
}
