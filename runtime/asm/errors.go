package asm

import "fmt"

// SizeError is the panic of a kernel whose arguments do not fit each other. It
// is raised before anything is written.
type SizeError struct {
	Op   string // the kernel: "GEMM"
	Arg  string // the argument that does not fit: "a"
	Got  int
	Want int // the least that would do
}

func (e SizeError) Error() string {
	return fmt.Sprintf("asm.%s: %s is %d, need at least %d", e.Op, e.Arg, e.Got, e.Want)
}

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
		panic(SizeError{op, "len(" + arg + ")", got, want})
	}
}

// needMatrix panics unless a slice of length got holds rows×cols elements whose
// rows start ld apart. It divides instead of multiplying, so that absurd sizes
// cannot overflow their way past it.
func needMatrix(op, arg string, got, rows, cols, ld int) {
	if rows < 0 {
		panic(SizeError{op, "rows of " + arg, rows, 0})
	}
	if cols < 0 {
		panic(SizeError{op, "columns of " + arg, cols, 0})
	}
	if ld < cols {
		panic(SizeError{op, "ld" + arg, ld, cols})
	}
	if rows == 0 || cols == 0 {
		return
	}
	if got < cols || rows-1 > (got-cols)/ld {
		panic(SizeError{op, "len(" + arg + ")", got, saturatingMatrix(rows, cols, ld)})
	}
}

// saturatingMatrix is (rows-1)·ld + cols, or the largest int where that overflows.
func saturatingMatrix(rows, cols, ld int) int {
	const most = int(^uint(0) >> 1)
	if rows-1 > (most-cols)/ld {
		return most
	}
	return (rows-1)*ld + cols
}
