package compile

import (
	"go/types"
)

// A ptrMask says which words of a piece of memory hold pointers.
type ptrMask []bool

func (m *ptrMask) set(word int) {
	for len(*m) <= word {
		*m = append(*m, false)
	}
	(*m)[word] = true
}

func (m ptrMask) len() int { return len(m) }

// bytes is the mask as the garbage collector reads it.
func (m ptrMask) bytes() *byte {
	b := make([]byte, len(m)/8+8)
	for i, ptr := range m {
		if ptr {
			b[i/8] |= 1 << (i % 8)
		}
	}
	return &b[0]
}

// ptrMask is the mask of a value of type t.
func (p *Program) ptrMask(t types.Type) ptrMask {
	var m ptrMask
	p.addMask(&m, t, 0)
	return m
}

// addMask marks the pointers of a t that starts at byte off.
func (p *Program) addMask(m *ptrMask, t types.Type, off int64) {
	w := int(off / 8)
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch u.Kind() {
		case types.String, types.UntypedString, types.UnsafePointer, types.UntypedNil:
			m.set(w)
		}
	case *types.Pointer, *types.Slice, *types.Map, *types.Chan, *types.Signature:
		m.set(w)
	case *types.Interface:
		m.set(w)
		m.set(w + 1)
	case *types.Array:
		n, size := u.Len(), p.sizes.Sizeof(u.Elem())
		if n == 0 || !hasPointers(u.Elem()) {
			return
		}
		for i := range n {
			p.addMask(m, u.Elem(), off+i*size)
		}
	case *types.Struct:
		fields := make([]*types.Var, u.NumFields())
		for i := range fields {
			fields[i] = u.Field(i)
		}
		for i, o := range p.sizes.Offsetsof(fields) {
			p.addMask(m, fields[i].Type(), off+o)
		}
	}
}

func hasPointers(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() == types.String || u.Kind() == types.UnsafePointer
	case *types.Array:
		return u.Len() > 0 && hasPointers(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if hasPointers(f.Type()) {
				return true
			}
		}
		return false
	}
	return true
}
