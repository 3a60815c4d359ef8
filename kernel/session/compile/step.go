package compile

import (
	"go/token"
	"unsafe"
)

// What loops do at every turn is worth a closure of its own: to add to a counter
// and compare it, and the decisions that are made most. A hint of a val says that
// it is of such a form.

// A sum is slot off plus a constant.
type sum struct {
	off uintptr
	by  int
}

// What is masked is slot off and a constant: the index of a ring.
type masked struct {
	off uintptr
	by  int
}

// A comparison is slot x op slot y, or op what is at k.
type comparison struct {
	op   token.Token // ILLEGAL if it is none
	x, y uintptr
	k    *int     // nil if y it is
	rem  *remnant // of x, which is then compared instead, == or != k; else nil
}

// A remnant is what is left of slot off modulo a constant, whose reciprocal is m.
type remnant struct {
	off uintptr
	c   int
	m   uint64
}

// A letter is a byte of the string in slot off, or of s if constant.
type letter struct {
	off      uintptr
	s        string
	constant bool

	idx func(*Frame) int
	pos token.Pos
}

// What is loaded from an address that is the same whenever it is asked for: of a
// variable of the program, or in a slot, or some way from that.
type loaded struct{ addr val }

// isLoadedFrom tells whether v was loaded from the address a.
func (v val) isLoadedFrom(a val) bool {
	l, ok := v.hint.(loaded)
	if b := l.addr; ok && a.mode == b.mode {
		switch a.mode {
		case mConst:
			return a.c == b.c
		case mSlot:
			return a.off == b.off
		case mDisp:
			return a.off == b.off && a.base.mode == mSlot && b.base.mode == mSlot && a.base.off == b.base.off
		}
	}
	return false
}

// variable is where v, a variable of the program, is; nil if it is something else.
func (v val) variable() unsafe.Pointer {
	if l, ok := v.hint.(loaded); ok && l.addr.mode == mConst {
		return l.addr.c.(unsafe.Pointer)
	}
	return nil
}

// captured is the slot of the address of v, a variable that a closure shares with
// others; 0 if it is something else.
func (v val) captured() uintptr {
	if l, ok := v.hint.(loaded); ok && l.addr.mode == mSlot {
		return l.addr.off
	}
	return 0
}

// intHint is the hint of x op y on ints.
func intHint(op token.Token, x, y val) any {
	if x.mode != mSlot {
		return nil
	}
	switch op {
	case token.ADD, token.SUB:
		if y.mode == mConst {
			by := constOf[int](y)
			if op == token.SUB {
				by = -by
			}
			return sum{x.off, by}
		}
	case token.MUL:
		switch y.mode {
		case mSlot:
			return product{x: x.off, y: y.off}
		case mConst:
			return product{x: x.off, k: constOf[int](y), by: true}
		}
	case token.AND:
		if y.mode == mConst {
			return masked{x.off, constOf[int](y)}
		}
	case token.REM:
		if c, m, ok := reciprocal[int](y); ok {
			return remnant{x.off, c, m}
		}
	case token.LSS, token.LEQ, token.GTR, token.GEQ, token.NEQ, token.EQL:
		switch y.mode {
		case mSlot:
			return comparison{op: op, x: x.off, y: y.off}
		case mConst:
			k := constOf[int](y)
			return comparison{op: op, x: x.off, k: &k}
		}
		if p := y.variable(); p != nil {
			return comparison{op: op, x: x.off, k: (*int)(p)}
		}
	}
	return nil
}

// then adds to the counter and compares it; nil if t does not compare what s
// adds to.
func (s sum) then(t comparison) func(*Frame) bool {
	off, by, k, y := s.off, s.by, t.k, t.y
	if t.x != off || k == nil && y == off {
		return nil
	}
	switch {
	case t.op == token.LSS && k != nil:
		return func(fp *Frame) bool { p := slotPtr[int](fp, off); *p += by; return *p < *k }
	case t.op == token.LSS:
		return func(fp *Frame) bool { p := slotPtr[int](fp, off); *p += by; return *p < *slotPtr[int](fp, y) }
	case t.op == token.LEQ && k != nil:
		return func(fp *Frame) bool { p := slotPtr[int](fp, off); *p += by; return *p <= *k }
	case t.op == token.LEQ:
		return func(fp *Frame) bool { p := slotPtr[int](fp, off); *p += by; return *p <= *slotPtr[int](fp, y) }
	case t.op == token.GTR && k != nil:
		return func(fp *Frame) bool { p := slotPtr[int](fp, off); *p += by; return *p > *k }
	case t.op == token.GTR:
		return func(fp *Frame) bool { p := slotPtr[int](fp, off); *p += by; return *p > *slotPtr[int](fp, y) }
	case t.op == token.GEQ && k != nil:
		return func(fp *Frame) bool { p := slotPtr[int](fp, off); *p += by; return *p >= *k }
	case t.op == token.GEQ:
		return func(fp *Frame) bool { p := slotPtr[int](fp, off); *p += by; return *p >= *slotPtr[int](fp, y) }
	}
	return nil
}

// equals compares what is left with k.
func (r remnant) equals(k int, want bool) func(*Frame) bool {
	off, c, m := r.off, r.c, r.m
	return func(fp *Frame) bool { return (modulo(*slotPtr[int](fp, off), c, m) == k) == want }
}

// equals compares the byte with c.
func (l letter) equals(c byte, want bool) func(*Frame) bool {
	off, idx, pos := l.off, l.idx, l.pos
	if l.constant {
		s := l.s
		return func(fp *Frame) bool {
			i := idx(fp)
			fp.pos = pos
			return (s[i] == c) == want
		}
	}
	return func(fp *Frame) bool {
		i := idx(fp)
		fp.pos = pos
		return ((*slotPtr[string](fp, off))[i] == c) == want
	}
}

// equalsConst is x == y or, unless want, x != y, if y is a constant and x of one of
// these forms.
func equalsConst(k kind, x, y val, want bool) (val, bool) {
	if y.mode != mConst {
		return val{}, false
	}
	switch h := x.hint.(type) {
	case remnant:
		if k == kInt {
			n, op := constOf[int](y), token.EQL
			if !want {
				op = token.NEQ
			}
			v := expr(h.equals(n, want))
			v.hint = comparison{op: op, x: h.off, k: &n, rem: &h}
			return v, true
		}
	case letter:
		if k == kUint8 {
			return expr(h.equals(constOf[byte](y), want)), true
		}
	}
	return val{}, false
}
