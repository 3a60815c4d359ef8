package compile

import (
	"go/token"
	"unsafe"
)

// Elements of arrays, of arrays of arrays and of slices of slices, whose indices are
// slots, or those and a constant: their addresses need no closures of their own.

// counter is v as a slot plus a constant, which most indices are.
func (v val) counter() (off uintptr, by int, ok bool) {
	if v.mode == mSlot {
		return v.off, 0, true
	}
	h, ok := v.hint.(sum)
	return h.off, h.by, ok
}

// An axis is an index into an array: slot off plus by, of n elements of a size.
type axis struct {
	off  uintptr
	by   int
	n    int
	size uintptr
}

// A cellAddr is the address of an element of an array, which may be an element of
// another: axes from where an address that is the same whenever it is asked for is.
type cellAddr struct {
	p     unsafe.Pointer // of a variable of the program; else
	off   uintptr        // from the frame, or of the slot of an address
	deref bool           // it is a slot
	disp  uintptr        // from there
	axes  []axis
	pos   token.Pos
}

// cellAddr is v as such an address; nil if it is none.
func (v val) cellAddr() *cellAddr {
	switch v.mode {
	case mConst:
		if p := v.c.(unsafe.Pointer); p != nil {
			return &cellAddr{p: p}
		}
	case mFrame:
		return &cellAddr{off: v.off}
	case mSlot:
		return &cellAddr{off: v.off, deref: true}
	case mDisp:
		if b := v.base; b.mode == mSlot {
			return &cellAddr{off: b.off, deref: true, disp: v.off}
		}
	case mArray:
		off, by, ok := v.idx.counter()
		if !ok {
			return nil
		}
		if a := v.base.cellAddr(); a != nil && len(a.axes) < 2 {
			a.axes, a.pos = append(a.axes, axis{off, by, v.n, v.size}), v.pos
			return a
		}
	}
	return nil
}

// start is where the array is: at p, or off from the frame, or where that slot says.
func start(fp *Frame, p unsafe.Pointer, off uintptr, deref bool) unsafe.Pointer {
	if p != nil {
		return p
	}
	p = unsafe.Add(unsafe.Pointer(fp), off)
	if deref {
		if p = *(*unsafe.Pointer)(p); p == nil {
			nilDereference()
		}
	}
	return p
}

// fn is the closure that computes the address.
func (a *cellAddr) fn() func(*Frame) unsafe.Pointer {
	at, off, deref, disp, pos := a.p, a.off, a.deref, a.disp, a.pos
	i, in, iby, isize := a.axes[0].off, a.axes[0].n, a.axes[0].by, a.axes[0].size
	if len(a.axes) == 1 {
		return func(fp *Frame) unsafe.Pointer {
			fp.pos = pos
			p, i := start(fp, at, off, deref), *slotPtr[int](fp, i)+iby
			if uint(i) >= uint(in) {
				outOfRange(i, in)
			}
			return unsafe.Add(p, disp+uintptr(i)*isize)
		}
	}
	j, jn, jby, jsize := a.axes[1].off, a.axes[1].n, a.axes[1].by, a.axes[1].size
	return func(fp *Frame) unsafe.Pointer {
		fp.pos = pos
		p, i, j := start(fp, at, off, deref), *slotPtr[int](fp, i)+iby, *slotPtr[int](fp, j)+jby
		if uint(i) >= uint(in) {
			outOfRange(i, in)
		}
		if uint(j) >= uint(jn) {
			outOfRange(j, jn)
		}
		return unsafe.Add(p, disp+uintptr(i)*isize+uintptr(j)*jsize)
	}
}

// loadCell reads a T there.
func loadCell[T any](a *cellAddr) val {
	at, off, deref, disp, pos := a.p, a.off, a.deref, a.disp, a.pos
	i, in, iby, isize := a.axes[0].off, a.axes[0].n, a.axes[0].by, a.axes[0].size
	if len(a.axes) == 1 {
		return expr(func(fp *Frame) T {
			fp.pos = pos
			p, i := start(fp, at, off, deref), *slotPtr[int](fp, i)+iby
			if uint(i) >= uint(in) {
				outOfRange(i, in)
			}
			return *(*T)(unsafe.Add(p, disp+uintptr(i)*isize))
		})
	}
	j, jn, jby, jsize := a.axes[1].off, a.axes[1].n, a.axes[1].by, a.axes[1].size
	return expr(func(fp *Frame) T {
		fp.pos = pos
		p, i, j := start(fp, at, off, deref), *slotPtr[int](fp, i)+iby, *slotPtr[int](fp, j)+jby
		if uint(i) >= uint(in) {
			outOfRange(i, in)
		}
		if uint(j) >= uint(jn) {
			outOfRange(j, jn)
		}
		return *(*T)(unsafe.Add(p, disp+uintptr(i)*isize+uintptr(j)*jsize))
	})
}

// putCell writes v there.
func putCell[T any](a *cellAddr, v val) instr {
	f := fn[T](v)
	at, off, deref, disp, pos := a.p, a.off, a.deref, a.disp, a.pos
	i, in, iby, isize := a.axes[0].off, a.axes[0].n, a.axes[0].by, a.axes[0].size
	if len(a.axes) == 1 {
		return func(fp *Frame) {
			v := f(fp)
			fp.pos = pos
			p, i := start(fp, at, off, deref), *slotPtr[int](fp, i)+iby
			if uint(i) >= uint(in) {
				outOfRange(i, in)
			}
			*(*T)(unsafe.Add(p, disp+uintptr(i)*isize)) = v
		}
	}
	j, jn, jby, jsize := a.axes[1].off, a.axes[1].n, a.axes[1].by, a.axes[1].size
	return func(fp *Frame) {
		v := f(fp)
		fp.pos = pos
		p, i, j := start(fp, at, off, deref), *slotPtr[int](fp, i)+iby, *slotPtr[int](fp, j)+jby
		if uint(i) >= uint(in) {
			outOfRange(i, in)
		}
		if uint(j) >= uint(jn) {
			outOfRange(j, jn)
		}
		*(*T)(unsafe.Add(p, disp+uintptr(i)*isize+uintptr(j)*jsize)) = v
	}
}

// A row is element i of a slice of slices: that in slot off, or the program's
// variable p. It is the hint of what is loaded from there.
type row struct {
	p   *[]slice
	off uintptr
	i   uintptr
	by  int
}

// rowOf is the row that the element at the address v is, if it is one.
func rowOf(v val) (r row, ok bool) {
	if v.mode != mElem {
		return row{}, false
	}
	i, by, ok := v.idx.counter()
	r = row{p: (*[]slice)(v.base.variable()), off: v.base.off, i: i, by: by}
	return r, ok && (v.base.mode == mSlot || r.p != nil)
}

func (r *row) of(fp *Frame) *slice {
	rows := r.p
	if rows == nil {
		rows = slotPtr[[]slice](fp, r.off)
	}
	return &(*rows)[*slotPtr[int](fp, r.i)+r.by]
}

// loadIn reads a T that is an element of a row.
func loadIn[T any](v val) (val, bool) {
	r, ok := v.base.hint.(row)
	i, by, simple := v.idx.counter()
	if !ok || !simple {
		return val{}, false
	}
	pos := v.pos
	return expr(func(fp *Frame) T {
		fp.pos = pos
		return (*(*[]T)(unsafe.Pointer(r.of(fp))))[*slotPtr[int](fp, i)+by]
	}), true
}

// putIn writes x to an element of a row; nil if it is none.
func putIn[T any](v, x val) instr {
	r, ok := v.base.hint.(row)
	i, by, simple := v.idx.counter()
	if !ok || !simple {
		return nil
	}
	pos, f := v.pos, fn[T](x)
	return func(fp *Frame) {
		fp.pos = pos
		row := r.of(fp)
		x := f(fp)
		fp.pos = pos
		(*(*[]T)(unsafe.Pointer(row)))[*slotPtr[int](fp, i)+by] = x
	}
}
