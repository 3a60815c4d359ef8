package compile

import (
	"go/token"
	"go/types"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

func (c *fnc) makeSlice(in *ssa.MakeSlice) {
	c.note(in.Pos())
	r := c.p.rt(in.Type().Underlying().(*types.Slice).Elem())
	n, m := fn[int](c.intOperand(in.Len)), fn[int](c.intOperand(in.Cap))
	pos := in.Pos()
	c.define(in, expr(func(fp *Frame) slice {
		n, m := n(fp), m(fp)
		if n < 0 || r.size > 0 && uintptr(n) > addressSpace/r.size {
			panic(plainError("runtime error: makeslice: len out of range"))
		}
		if m < n || r.size > 0 && uintptr(m) > addressSpace/r.size {
			panic(plainError("runtime error: makeslice: cap out of range"))
		}
		fp.reserve(pos, uintptr(m)*r.size)
		return slice{unsafeNewArray(r, m), n, m}
	}), reads)
}

// bounds are the operands of a slice expression; nil where there is none.
type bounds struct{ lo, hi, max func(*Frame) int }

func (c *fnc) slice(in *ssa.Slice) {
	if a, ok := in.X.(*ssa.Alloc); ok && c.elems[a] != nil {
		c.vals[in] = home{}
		return
	}
	c.note(in.Pos())
	x := c.operand(in.X)
	var b bounds
	for _, o := range []struct {
		v ssa.Value
		f *func(*Frame) int
	}{{in.Low, &b.lo}, {in.High, &b.hi}, {in.Max, &b.max}} {
		if o.v != nil {
			*o.f = fn[int](c.intOperand(o.v))
		}
	}
	switch t := in.X.Type().Underlying().(type) {
	case *types.Basic:
		s := fn[string](x)
		c.define(in, expr(func(fp *Frame) string {
			s := s(fp)
			lo, hi := 0, len(s)
			if b.lo != nil {
				lo = b.lo(fp)
			}
			if b.hi != nil {
				hi = b.hi(fp)
			}
			return s[lo:hi]
		}), reads)
	case *types.Slice:
		s, size := fn[slice](x), c.p.rt(t.Elem()).size
		c.define(in, expr(func(fp *Frame) slice { return reslice(s(fp), size, b, fp, false) }), reads)
	case *types.Pointer:
		arr := t.Elem().Underlying().(*types.Array)
		p, n, size := fn[unsafe.Pointer](x), int(arr.Len()), c.p.rt(arr.Elem()).size
		if b.lo == nil && b.hi == nil && b.max == nil {
			c.define(in, expr(func(fp *Frame) slice {
				p := p(fp)
				if p == nil {
					nilDereference()
				}
				return slice{p, n, n}
			}), reads)
			return
		}
		if a, ok := in.X.(*ssa.Alloc); ok && a.Comment == "makeslice" && b.hi != nil {
			hi := b.hi
			b.hi = func(fp *Frame) int {
				k := hi(fp)
				if k < 0 {
					panic(plainError("runtime error: makeslice: len out of range"))
				} else if k > n {
					panic(plainError("runtime error: makeslice: cap out of range"))
				}
				return k
			}
		}
		c.define(in, expr(func(fp *Frame) slice {
			p := p(fp)
			if p == nil {
				nilDereference()
			}
			return reslice(slice{p, n, n}, size, b, fp, true)
		}), reads)
	}
}

// reslice is s[lo:hi:max], of an array if fixed.
func reslice(s slice, size uintptr, b bounds, fp *Frame, fixed bool) slice {
	lo, hi := 0, s.len
	if b.lo != nil {
		lo = b.lo(fp)
	}
	if b.hi != nil {
		hi = b.hi(fp)
	}
	top := s.cap
	if b.max != nil {
		top = b.max(fp)
		if uint(top) > uint(s.cap) || uint(hi) > uint(top) || uint(lo) > uint(hi) {
			badBounds3(s, lo, hi, top, fixed)
		}
	} else if uint(hi) > uint(s.cap) || uint(lo) > uint(hi) {
		badBounds(s, lo, hi, fixed)
	}
	p := s.p
	if top > lo {
		p = unsafe.Add(p, uintptr(lo)*size)
	}
	return slice{p, hi - lo, top - lo}
}

// badBounds panics the way Go does: Go's own expression on elements without size
// does it, but for arrays, of which only the text speaks of a length.
func badBounds(s slice, lo, hi int, fixed bool) {
	if fixed && hi > s.cap {
		panic(plainError("runtime error: slice bounds out of range [:" + itoa(hi) + "] with length " + itoa(s.cap)))
	}
	e := make([]struct{}, s.len, s.cap)
	_ = e[lo:hi]
}

func badBounds3(s slice, lo, hi, top int, fixed bool) {
	if fixed && top > s.cap {
		panic(plainError("runtime error: slice bounds out of range [::" + itoa(top) + "] with length " + itoa(s.cap)))
	}
	e := make([]struct{}, s.len, s.cap)
	_ = e[lo:hi:top]
}

// tooShort panics like the conversion of a slice of n elements to an array of m.
func tooShort(n, m int) {
	panic(plainError("runtime error: cannot convert slice with length " + itoa(n) + " to array or pointer to array with length " + itoa(m)))
}

func (c *fnc) append(in *ssa.Call) {
	args, pos := in.Call.Args, in.Pos()
	elem := in.Type().Underlying().(*types.Slice).Elem()
	r := c.p.rt(elem)
	x := c.operand(args[0])
	s := fn[slice](x)
	if len(args) == 1 {
		c.define(in, expr(s), writes)
		return
	}
	if sl, ok := args[1].(*ssa.Slice); ok {
		if a, ok := sl.X.(*ssa.Alloc); ok && c.elems[a] != nil {
			c.define(in, c.p.opsFor(elem).appendTo(pos, x, c.operand(c.elems[a])), writes)
			return
		}
	}
	y := c.operand(args[1])
	if kindOf(args[1].Type()) == kString {
		str := fn[string](y)
		c.define(in, expr(func(fp *Frame) slice {
			s, str := s(fp), str(fp)
			fp.reserveGrowth(pos, s, len(str), 1)
			b := append(*(*[]byte)(unsafe.Pointer(&s)), str...)
			return *(*slice)(unsafe.Pointer(&b))
		}), writes)
		return
	}
	t := fn[slice](y)
	if r.ptrBytes == 0 {
		switch r.size {
		case 1:
			c.define(in, appendTyped[uint8](pos, s, t), writes)
			return
		case 4:
			c.define(in, appendTyped[uint32](pos, s, t), writes)
			return
		case 8:
			c.define(in, appendTyped[uint64](pos, s, t), writes)
			return
		}
	}
	switch kindOf(elem) {
	case kString:
		c.define(in, appendTyped[string](pos, s, t), writes)
		return
	case kPtr:
		c.define(in, appendTyped[unsafe.Pointer](pos, s, t), writes)
		return
	case kSlice:
		c.define(in, appendTyped[[]unsafe.Pointer](pos, s, t), writes)
		return
	}
	c.define(in, expr(func(fp *Frame) slice {
		s := s(fp)
		t := t(fp)
		if t.len == 0 {
			return s
		}
		if s.len+t.len < 0 {
			panic(plainError("runtime error: growslice: len out of range"))
		}
		if s.len+t.len > s.cap {
			n := s.len
			fp.reserveGrowth(pos, s, t.len, r.size)
			s = growslice(r, s, t.len)
			s.len = n
		}
		n := s.len
		s.len += t.len
		typedslicecopy(r, slice{unsafe.Add(s.p, uintptr(n)*r.size), t.len, t.len}, t)
		return s
	}), writes)
}

// appendTo is append(s, x).
func (o typed[T]) appendTo(pos token.Pos, x, v val) val {
	r := o.r
	s, f := fn[slice](x), fn[T](v)
	out := expr(func(fp *Frame) slice {
		s := s(fp)
		x := f(fp)
		if s.len == s.cap {
			n := s.len
			fp.reserveGrowth(pos, s, 1, r.size)
			s = growslice(r, s, 1)
			s.len = n
		}
		s.len++
		(*(*[]T)(unsafe.Pointer(&s)))[s.len-1] = x
		return s
	})
	out.to = func(off uintptr) instr {
		if x.mode != mSlot || x.off != off {
			return store[slice](off, out)
		}
		return func(fp *Frame) {
			x := f(fp)
			s := slotPtr[slice](fp, off)
			if s.len == s.cap {
				n := s.len
				fp.reserveGrowth(pos, *s, 1, r.size)
				*s = growslice(r, *s, 1)
				s.len = n
			}
			s.len++
			(*(*[]T)(unsafe.Pointer(s)))[s.len-1] = x
		}
	}
	return out
}

func (o memory) appendTo(pos token.Pos, x, v val) val {
	r := o.r
	s, f := fn[slice](x), memFn(v)
	out := expr(func(fp *Frame) slice {
		s := s(fp)
		fp.appendAt(pos, &s, r, f(fp))
		return s
	})
	out.to = func(off uintptr) instr {
		if x.mode != mSlot || x.off != off {
			return store[slice](off, out)
		}
		return func(fp *Frame) { fp.appendAt(pos, slotPtr[slice](fp, off), r, f(fp)) }
	}
	return out
}

// appendAt appends the r at q to s.
func (fp *Frame) appendAt(pos token.Pos, s *slice, r *rtype, q unsafe.Pointer) {
	n := s.len
	if n == s.cap {
		fp.reserveGrowth(pos, *s, 1, r.size)
		*s = growslice(r, *s, 1)
	}
	s.len = n + 1
	r.move(unsafe.Add(s.p, uintptr(n)*r.size), q)
}

func appendTyped[T any](pos token.Pos, s, t func(*Frame) slice) val {
	return expr(func(fp *Frame) slice {
		s := s(fp)
		t := t(fp)
		fp.reserveGrowth(pos, s, t.len, unsafe.Sizeof(*new(T)))
		a := append(*(*[]T)(unsafe.Pointer(&s)), *(*[]T)(unsafe.Pointer(&t))...)
		return *(*slice)(unsafe.Pointer(&a))
	})
}

func (c *fnc) copy(in *ssa.Call) {
	args := in.Call.Args
	f := c.copyFn([]types.Type{args[0].Type(), args[1].Type()}, []val{c.operand(args[0]), c.operand(args[1])})
	c.define(in, expr(f), writes)
}

func (c *fnc) copyFn(ts []types.Type, args []val) func(*Frame) int {
	r := c.p.rt(ts[0].Underlying().(*types.Slice).Elem())
	d := fn[slice](args[0])
	if kindOf(ts[1]) == kString {
		s := fn[string](args[1])
		return func(fp *Frame) int {
			d := d(fp)
			return copy(*(*[]byte)(unsafe.Pointer(&d)), s(fp))
		}
	}
	s := fn[slice](args[1])
	return func(fp *Frame) int { d := d(fp); return typedslicecopy(r, d, s(fp)) }
}
