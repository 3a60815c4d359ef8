package compile

import (
	"go/token"
	"unsafe"
)

// A val is an operand: a constant, a slot of the frame, or a closure that
// computes it. Which Go type T stands for it follows from its kind: integers,
// floats, complex numbers, bool and string stand for themselves, pointers, maps,
// channels and functions are unsafe.Pointer, interfaces any, slices slice, and
// structs and arrays the address of their memory.
type val struct {
	mode mode
	off  uintptr                 // mSlot, mFrame: offset; mDisp: displacement
	c    any                     // mConst: a T
	f    any                     // mExpr: a func(*Frame) T
	to   func(off uintptr) instr // mExpr, mElem, mArray: stores the value, if that is quicker; may be nil

	// mExpr: stores the value at an address, if that is what it was made of; may be nil,
	// and give nil.
	onto func(addr val) instr

	hint any // mExpr: what form it is of, for quicker ones of what it is part of (step.go)

	base *val    // mDisp, mElem, mArray
	idx  *val    // mElem, mArray: an int
	size uintptr // mElem, mArray: bytes of an element
	n    int     // mArray: length

	pos token.Pos // of an address: noted when it is used, which may panic
}

type mode uint8

const (
	mExpr  mode = iota
	mConst      // c
	mSlot       // the frame's memory at off
	// Addresses, which loads and stores take apart:
	mFrame // the frame's address plus off
	mDisp  // *base plus off, base not nil
	mElem  // element idx of slice base
	mArray // element idx of the n elements at base
)

func konst[T any](c T) val             { return val{mode: mConst, c: c} }
func expr[T any](f func(*Frame) T) val { return val{f: f} }
func slotVal(off uintptr) val          { return val{mode: mSlot, off: off} }
func frameAddr(off uintptr) val        { return val{mode: mFrame, off: off} }

// constOf is the value of a constant; a nil interface is none to Go's assertion.
func constOf[T any](v val) T {
	c, _ := v.c.(T)
	return c
}

// fn is the closure that computes v.
func fn[T any](v val) func(*Frame) T {
	switch v.mode {
	case mConst:
		c := constOf[T](v)
		return func(*Frame) T { return c }
	case mSlot:
		off := v.off
		return func(fp *Frame) T { return *(*T)(unsafe.Add(unsafe.Pointer(fp), off)) }
	case mExpr:
		return v.f.(func(*Frame) T)
	}
	return any(addrFn(v)).(func(*Frame) T)
}

// memFn is the address of a struct or array.
func memFn(v val) func(*Frame) unsafe.Pointer {
	if v.mode == mSlot {
		off := v.off
		return func(fp *Frame) unsafe.Pointer { return unsafe.Add(unsafe.Pointer(fp), off) }
	}
	return fn[unsafe.Pointer](v)
}

// addrFn computes an address as a pointer: here a nil base panics.
func addrFn(v val) func(*Frame) unsafe.Pointer {
	pos := v.pos
	switch v.mode {
	case mFrame:
		off := v.off
		return func(fp *Frame) unsafe.Pointer { return unsafe.Add(unsafe.Pointer(fp), off) }
	case mDisp:
		base, off := fn[unsafe.Pointer](*v.base), v.off
		return func(fp *Frame) unsafe.Pointer {
			p := base(fp)
			fp.pos = pos
			if p == nil {
				nilDereference()
			}
			return unsafe.Add(p, off)
		}
	case mElem:
		size := v.size
		if i, by, ok := v.idx.counter(); ok && v.base.mode == mSlot {
			s := v.base.off
			return func(fp *Frame) unsafe.Pointer {
				s, i := slotPtr[slice](fp, s), *slotPtr[int](fp, i)+by
				fp.pos = pos
				if uint(i) >= uint(s.len) {
					outOfRange(i, s.len)
				}
				return unsafe.Add(s.p, uintptr(i)*size)
			}
		}
		base, idx := fn[slice](*v.base), fn[int](*v.idx)
		return func(fp *Frame) unsafe.Pointer {
			s, i := base(fp), idx(fp)
			fp.pos = pos
			if uint(i) >= uint(s.len) {
				outOfRange(i, s.len)
			}
			return unsafe.Add(s.p, uintptr(i)*size)
		}
	case mArray:
		size, n := v.size, v.n
		if a := v.cellAddr(); a != nil {
			return a.fn()
		}
		base, idx := fn[unsafe.Pointer](*v.base), fn[int](*v.idx)
		return func(fp *Frame) unsafe.Pointer {
			p, i := base(fp), idx(fp)
			fp.pos = pos
			if p == nil {
				nilDereference()
			}
			if uint(i) >= uint(n) {
				outOfRange(i, n)
			}
			return unsafe.Add(p, uintptr(i)*size)
		}
	}
	return fn[unsafe.Pointer](v)
}

// elemAddr is the address of element i of the slice x.
func elemAddr(x, i val, size uintptr, pos token.Pos) val {
	v := val{mode: mElem, base: &x, idx: &i, size: size, pos: pos}
	idx, by, ok := i.counter()
	if !ok {
		return v
	}
	p, base := (*slice)(x.variable()), x.off
	if x.mode == mSlot || p != nil {
		v.to = func(off uintptr) instr {
			return func(fp *Frame) {
				s, i := p, *slotPtr[int](fp, idx)+by
				if s == nil {
					s = slotPtr[slice](fp, base)
				}
				fp.pos = pos
				if uint(i) >= uint(s.len) {
					outOfRange(i, s.len)
				}
				*slotPtr[unsafe.Pointer](fp, off) = unsafe.Add(s.p, uintptr(i)*size)
			}
		}
	}
	return v
}

// outOfRange panics the way an index expression does.
func outOfRange(i, n int) {
	_ = make([]struct{}, n)[i]
}

// load reads a T at the address v.
func load[T any](v val) val {
	pos := v.pos
	switch v.mode {
	case mFrame:
		return slotVal(v.off)
	case mConst:
		p := (*T)(v.c.(unsafe.Pointer))
		return loadedFrom(v, func(*Frame) T { return *p })
	case mSlot:
		off := v.off
		return loadedFrom(v, func(fp *Frame) T { fp.pos = pos; return **(**T)(unsafe.Add(unsafe.Pointer(fp), off)) })
	case mDisp:
		if v.off >= 4096 {
			break
		}
		d := v.off
		if v.base.mode == mSlot {
			off := v.base.off
			return loadedFrom(v, func(fp *Frame) T {
				fp.pos = pos
				return *(*T)(unsafe.Add(*(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(fp), off)), d))
			})
		}
		if b := v.base; b.mode == mElem && b.base.mode == mSlot && b.idx.mode == mSlot {
			s, i, size, pos := b.base.off, b.idx.off, b.size, b.pos
			return expr(func(fp *Frame) T {
				s, i := slotPtr[slice](fp, s), *slotPtr[int](fp, i)
				fp.pos = pos
				if uint(i) >= uint(s.len) {
					outOfRange(i, s.len)
				}
				return *(*T)(unsafe.Add(s.p, uintptr(i)*size+d))
			})
		}
		base := fn[unsafe.Pointer](*v.base)
		return expr(func(fp *Frame) T { p := base(fp); fp.pos = pos; return *(*T)(unsafe.Add(p, d)) })
	case mElem:
		var zero T
		if unsafe.Sizeof(zero) != v.size {
			break
		}
		if x, ok := loadIn[T](v); ok {
			return x
		}
		b, i := *v.base, *v.idx
		switch {
		case b.mode == mSlot && i.mode == mSlot:
			b, i := b.off, i.off
			return expr(func(fp *Frame) T {
				fp.pos = pos
				return (*(*[]T)(unsafe.Add(unsafe.Pointer(fp), b)))[*(*int)(unsafe.Add(unsafe.Pointer(fp), i))]
			})
		case i.mode == mSlot && b.variable() != nil:
			b, i := (*[]T)(b.variable()), i.off
			return expr(func(fp *Frame) T {
				fp.pos = pos
				return (*b)[*slotPtr[int](fp, i)]
			})
		case i.mode == mSlot && b.captured() != 0:
			b, i := b.captured(), i.off
			return expr(func(fp *Frame) T {
				fp.pos = pos
				return (**slotPtr[*[]T](fp, b))[*slotPtr[int](fp, i)]
			})
		case b.mode == mSlot:
			b := b.off
			switch h := i.hint.(type) {
			case sum:
				i, by := h.off, h.by
				v := expr(func(fp *Frame) T {
					fp.pos = pos
					return (*slotPtr[[]T](fp, b))[*slotPtr[int](fp, i)+by]
				})
				v.to = func(off uintptr) instr {
					return func(fp *Frame) {
						fp.pos = pos
						*slotPtr[T](fp, off) = (*slotPtr[[]T](fp, b))[*slotPtr[int](fp, i)+by]
					}
				}
				return v
			case masked:
				i, by := h.off, h.by
				v := expr(func(fp *Frame) T {
					fp.pos = pos
					return (*slotPtr[[]T](fp, b))[*slotPtr[int](fp, i)&by]
				})
				v.to = func(off uintptr) instr {
					return func(fp *Frame) {
						fp.pos = pos
						*slotPtr[T](fp, off) = (*slotPtr[[]T](fp, b))[*slotPtr[int](fp, i)&by]
					}
				}
				return v
			}
			i := fn[int](i)
			v := expr(func(fp *Frame) T {
				i := i(fp)
				fp.pos = pos
				return (*(*[]T)(unsafe.Add(unsafe.Pointer(fp), b)))[i]
			})
			v.to = func(off uintptr) instr {
				return func(fp *Frame) {
					i := i(fp)
					fp.pos = pos
					*(*T)(unsafe.Add(unsafe.Pointer(fp), off)) = (*(*[]T)(unsafe.Add(unsafe.Pointer(fp), b)))[i]
				}
			}
			return v
		}
		base, idx := fn[slice](b), fn[int](i)
		return expr(func(fp *Frame) T {
			s, i := base(fp), idx(fp)
			fp.pos = pos
			return (*(*[]T)(unsafe.Pointer(&s)))[i]
		})
	case mArray:
		if a := v.cellAddr(); a != nil {
			return loadCell[T](a)
		}
		if v.base.mode == mFrame {
			off, n, size, idx := v.base.off, v.n, v.size, fn[int](*v.idx)
			return expr(func(fp *Frame) T {
				i := idx(fp)
				fp.pos = pos
				if uint(i) >= uint(n) {
					outOfRange(i, n)
				}
				return *(*T)(unsafe.Add(unsafe.Pointer(fp), off+uintptr(i)*size))
			})
		}
	}
	p := fn[unsafe.Pointer](v)
	return expr(func(fp *Frame) T { p := p(fp); fp.pos = pos; return *(*T)(p) })
}

// loadedFrom is what f loads from the address v.
func loadedFrom[T any](v val, f func(*Frame) T) val {
	return val{f: f, hint: loaded{v}}
}

// put writes x at the address v.
func put[T any](v, x val) instr {
	pos := v.pos
	if x.onto != nil {
		if in := x.onto(v); in != nil {
			return in
		}
	}
	switch v.mode {
	case mFrame:
		return store[T](v.off, x)
	case mConst:
		p, f := (*T)(v.c.(unsafe.Pointer)), fn[T](x)
		return func(fp *Frame) { *p = f(fp) }
	case mSlot:
		off, f := v.off, fn[T](x)
		return func(fp *Frame) { x := f(fp); fp.pos = pos; **(**T)(unsafe.Add(unsafe.Pointer(fp), off)) = x }
	case mDisp:
		if v.off >= 4096 {
			break
		}
		d, f := v.off, fn[T](x)
		if v.base.mode == mSlot {
			off := v.base.off
			return func(fp *Frame) {
				x := f(fp)
				fp.pos = pos
				*(*T)(unsafe.Add(*(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(fp), off)), d)) = x
			}
		}
		base := fn[unsafe.Pointer](*v.base)
		return func(fp *Frame) { p, x := base(fp), f(fp); fp.pos = pos; *(*T)(unsafe.Add(p, d)) = x }
	case mElem:
		var zero T
		if unsafe.Sizeof(zero) != v.size {
			break
		}
		if in := putIn[T](v, x); in != nil {
			return in
		}
		b, i := *v.base, *v.idx
		idx, by, simple := i.counter()
		if b.mode == mSlot && simple {
			b, f := b.off, fn[T](x)
			return func(fp *Frame) {
				x := f(fp)
				fp.pos = pos
				(*slotPtr[[]T](fp, b))[*slotPtr[int](fp, idx)+by] = x
			}
		}
		if p := b.variable(); p != nil && simple {
			b, f := (*[]T)(p), fn[T](x)
			return func(fp *Frame) {
				s := *b
				x := f(fp)
				fp.pos = pos
				s[*slotPtr[int](fp, idx)+by] = x
			}
		}
		base, at, f := fn[slice](b), fn[int](i), fn[T](x)
		return func(fp *Frame) {
			s, i, x := base(fp), at(fp), f(fp)
			fp.pos = pos
			(*(*[]T)(unsafe.Pointer(&s)))[i] = x
		}
	case mArray:
		if a := v.cellAddr(); a != nil {
			return putCell[T](a, x)
		}
	}
	p, f := fn[unsafe.Pointer](v), fn[T](x)
	return func(fp *Frame) { p, x := p(fp), f(fp); fp.pos = pos; *(*T)(p) = x }
}

// store writes x to the slot at off.
func store[T any](off uintptr, x val) instr {
	switch x.mode {
	case mConst:
		c := constOf[T](x)
		return func(fp *Frame) { *(*T)(unsafe.Add(unsafe.Pointer(fp), off)) = c }
	case mSlot:
		src := x.off
		return func(fp *Frame) {
			*(*T)(unsafe.Add(unsafe.Pointer(fp), off)) = *(*T)(unsafe.Add(unsafe.Pointer(fp), src))
		}
	}
	f := fn[T](x)
	return func(fp *Frame) { *(*T)(unsafe.Add(unsafe.Pointer(fp), off)) = f(fp) }
}

// argument writes x to the slot at off of the frame of a call.
func argument[T any](off uintptr, x val) mover {
	switch x.mode {
	case mConst:
		c := constOf[T](x)
		return func(_, nf *Frame) { *(*T)(unsafe.Add(unsafe.Pointer(nf), off)) = c }
	case mSlot:
		src := x.off
		return func(fp, nf *Frame) {
			*(*T)(unsafe.Add(unsafe.Pointer(nf), off)) = *(*T)(unsafe.Add(unsafe.Pointer(fp), src))
		}
	}
	f := fn[T](x)
	return func(fp, nf *Frame) { *(*T)(unsafe.Add(unsafe.Pointer(nf), off)) = f(fp) }
}

// giveBack stores x as the result at off and ends the function.
func giveBack[T any](off uintptr, x val) func(*Frame) *block {
	if x.mode == mSlot {
		src := x.off
		return func(fp *Frame) *block {
			*(*T)(unsafe.Add(unsafe.Pointer(fp), off)) = *(*T)(unsafe.Add(unsafe.Pointer(fp), src))
			return nil
		}
	}
	f := fn[T](x)
	return func(fp *Frame) *block {
		*(*T)(unsafe.Add(unsafe.Pointer(fp), off)) = f(fp)
		return nil
	}
}

type (
	instr = func(*Frame)
	mover = func(fp, nf *Frame)
)
