package tensor

import (
	"slices"
	"strconv"
	"strings"
)

// MaxDims is the largest number of dimensions of a tensor.
const MaxDims = 4

// MaxLen is the largest number of elements of a tensor, 2³¹-1: nearly 8 GiB of
// float32. A larger one is refused before any memory is asked for.
const MaxLen = 1<<31 - 1

// A ShapeError is the panic of an operation whose arguments do not fit each
// other.
type ShapeError struct {
	Op    string // the operation, such as "MatMul"
	Layer string // the layer in which it happened, if known
	Got   []int  // the shape that was given
	Want  []int  // the shape it must fit; 0 stands for any size
	Why   string // what does not fit
}

func (e *ShapeError) Error() string {
	var b strings.Builder
	if e.Layer != "" {
		b.WriteString(e.Layer)
		b.WriteString(": ")
	} else if e.Op != "" {
		b.WriteString(e.Op)
		b.WriteString(": ")
	}
	b.WriteString("got ")
	b.WriteString(FormatShape(e.Got))
	if len(e.Want) > 0 {
		b.WriteString(", want ")
		b.WriteString(FormatShape(e.Want))
	}
	if e.Why != "" {
		b.WriteString(": ")
		b.WriteString(e.Why)
	}
	return b.String()
}

// An OpError is the panic of an operation that cannot be done for a reason
// other than the shapes of its arguments.
type OpError struct {
	Op  string
	Why string
}

func (e *OpError) Error() string { return e.Op + ": " + e.Why }

// FormatShape writes a shape as [128×784]; a size of 0 is written as ?.
func FormatShape(shape []int) string {
	var b strings.Builder
	b.WriteByte('[')
	for i, d := range shape {
		if i > 0 {
			b.WriteString("×")
		}
		if d == 0 {
			b.WriteByte('?')
		} else {
			b.WriteString(strconv.Itoa(d))
		}
	}
	b.WriteByte(']')
	return b.String()
}

// checkedLen returns the number of elements of a shape, or panics.
func checkedLen(op string, shape []int) int {
	refuse := func(why string) {
		panic(&ShapeError{Op: op, Got: slices.Clone(shape), Why: why}) // a copy, so that shape stays on the stack
	}
	if len(shape) < 1 || len(shape) > MaxDims {
		refuse("a tensor has 1 to 4 dimensions")
	}
	n := 1
	for _, d := range shape {
		if d < 1 {
			refuse("every dimension is at least 1")
		}
		if d > MaxLen/n {
			refuse("a tensor has less than 2³¹ elements")
		}
		n *= d
	}
	return n
}
