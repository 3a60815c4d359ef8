package compile

import (
	"go/token"
	"go/types"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// instr compiles one instruction.
func (c *fnc) instr(b *blockCode, in ssa.Instruction) bool {
	switch in := in.(type) {
	case *ssa.Phi, *ssa.DebugRef:
	case *ssa.Alloc:
		c.alloc(in)
	case *ssa.BinOp:
		x, y := c.operand(in.X), c.operand(in.Y)
		c.define(in, c.binary(in, x, y), binaryEffect(in))
	case *ssa.UnOp:
		c.unary(in)
	case *ssa.ChangeType:
		c.same(in, in.X)
	case *ssa.ChangeInterface:
		c.same(in, in.X)
	case *ssa.Convert:
		c.convert(in, in.X)
	case *ssa.MultiConvert:
		c.convert(in, in.X)
	case *ssa.SliceToArrayPointer:
		c.sliceToArray(in)
	case *ssa.MakeInterface:
		x := c.operand(in.X)
		boxed := c.p.opsFor(in.X.Type()).box(x)
		if t := c.p.rt(in.X.Type()).reflect(); c.p.cfg.Boxed[t] && in.Type().Underlying().(*types.Interface).NumMethods() > 0 {
			f, box := fn[any](boxed), c.p.cfg.Box
			boxed = expr(func(fp *Frame) any { return box(f(fp)) })
		}
		c.define(in, boxed, reads)
	case *ssa.TypeAssert:
		c.typeAssert(in)
	case *ssa.Extract:
		t := in.Tuple.Type().(*types.Tuple)
		off := c.tuples[in.Tuple] + tupleOffsets(c.p, t)[in.Index]
		c.alias(in, slotVal(off))
	case *ssa.Field:
		c.field(in)
	case *ssa.FieldAddr:
		st := in.X.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct)
		off := c.fieldOffset(st, in.Field)
		if c.isPending(in.X) && len(*in.Referrers()) == 1 && c.fusable(in) {
			c.define(in, plus(c.operand(in.X), off).at(in.Pos()), reads)
		} else {
			c.alias(in, plus(c.settled(in.X), off).at(in.Pos()))
		}
	case *ssa.Index:
		c.index(in)
	case *ssa.IndexAddr:
		c.indexAddr(in)
	case *ssa.Lookup:
		c.lookup(in)
	case *ssa.Slice:
		c.slice(in)
	case *ssa.MakeSlice:
		c.makeSlice(in)
	case *ssa.MakeMap:
		c.makeMap(in)
	case *ssa.MakeChan:
		c.makeChan(in)
	case *ssa.MakeClosure:
		c.makeClosure(in)
	case *ssa.MapUpdate:
		c.mapUpdate(in)
	case *ssa.Range:
		c.rangeOver(in)
	case *ssa.Next:
		c.next(b, in)
	case *ssa.Send:
		c.send(in)
	case *ssa.Select:
		c.selectStmt(in)
	case *ssa.Store:
		c.storeInstr(in)
	case *ssa.Call:
		c.call(in)
	case *ssa.Go:
		c.goStmt(in)
	case *ssa.Defer:
		c.deferStmt(in)
	case *ssa.RunDefers:
		c.note(c.returnPos(in))
		c.emit(func(fp *Frame) { fp.runDefers() })
	case *ssa.Panic:
		x, pos := fn[any](c.operand(in.X)), in.Pos()
		if fault := c.rangeFault(in); fault != nil {
			x = fault
		}
		c.barrier(writes)
		b.term = func(fp *Frame) *block {
			x := x(fp)
			fp.pos = pos
			panic(x)
		}
	case *ssa.Return:
		c.ret(b, in)
	case *ssa.Jump:
		c.class = pure
		c.jump(b)
	case *ssa.If:
		cond := c.operand(in.Cond)
		c.barrier(writes)
		b.cond = fn[bool](cond)
		b.test, _ = cond.hint.(comparison)
		c.jump(b)
	default:
		return false
	}
	return true
}

// same gives in the value x, which differs in type alone.
func (c *fnc) same(in, x ssa.Value) {
	if c.isPending(x) {
		v := c.operand(x)
		c.define(in, v, pure)
		return
	}
	v := c.operand(x)
	c.alias(in, v)
}

func (c *fnc) fieldOffset(st *types.Struct, i int) uintptr {
	fields := make([]*types.Var, st.NumFields())
	for j := range fields {
		fields[j] = st.Field(j)
	}
	return uintptr(c.p.sizes.Offsetsof(fields)[i])
}

// plus is the address off bytes behind the address v.
func plus(v val, off uintptr) val {
	switch v.mode {
	case mFrame:
		return frameAddr(v.off + off)
	case mConst:
		if p := v.c.(unsafe.Pointer); p != nil {
			return konst(unsafe.Add(p, off))
		}
	case mDisp:
		v.off += off
		return v
	}
	return val{mode: mDisp, base: &v, off: off}
}

// at is the address v that is used at pos, unless v knows better.
func (v val) at(pos token.Pos) val {
	if !v.pos.IsValid() {
		v.pos = pos
	}
	return v
}

func (c *fnc) storeInstr(in *ssa.Store) {
	if a := c.element(in.Addr); a != nil {
		if c.elems == nil {
			c.elems = map[*ssa.Alloc]ssa.Value{}
		}
		c.elems[a] = in.Val
		c.take(in.Addr) // nobody asks where the element is
		return
	}
	x := c.operand(in.Val)
	addr := c.operand(in.Addr).at(in.Pos())
	if f, ok := in.Addr.(*ssa.FieldAddr); ok && fieldOf(f).Name() == "_" {
		p, o := fn[unsafe.Pointer](addr), c.p.opsFor(in.Val.Type()).mem(c, x)
		c.emit(func(fp *Frame) { o(fp); p(fp) })
		return
	}
	t := in.Addr.Type().Underlying().(*types.Pointer).Elem()
	if kindOf(t) == kMem && isZero(in.Val) {
		r, p := c.p.rt(t), fn[unsafe.Pointer](addr)
		c.emit(func(fp *Frame) { r.clear(p(fp)) })
		return
	}
	put := c.p.opsFor(t).put(addr, x)
	c.emit(put)
}

func fieldOf(f *ssa.FieldAddr) *types.Var {
	return f.X.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct).Field(f.Field)
}

func isZero(v ssa.Value) bool {
	k, ok := v.(*ssa.Const)
	return ok && k.Value == nil
}

func (c *fnc) unary(in *ssa.UnOp) {
	switch in.Op {
	case token.MUL:
		a := c.operand(in.X)
		a = a.at(in.Pos())
		v := c.p.opsFor(in.Type()).load(a)
		if r, ok := rowOf(a); ok && kindOf(in.Type()) == kSlice {
			v.hint = r
		}
		if kindOf(in.Type()) == kMem && v.mode == mSlot && len(*in.Referrers()) == 0 {
			return
		}
		c.define(in, v, reads)
	case token.ARROW:
		c.receive(in)
	case token.NOT:
		f := fn[bool](c.operand(in.X))
		c.define(in, expr(func(fp *Frame) bool { return !f(fp) }), pure)
	case token.SUB:
		x := c.operand(in.X)
		c.define(in, negate(kindOf(in.Type()), x), pure)
	case token.XOR:
		x := c.operand(in.X)
		c.define(in, complement(kindOf(in.Type()), x), pure)
	}
}

// field is a field of a struct that is a value.
func (c *fnc) field(in *ssa.Field) {
	st := in.X.Type().Underlying().(*types.Struct)
	off := c.fieldOffset(st, in.Field)
	x := c.operand(in.X)
	c.define(in, c.p.opsFor(in.Type()).load(memAddr(x, off)), pure)
}

// memAddr is the address off bytes into the struct or array v.
func memAddr(v val, off uintptr) val {
	if v.mode == mSlot {
		return frameAddr(v.off + off)
	}
	return plus(v, off)
}

func (c *fnc) index(in *ssa.Index) {
	x, i := c.operand(in.X), c.intOperand(in.Index)
	switch t := in.X.Type().Underlying().(type) {
	case *types.Basic:
		c.define(in, stringIndex(x, i, in.Pos()), reads)
	case *types.Array:
		base := memAddr(x, 0)
		elem := c.p.rt(t.Elem())
		a := val{mode: mArray, base: &base, idx: &i, size: elem.size, n: int(t.Len()), pos: in.Pos()}
		c.define(in, c.p.opsFor(in.Type()).load(a), reads)
	}
}

func stringIndex(x, i val, pos token.Pos) val {
	switch {
	case x.mode == mSlot && i.mode == mSlot:
		at := letter{off: x.off, idx: fn[int](i), pos: pos}
		x, i := x.off, i.off
		v := expr(func(fp *Frame) uint8 {
			fp.pos = pos
			return (*slotPtr[string](fp, x))[*slotPtr[int](fp, i)]
		})
		v.hint = at
		return v
	case x.mode == mSlot:
		x, j := x.off, fn[int](i)
		v := expr(func(fp *Frame) uint8 {
			j := j(fp)
			fp.pos = pos
			return (*slotPtr[string](fp, x))[j]
		})
		v.hint = letter{off: x, idx: j, pos: pos}
		return v
	case x.mode == mConst:
		s, j := constOf[string](x), fn[int](i)
		v := expr(func(fp *Frame) uint8 {
			j := j(fp)
			fp.pos = pos
			return s[j]
		})
		v.hint = letter{constant: true, s: s, idx: j, pos: pos}
		return v
	}
	s, j := fn[string](x), fn[int](i)
	return expr(func(fp *Frame) uint8 {
		s, j := s(fp), j(fp)
		fp.pos = pos
		return s[j]
	})
}

func (c *fnc) indexAddr(in *ssa.IndexAddr) {
	fused := len(*in.Referrers()) == 1 && c.fusable(in)
	switch t := in.X.Type().Underlying().(type) {
	case *types.Slice:
		x, i := c.operand(in.X), c.intOperand(in.Index)
		c.define(in, elemAddr(x, i, c.p.rt(t.Elem()).size, in.Pos()), reads)
	case *types.Pointer:
		arr := t.Elem().Underlying().(*types.Array)
		size := c.p.rt(arr.Elem()).size
		if k, ok := in.Index.(*ssa.Const); ok {
			off := uintptr(k.Int64()) * size
			if fused {
				c.define(in, plus(c.operand(in.X), off).at(in.Pos()), reads)
			} else {
				c.alias(in, plus(c.settled(in.X), off).at(in.Pos()))
			}
			return
		}
		x, i := c.operand(in.X), c.intOperand(in.Index)
		c.define(in, val{mode: mArray, base: &x, idx: &i, size: size, n: int(arr.Len()), pos: in.Pos()}, reads)
	}
}

// intOperand is the operand v, of any integer type, as an int.
func (c *fnc) intOperand(v ssa.Value) val {
	x := c.operand(v)
	return toInt(kindOf(v.Type()), x)
}

func (c *fnc) ret(b *blockCode, in *ssa.Return) {
	results := c.f.sig.Results()
	if len(in.Results) == 1 {
		v := c.operand(in.Results[0])
		c.barrier(writes)
		if !c.implicit {
			b.term = c.p.opsFor(results.At(0).Type()).ret(c.code.lay.results[0], v)
			return
		}
		c.emitStore(results.At(0).Type(), c.code.lay.results[0], v)
	} else {
		for i, r := range in.Results {
			v := c.operand(r)
			c.emitStore(results.At(i).Type(), c.code.lay.results[i], v)
		}
	}
	c.barrier(writes)
	var reload *block
	if c.implicit {
		c.out = append(c.out, func(fp *Frame) { fp.runDefers() })
		// Deferred calls may have set the results, which the block that follows a
		// recovered panic loads again.
		if again := c.fn.Recover; again != nil && again != b.b {
			reload = c.blocks[again.Index].block
		}
	}
	b.term = func(*Frame) *block { return reload }
}

// returnPos is where the return is that in belongs to: the function's end where
// no statement says it.
func (c *fnc) returnPos(in *ssa.RunDefers) token.Pos {
	instrs := in.Block().Instrs
	if ret, ok := instrs[len(instrs)-1].(*ssa.Return); ok && ret.Pos().IsValid() {
		return ret.Pos()
	}
	if s := c.fn.Syntax(); s != nil {
		return s.End() - 1
	}
	return token.NoPos
}
