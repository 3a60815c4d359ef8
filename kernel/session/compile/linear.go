package compile

// Sums of a product and something, as in the index of a table that lies in one slice:
// x[i*width+j].

// A product is slot x times slot y, or times k.
type product struct {
	x, y uintptr
	k    int
	by   bool // times k
}

// linear is x + y if one of them is a product and the other a slot or a constant.
func linear(x, y val) (v val, ok bool) {
	if p, ok := x.hint.(product); ok {
		return p.plus(y)
	}
	if p, ok := y.hint.(product); ok {
		return p.plus(x)
	}
	return val{}, false
}

// plus is p + y, of operands that are slots or constants: at once, and stored.
func (p product) plus(y val) (v val, ok bool) {
	a, b, k := p.x, p.y, p.k
	switch {
	case y.mode == mSlot && p.by:
		y := y.off
		v = expr(func(fp *Frame) int { return *slotPtr[int](fp, a)*k + *slotPtr[int](fp, y) })
		v.to = func(off uintptr) instr {
			return func(fp *Frame) { *slotPtr[int](fp, off) = *slotPtr[int](fp, a)*k + *slotPtr[int](fp, y) }
		}
	case y.mode == mSlot:
		y := y.off
		v = expr(func(fp *Frame) int { return *slotPtr[int](fp, a)**slotPtr[int](fp, b) + *slotPtr[int](fp, y) })
		v.to = func(off uintptr) instr {
			return func(fp *Frame) {
				*slotPtr[int](fp, off) = *slotPtr[int](fp, a)**slotPtr[int](fp, b) + *slotPtr[int](fp, y)
			}
		}
	case y.mode == mConst && p.by:
		y := constOf[int](y)
		v = expr(func(fp *Frame) int { return *slotPtr[int](fp, a)*k + y })
		v.to = func(off uintptr) instr {
			return func(fp *Frame) { *slotPtr[int](fp, off) = *slotPtr[int](fp, a)*k + y }
		}
	default:
		return val{}, false
	}
	return v, true
}
