package compile

import (
	"go/token"
	"go/types"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// What ranges over a string, and over a map.
type (
	stringIter struct {
		s string
		i int
	}
	entries struct {
		mapIter
		m     unsafe.Pointer
		begun bool // past the first entry
	}
)

func (c *fnc) rangeOver(in *ssa.Range) {
	// The iterator's type is opaque; it is a pointer.
	off := c.lay.alloc(types.Typ[types.UnsafePointer])
	c.vals[in] = home{v: slotVal(off)}
	c.note(in.Pos())
	x := c.operand(in.X)
	if kindOf(in.X.Type()) == kString {
		s := fn[string](x)
		c.emit(func(fp *Frame) {
			*slotPtr[unsafe.Pointer](fp, off) = unsafe.Pointer(&stringIter{s: s(fp)})
		})
		return
	}
	m, r := fn[unsafe.Pointer](x), c.p.rt(in.X.Type())
	c.emit(func(fp *Frame) {
		it := &entries{m: m(fp)}
		it.start(fp, r)
		*slotPtr[unsafe.Pointer](fp, off) = unsafe.Pointer(it)
	})
}

// next advances an iterator: (ok, key, value).
func (c *fnc) next(b *blockCode, in *ssa.Next) {
	it := c.operand(in.Iter).off
	c.barrier(writes)
	t := in.Type().(*types.Tuple)
	_, offs := c.tuple(in)
	if in.IsString {
		c.out = append(c.out, func(fp *Frame) {
			it := (*stringIter)(*slotPtr[unsafe.Pointer](fp, it))
			ok := it.i < len(it.s)
			*slotPtr[bool](fp, offs[0]) = ok
			if !ok {
				return
			}
			r, n := rune(it.s[it.i]), 1
			if r >= utf8.RuneSelf {
				r, n = utf8.DecodeRuneInString(it.s[it.i:])
			}
			*slotPtr[int](fp, offs[1]) = it.i
			*slotPtr[rune](fp, offs[2]) = r
			it.i += n
		})
		return
	}
	r := quickRange(t, it, offs)
	if r == nil {
		r = rangeAny{it, offs[0], c.iterSlot(t.At(1).Type(), offs[1]), c.iterSlot(t.At(2).Type(), offs[2])}
	}
	b.over = r
	c.out = append(c.out, r.next())
}

func (it *entries) start(fp *Frame, r *rtype) {
	if crowded() {
		fp.use(token.NoPos, it.m, mapIteration)
		defer done(it.m)
	}
	mapiterinit(r, it.m, &it.mapIter)
}

// next tells whether there is another entry.
func (it *entries) next(fp *Frame) bool {
	if it.begun {
		if crowded() {
			it.shared(fp)
		} else {
			mapiternext(&it.mapIter)
		}
	}
	it.begun = true
	return it.key != nil
}

func (it *entries) shared(fp *Frame) {
	fp.use(token.NoPos, it.m, mapIteration)
	defer done(it.m)
	mapiternext(&it.mapIter)
}

// A mapRange is how a loop over a map has its next entry: by a step that tells
// whether there is one, or all of them by an instruction that does seq for each.
type mapRange interface {
	next() instr
	loop(seq []instr, mask int) instr
}

// quickRange is of key and element of common types; nil if they are of others.
func quickRange(t *types.Tuple, it uintptr, offs []uintptr) mapRange {
	for i := 1; i <= 2; i++ {
		if b, ok := t.At(i).Type().(*types.Basic); ok && b.Kind() == types.Invalid {
			return nil // is not wanted
		}
	}
	switch kk, ek := kindOf(t.At(1).Type()), kindOf(t.At(2).Type()); {
	case kk == kString && ek == kInt:
		return rangeIn[string, int]{it, offs}
	case kk == kString && ek == kString:
		return rangeIn[string, string]{it, offs}
	case kk == kString && ek == kFloat64:
		return rangeIn[string, float64]{it, offs}
	case kk == kString && ek == kPtr:
		return rangeIn[string, unsafe.Pointer]{it, offs}
	case kk == kString && ek == kSlice:
		return rangeIn[string, slice]{it, offs}
	case kk == kInt && ek == kInt:
		return rangeIn[int, int]{it, offs}
	case kk == kInt && ek == kString:
		return rangeIn[int, string]{it, offs}
	}
	return nil
}

// A rangeIn has the iterator in slot it and room for ok, key and element at offs.
type rangeIn[K, V any] struct {
	it   uintptr
	offs []uintptr
}

func (r rangeIn[K, V]) next() instr {
	it, ok, key, elem := r.it, r.offs[0], r.offs[1], r.offs[2]
	return func(fp *Frame) {
		it := (*entries)(*slotPtr[unsafe.Pointer](fp, it))
		if !it.next(fp) {
			*slotPtr[bool](fp, ok) = false
			return
		}
		*slotPtr[bool](fp, ok) = true
		*slotPtr[K](fp, key), *slotPtr[V](fp, elem) = *(*K)(it.key), *(*V)(it.elem)
	}
}

func (r rangeIn[K, V]) loop(seq []instr, mask int) instr {
	it, key, elem, body := r.it, r.offs[1], r.offs[2], sequence(seq)
	return func(fp *Frame) {
		it := (*entries)(*slotPtr[unsafe.Pointer](fp, it))
		for n := 1; it.next(fp); n++ {
			*slotPtr[K](fp, key), *slotPtr[V](fp, elem) = *(*K)(it.key), *(*V)(it.elem)
			body(fp)
			if n&mask == 0 {
				fp.th.check()
			}
		}
	}
}

// A rangeAny is of any types.
type rangeAny struct {
	it, ok    uintptr
	key, elem func(*Frame, unsafe.Pointer)
}

func (r rangeAny) next() instr {
	return func(fp *Frame) {
		it := (*entries)(*slotPtr[unsafe.Pointer](fp, r.it))
		ok := it.next(fp)
		*slotPtr[bool](fp, r.ok) = ok
		if ok {
			r.key(fp, it.key)
			r.elem(fp, it.elem)
		}
	}
}

func (r rangeAny) loop(seq []instr, mask int) instr {
	body := sequence(seq)
	return func(fp *Frame) {
		it := (*entries)(*slotPtr[unsafe.Pointer](fp, r.it))
		for n := 1; it.next(fp); n++ {
			r.key(fp, it.key)
			r.elem(fp, it.elem)
			body(fp)
			if n&mask == 0 {
				fp.th.check()
			}
		}
	}
}

// iterSlot moves a key or value of an iterator to the slot at off.
func (c *fnc) iterSlot(t types.Type, off uintptr) func(*Frame, unsafe.Pointer) {
	if b, ok := t.(*types.Basic); ok && b.Kind() == types.Invalid {
		return func(*Frame, unsafe.Pointer) {}
	}
	return c.p.opsFor(t).fetch(off)
}
