package compile

import (
	"bufio"
	"bytes"
	"image"
	"image/color"
	"io"
	"math/big"
	"math/bits"
	"reflect"
	"strings"
)

// greedyIntrinsics are the compiled functions that allocate as much as an argument
// says: they ask first, as interpreted code does. Memory that nobody has is not
// an error in Go but the end of the process.
var greedyIntrinsics = map[string]func(*Program, sigLayout) instr{
	"strings.Repeat":          greedy2(func(s string, n int) int { return times(len(s), n) }, strings.Repeat),
	"bytes.Repeat":            greedy2(func(b []byte, n int) int { return times(len(b), n) }, bytes.Repeat),
	"(*strings.Builder).Grow": greedyMethod(func(_ *strings.Builder, n int) int { return n }, (*strings.Builder).Grow),
	"(*bytes.Buffer).Grow":    greedyMethod(func(_ *bytes.Buffer, n int) int { return n }, (*bytes.Buffer).Grow),

	"bufio.NewReaderSize": greedy2(func(_ any, n int) int { return n }, func(r any, n int) *bufio.Reader {
		in, _ := r.(io.Reader)
		return bufio.NewReaderSize(in, n)
	}),
	"bufio.NewWriterSize": greedy2(func(_ any, n int) int { return n }, func(w any, n int) *bufio.Writer {
		out, _ := w.(io.Writer)
		return bufio.NewWriterSize(out, n)
	}),

	"reflect.New": greedy1(func(t any) int { return sizeOf(t, 1) }, func(t any) reflect.Value {
		typ, _ := t.(reflect.Type)
		return reflect.New(typ)
	}),
	"reflect.MakeSlice": greedy3(func(t any, _, n int) int { return sizeOf(elemOf(t), n) }, func(t any, n, room int) reflect.Value {
		typ, _ := t.(reflect.Type)
		return reflect.MakeSlice(typ, n, room)
	}),
	"reflect.MakeChan": greedy2(func(t any, n int) int { return sizeOf(elemOf(t), n) }, func(t any, n int) reflect.Value {
		typ, _ := t.(reflect.Type)
		return reflect.MakeChan(typ, n)
	}),

	"image.NewAlpha":   greedy1(pixels(1), image.NewAlpha),
	"image.NewAlpha16": greedy1(pixels(2), image.NewAlpha16),
	"image.NewCMYK":    greedy1(pixels(4), image.NewCMYK),
	"image.NewGray":    greedy1(pixels(1), image.NewGray),
	"image.NewGray16":  greedy1(pixels(2), image.NewGray16),
	"image.NewNRGBA":   greedy1(pixels(4), image.NewNRGBA),
	"image.NewNRGBA64": greedy1(pixels(8), image.NewNRGBA64),
	"image.NewRGBA":    greedy1(pixels(4), image.NewRGBA),
	"image.NewRGBA64":  greedy1(pixels(8), image.NewRGBA64),
	"image.NewPaletted": greedy2(func(r image.Rectangle, _ color.Palette) int { return pixels(1)(r) },
		image.NewPaletted),
	"image.NewYCbCr": greedy2(func(r image.Rectangle, _ image.YCbCrSubsampleRatio) int { return pixels(3)(r) },
		image.NewYCbCr),

	"(*math/big.Int).Lsh": greedyMethod2(func(_, x *big.Int, n uint) int { return (x.BitLen() + clamp(n)) / 8 }, (*big.Int).Lsh),
	"(*math/big.Int).SetBit": greedyMethod3(func(_, _ *big.Int, i int, _ uint) int { return i / 8 },
		(*big.Int).SetBit),
	"(*math/big.Int).Exp": greedyMethod3(func(_, x, y, m *big.Int) int {
		if m != nil && m.Sign() != 0 || y.Sign() <= 0 || x.BitLen() <= 1 {
			return 0
		}
		if !y.IsInt64() {
			return addressSpace - 1
		}
		// A power of two has no more bits than its exponent says; others have some.
		return times(x.BitLen()-1, int(y.Int64())) / 8
	}, (*big.Int).Exp),
}

// times is size·n, -1 if that is no size: what is too large for any memory the
// function that allocates it refuses itself.
func times(size, n int) int {
	if size < 0 || n < 0 {
		return -1
	}
	if hi, lo := bits.Mul(uint(size), uint(n)); hi == 0 && lo < addressSpace {
		return int(lo)
	}
	return -1
}

func clamp(n uint) int { return int(min(n, 8*addressSpace)) }

// pixels is the size of an image of depth bytes a pixel.
func pixels(depth int) func(image.Rectangle) int {
	return func(r image.Rectangle) int { return times(times(r.Dx(), r.Dy()), depth) }
}

// sizeOf is the size of n values of t, a [reflect.Type].
func sizeOf(t any, n int) int {
	if t, ok := t.(reflect.Type); ok {
		return times(int(t.Size()), n)
	}
	return -1
}

// elemOf is the element type of t, a [reflect.Type], nil if t has none.
func elemOf(t any) any {
	if t, ok := t.(reflect.Type); ok && (t.Kind() == reflect.Slice || t.Kind() == reflect.Chan) {
		return t.Elem()
	}
	return nil
}

// ask is reserve for what a compiled function is about to allocate; -1 is for it
// to refuse.
func (fp *Frame) ask(bytes int) {
	if 0 <= bytes && bytes < addressSpace {
		fp.reserve(fp.pos, uintptr(bytes))
	}
}

// The greedy functions are instructions that ask for cost before they call f, by
// the number of parameters. Those of interface type are any in frames.

func greedy1[A, R any](cost func(A) int, f func(A) R) func(*Program, sigLayout) instr {
	return func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			a := *slotPtr[A](fp, lay.params[0])
			fp.ask(cost(a))
			*slotPtr[R](fp, lay.results[0]) = f(a)
		}
	}
}

func greedy2[A, B, R any](cost func(A, B) int, f func(A, B) R) func(*Program, sigLayout) instr {
	return func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			a, b := *slotPtr[A](fp, lay.params[0]), *slotPtr[B](fp, lay.params[1])
			fp.ask(cost(a, b))
			*slotPtr[R](fp, lay.results[0]) = f(a, b)
		}
	}
}

func greedy3[A, B, C, R any](cost func(A, B, C) int, f func(A, B, C) R) func(*Program, sigLayout) instr {
	return func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			a, b, c := *slotPtr[A](fp, lay.params[0]), *slotPtr[B](fp, lay.params[1]), *slotPtr[C](fp, lay.params[2])
			fp.ask(cost(a, b, c))
			*slotPtr[R](fp, lay.results[0]) = f(a, b, c)
		}
	}
}

func greedy4[A, B, C, D, R any](cost func(A, B, C, D) int, f func(A, B, C, D) R) func(*Program, sigLayout) instr {
	return func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			a, b := *slotPtr[A](fp, lay.params[0]), *slotPtr[B](fp, lay.params[1])
			c, d := *slotPtr[C](fp, lay.params[2]), *slotPtr[D](fp, lay.params[3])
			fp.ask(cost(a, b, c, d))
			*slotPtr[R](fp, lay.results[0]) = f(a, b, c, d)
		}
	}
}

func greedyMethod[T, A any](cost func(T, A) int, f func(T, A)) func(*Program, sigLayout) instr {
	return func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			t, a := *slotPtr[T](fp, lay.recv), *slotPtr[A](fp, lay.params[0])
			fp.ask(cost(t, a))
			f(t, a)
		}
	}
}

func greedyMethod1[T, A, R any](cost func(T, A) int, f func(T, A) R) func(*Program, sigLayout) instr {
	return func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			t, a := *slotPtr[T](fp, lay.recv), *slotPtr[A](fp, lay.params[0])
			fp.ask(cost(t, a))
			*slotPtr[R](fp, lay.results[0]) = f(t, a)
		}
	}
}

func greedyMethod2[T, A, B, R any](cost func(T, A, B) int, f func(T, A, B) R) func(*Program, sigLayout) instr {
	return func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			t, a, b := *slotPtr[T](fp, lay.recv), *slotPtr[A](fp, lay.params[0]), *slotPtr[B](fp, lay.params[1])
			fp.ask(cost(t, a, b))
			*slotPtr[R](fp, lay.results[0]) = f(t, a, b)
		}
	}
}

func greedyMethod3[T, A, B, C, R any](cost func(T, A, B, C) int, f func(T, A, B, C) R) func(*Program, sigLayout) instr {
	return func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			t, a := *slotPtr[T](fp, lay.recv), *slotPtr[A](fp, lay.params[0])
			b, c := *slotPtr[B](fp, lay.params[1]), *slotPtr[C](fp, lay.params[2])
			fp.ask(cost(t, a, b, c))
			*slotPtr[R](fp, lay.results[0]) = f(t, a, b, c)
		}
	}
}
