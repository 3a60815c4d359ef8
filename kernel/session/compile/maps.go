package compile

import (
	"go/token"
	"go/types"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

func (c *fnc) makeMap(in *ssa.MakeMap) {
	r := c.p.rt(in.Type())
	n := func(*Frame) int { return 0 }
	if in.Reserve != nil {
		n = fn[int](c.intOperand(in.Reserve))
	}
	mt := in.Type().Underlying().(*types.Map)
	size := c.p.rt(mt.Key()).size + c.p.rt(mt.Elem()).size + 1
	pos := in.Pos()
	c.define(in, expr(func(fp *Frame) unsafe.Pointer {
		n := n(fp)
		if n > 0 {
			fp.reserve(pos, uintptr(n)*size)
		}
		return makemap(r, n)
	}), reads)
}

// lookup is m[k], with or without ok.
func (c *fnc) lookup(in *ssa.Lookup) {
	mt, ok := in.X.Type().Underlying().(*types.Map)
	if !ok {
		x, i := c.operand(in.X), c.intOperand(in.Index)
		c.define(in, stringIndex(x, i, in.Pos()), reads)
		return
	}
	x, k := c.operand(in.X), c.operand(in.Index)
	if !in.CommaOk {
		if v, ok := quickLookup(kindOf(mt.Key()), kindOf(mt.Elem()), x, k, in.Pos()); ok {
			c.define(in, v, reads)
			return
		}
	}
	pos := in.Pos()
	c.note(pos)
	r := c.p.rt(in.X.Type())
	m, key := fn[unsafe.Pointer](x), c.p.opsFor(mt.Key()).mem(c, k)
	elem := c.p.opsFor(mt.Elem())
	zero := unsafeNew(c.p.rt(mt.Elem()))
	if !in.CommaOk {
		c.define(in, elem.load(expr(func(fp *Frame) unsafe.Pointer {
			m, k := m(fp), key(fp)
			p := fp.mapAccess(pos, r, m, k)
			if p == nil {
				return zero
			}
			return p
		})), reads)
		return
	}
	c.barrier(writes)
	_, offs := c.tuple(in)
	if find := quickFind(kindOf(mt.Key()), kindOf(mt.Elem()), x, k, offs[0], offs[1], pos); find != nil {
		c.out = append(c.out, find)
		return
	}
	fetch := elem.fetch(offs[0])
	c.out = append(c.out, func(fp *Frame) {
		m, k := m(fp), key(fp)
		p := fp.mapAccess(pos, r, m, k)
		*slotPtr[bool](fp, offs[1]) = p != nil
		if p == nil {
			p = zero
		}
		fetch(fp, p)
	})
}

// quickLookup reads maps of common types with Go's own expression.
func quickLookup(kk, ek kind, m, k val, pos token.Pos) (val, bool) {
	switch kk {
	case kString:
		return lookupOf[string](ek, m, k, pos)
	case kInt:
		return lookupOf[int](ek, m, k, pos)
	}
	return val{}, false
}

func lookupOf[K comparable](ek kind, m, k val, pos token.Pos) (val, bool) {
	switch ek {
	case kInt:
		return lookupIn[K, int](m, k, pos), true
	case kBool:
		return lookupIn[K, bool](m, k, pos), true
	case kFloat64:
		return lookupIn[K, float64](m, k, pos), true
	case kString:
		return lookupIn[K, string](m, k, pos), true
	case kPtr:
		return lookupIn[K, unsafe.Pointer](m, k, pos), true
	case kSlice:
		return lookupIn[K, slice](m, k, pos), true
	}
	return val{}, false
}

func lookupIn[K comparable, V any](m, k val, pos token.Pos) val {
	if m.mode == mSlot {
		off, key := m.off, fn[K](k)
		return expr(func(fp *Frame) V {
			k := key(fp)
			m := *slotPtr[map[K]V](fp, off)
			if crowded() {
				v, _ := sharedGet(fp, pos, m, k)
				return v
			}
			return m[k]
		})
	}
	in, key := mapOf[K, V](m), fn[K](k)
	return expr(func(fp *Frame) V {
		m, k := in(fp), key(fp)
		if crowded() {
			v, _ := sharedGet(fp, pos, m, k)
			return v
		}
		return m[k]
	})
}

// quickFind is quickLookup with ok, of elements that are looked for most.
func quickFind(kk, ek kind, m, k val, off, ok uintptr, pos token.Pos) instr {
	switch {
	case kk == kString && ek == kInt:
		return findIn[string, int](m, k, off, ok, pos)
	case kk == kString && ek == kBool:
		return findIn[string, bool](m, k, off, ok, pos)
	case kk == kString && ek == kString:
		return findIn[string, string](m, k, off, ok, pos)
	case kk == kString && ek == kFloat64:
		return findIn[string, float64](m, k, off, ok, pos)
	case kk == kString && ek == kPtr:
		return findIn[string, unsafe.Pointer](m, k, off, ok, pos)
	case kk == kInt && ek == kInt:
		return findIn[int, int](m, k, off, ok, pos)
	case kk == kInt && ek == kBool:
		return findIn[int, bool](m, k, off, ok, pos)
	case kk == kInt && ek == kString:
		return findIn[int, string](m, k, off, ok, pos)
	case kk == kInt && ek == kPtr:
		return findIn[int, unsafe.Pointer](m, k, off, ok, pos)
	}
	return nil
}

func findIn[K comparable, V any](m, k val, off, ok uintptr, pos token.Pos) instr {
	in, key := mapOf[K, V](m), fn[K](k)
	return func(fp *Frame) {
		m, k := in(fp), key(fp)
		if crowded() {
			*slotPtr[V](fp, off), *slotPtr[bool](fp, ok) = sharedGet(fp, pos, m, k)
			return
		}
		v, found := m[k]
		*slotPtr[V](fp, off), *slotPtr[bool](fp, ok) = v, found
	}
}

func (c *fnc) mapUpdate(in *ssa.MapUpdate) {
	mt := in.Map.Type().Underlying().(*types.Map)
	if c.increment(in, mt) {
		return
	}
	c.note(in.Pos())
	r := c.p.rt(in.Map.Type())
	x, kv, vv := c.operand(in.Map), c.operand(in.Key), c.operand(in.Value)
	if set := quickUpdate(kindOf(mt.Key()), kindOf(mt.Elem()), x, kv, vv, in.Pos()); set != nil {
		c.emit(set)
		return
	}
	m := fn[unsafe.Pointer](x)
	k, v := c.p.opsFor(mt.Key()).mem(c, kv), c.p.opsFor(mt.Elem()).mem(c, vv)
	pos := in.Pos()
	c.emit(func(fp *Frame) {
		m := m(fp)
		k := k(fp)
		fp.mapAssign(pos, r, m, k, v(fp))
	})
}

// increment compiles m[k] += y, which Go does with one look into the map.
func (c *fnc) increment(in *ssa.MapUpdate, mt *types.Map) bool {
	op, ok := in.Value.(*ssa.BinOp)
	if !ok || op.Op != token.ADD || !c.isPending(op) {
		return false
	}
	old, ok := op.X.(*ssa.Lookup)
	if !ok || old.CommaOk || old.X != in.Map || old.Index != in.Key || len(*old.Referrers()) != 1 {
		return false
	}
	_, isConst := op.Y.(*ssa.Const)
	if _, settled := c.vals[op.Y]; !isConst && !settled || c.isPending(in.Map) || c.isPending(in.Key) {
		return false
	}
	add := incrementer(kindOf(mt.Key()), kindOf(mt.Elem()))
	if add == nil {
		return false
	}
	c.take(op)
	c.emit(add(c.operand(in.Map), c.operand(in.Key), c.operand(op.Y), in.Pos()))
	return true
}

func incrementer(kk, ek kind) func(m, k, y val, pos token.Pos) instr {
	switch {
	case kk == kString && ek == kInt:
		return addIn[string, int]
	case kk == kString && ek == kFloat64:
		return addIn[string, float64]
	case kk == kInt && ek == kInt:
		return addIn[int, int]
	case kk == kInt32 && ek == kInt:
		return addIn[int32, int]
	case kk == kInt && ek == kFloat64:
		return addIn[int, float64]
	}
	return nil
}

func addIn[K comparable, V number](m, k, y val, pos token.Pos) instr {
	in, key := mapOf[K, V](m), fn[K](k)
	if y.mode == mConst {
		y := constOf[V](y)
		switch {
		case m.mode == mSlot && k.mode == mSlot:
			m, k := m.off, k.off
			return func(fp *Frame) { mapAdd(fp, pos, *slotPtr[map[K]V](fp, m), *slotPtr[K](fp, k), y) }
		case m.mode == mSlot:
			m := m.off
			return func(fp *Frame) {
				k := key(fp)
				mapAdd(fp, pos, *slotPtr[map[K]V](fp, m), k, y)
			}
		}
		return func(fp *Frame) {
			m, k := in(fp), key(fp)
			mapAdd(fp, pos, m, k, y)
		}
	}
	if m.mode == mSlot && k.mode == mSlot && y.mode == mSlot {
		m, k, y := m.off, k.off, y.off
		return func(fp *Frame) {
			mapAdd(fp, pos, *slotPtr[map[K]V](fp, m), *slotPtr[K](fp, k), *slotPtr[V](fp, y))
		}
	}
	more := fn[V](y)
	return func(fp *Frame) {
		m, k, y := in(fp), key(fp), more(fp)
		mapAdd(fp, pos, m, k, y)
	}
}

// mapAdd is m[k] += y at pos.
func mapAdd[K comparable, V number](fp *Frame, pos token.Pos, m map[K]V, k K, y V) {
	fp.pos = pos
	if crowded() {
		sharedAdd(fp, pos, m, k, y)
		return
	}
	m[k] += y
}

// mapOf is the map m as what Go's own expressions want.
func mapOf[K comparable, V any](m val) func(*Frame) map[K]V {
	if m.mode == mSlot {
		off := m.off
		return func(fp *Frame) map[K]V { return *slotPtr[map[K]V](fp, off) }
	}
	if p := m.variable(); p != nil {
		p := (*map[K]V)(p)
		return func(*Frame) map[K]V { return *p }
	}
	f := fn[unsafe.Pointer](m)
	return func(fp *Frame) map[K]V {
		m := f(fp)
		return *(*map[K]V)(unsafe.Pointer(&m))
	}
}

// quickUpdate writes maps whose elements have no pointers and whose keys are
// common, with Go's own statement.
func quickUpdate(kk, ek kind, m, k, v val, pos token.Pos) instr {
	switch kk {
	case kString:
		return updateOf[string](ek, m, k, v, pos)
	case kInt:
		return updateOf[int](ek, m, k, v, pos)
	}
	return nil
}

func updateOf[K comparable](ek kind, m, k, v val, pos token.Pos) instr {
	switch ek {
	case kInt:
		return updateIn[K, int](m, k, v, pos)
	case kBool:
		return updateIn[K, bool](m, k, v, pos)
	case kFloat64:
		return updateIn[K, float64](m, k, v, pos)
	case kString:
		return updateIn[K, string](m, k, v, pos)
	case kPtr:
		return updateIn[K, unsafe.Pointer](m, k, v, pos)
	}
	return nil
}

func updateIn[K comparable, V any](m, k, v val, pos token.Pos) instr {
	in, key, value := mapOf[K, V](m), fn[K](k), fn[V](v)
	return func(fp *Frame) {
		m, k := in(fp), key(fp)
		v := value(fp)
		if crowded() {
			sharedSet(fp, pos, m, k, v)
			return
		}
		m[k] = v
	}
}
