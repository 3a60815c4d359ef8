package compile

import (
	"math/bits"
)

// Division by a constant is a multiplication by its reciprocal, ⌈2⁶⁴/c⌉, which is
// exact for dividends under 2³² (Lemire, Kaser, Kurz: Faster remainder by direct
// computation, 2019). Other dividends are divided.

// reciprocal tells whether y is a constant that division can be quick by.
func reciprocal[T integer](y val) (c T, m uint64, ok bool) {
	if y.mode != mConst {
		return 0, 0, false
	}
	c = constOf[T](y)
	if c <= 1 || uint64(c) >= 1<<32 {
		return 0, 0, false
	}
	return c, ^uint64(0)/uint64(c) + 1, true
}

// modulo is x % c.
func modulo[T integer](x, c T, m uint64) T {
	if uint64(x) < 1<<32 {
		hi, _ := bits.Mul64(m*uint64(x), uint64(c))
		return T(hi)
	}
	return x % c
}

// divided is x / c.
func divided[T integer](x, c T, m uint64) T {
	if uint64(x) < 1<<32 {
		hi, _ := bits.Mul64(m, uint64(x))
		return T(hi)
	}
	return x / c
}

func remainder[T integer](x, y val) val {
	c, m, ok := reciprocal[T](y)
	if !ok {
		return rem[T](x, y)
	}
	if x.mode == mSlot {
		a := x.off
		return expr(func(fp *Frame) T { return modulo(*slotPtr[T](fp, a), c, m) })
	}
	f := fn[T](x)
	return expr(func(fp *Frame) T { return modulo(f(fp), c, m) })
}

func quotient[T integer](x, y val) val {
	c, m, ok := reciprocal[T](y)
	if !ok {
		return quo[T](x, y)
	}
	if x.mode == mSlot {
		a := x.off
		v := expr(func(fp *Frame) T { return divided(*slotPtr[T](fp, a), c, m) })
		v.to = func(off uintptr) instr {
			return func(fp *Frame) { *slotPtr[T](fp, off) = divided(*slotPtr[T](fp, a), c, m) }
		}
		return v
	}
	f := fn[T](x)
	return expr(func(fp *Frame) T { return divided(f(fp), c, m) })
}
