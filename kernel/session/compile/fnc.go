package compile

import (
	"fmt"
	"go/token"
	"go/types"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// fnc compiles one function. It walks the basic blocks; an instruction whose
// value is used once, later in its block, stays pending and becomes part of the
// closure of its user, so that closures mirror expressions rather than
// instructions. Everything else gets a slot.
type fnc struct {
	p    *Program
	f    *Func
	fn   *ssa.Function
	unit *unit
	code *Code
	lay  *layout

	vals     map[ssa.Value]home
	pend     []*pending
	out      []instr // of the block at hand
	blocks   []*blockCode
	tuples   map[ssa.Value]uintptr
	elems    map[*ssa.Alloc]ssa.Value // what is appended alone
	slots    map[uintptr][]ssa.Value  // what lives in the slots of φ
	implicit bool                     // deferred calls run at every return
	line     int                      // of the last note in the block at hand
	step     *sum                     // what out ended with when it was as long as stepAt
	stepAt   int
	slow     bool // the block at hand calls compiled functions

	// Of the instruction at hand: what its operands do and read.
	class effect
	reads []uintptr
}

// An effect says what evaluating a value may do, and so what it may move across.
type effect uint8

const (
	pure   effect = iota // depends on slots alone
	reads                // reads memory, or may panic
	writes               // writes memory, calls
)

// A home is where a value can be had any number of times.
type home struct {
	v     val
	class effect
	reads []uintptr // slots of φ that it depends on
}

// A pending value waits for its only user.
type pending struct {
	ssa ssa.Value
	home
}

// callSite is where a call stands.
type callSite struct {
	pos token.Pos
}

func (p *Program) compile(f *Func) *Code {
	c := &fnc{p: p, f: f, fn: f.fn, unit: f.unit, lay: p.newLayout(), vals: map[ssa.Value]home{}, tuples: map[ssa.Value]uintptr{}, slots: map[uintptr][]ssa.Value{}}
	code := &Code{f: f, once: f.once, lay: c.lay.signature(f.sig, f.recv)}
	if !f.once {
		p.ids.number(code)
	}
	c.code = code
	if f.make != nil {
		f.make(c)
	} else {
		c.function()
		f.fn, f.unit = nil, nil // compiled for good
	}
	code.frame = c.lay.descriptor()
	code.pointers = c.lay.hasPointers()
	code.clear = max(code.frame.ptrBytes, frameHeader) - frameHeader
	return code
}

func (c *fnc) function() {
	fn := c.fn
	if fn.Blocks == nil {
		panic(fmt.Sprintf("function %s has no body here", fn))
	}
	// Instances are of no package and synthetic too, but somebody wrote them.
	c.code.wrapper = fn.Parent() == nil && fn.Origin() == nil && (fn.Synthetic != "" && fn.Pkg == nil || isWrapper(fn))
	params := fn.Params
	if c.f.recv != nil {
		c.vals[params[0]] = home{v: slotVal(c.code.lay.recv)}
		params = params[1:]
	}
	for i, v := range params {
		c.vals[v] = home{v: slotVal(c.code.lay.params[i])}
	}
	for _, v := range fn.FreeVars {
		off := c.lay.alloc(v.Type())
		c.vals[v] = home{v: slotVal(off)}
		fv := freeVar{off: off}
		if _, ok := v.Type().Underlying().(*types.Pointer); !ok {
			fv.r = c.slotType(v.Type())
		}
		c.code.free = append(c.code.free, fv)
	}
	explicit := false
	for _, b := range fn.Blocks {
		for _, in := range b.Instrs {
			if phi, ok := in.(*ssa.Phi); ok {
				c.phi(phi)
			}
			if _, ok := in.(*ssa.Defer); ok {
				c.code.defers = true
			}
			if call, ok := in.(*ssa.Call); ok {
				if b, ok := call.Call.Value.(*ssa.Builtin); ok && b.Name() == "ssa:deferstack" {
					c.code.defers, c.implicit = true, true
				}
			}
			if _, ok := in.(*ssa.RunDefers); ok {
				explicit = true
			}
		}
	}
	// A function that defers only in bodies of range-over-func loops has no
	// instruction that says so.
	c.implicit = c.implicit && !explicit
	c.blocks = make([]*blockCode, len(fn.Blocks))
	for i, b := range fn.Blocks {
		c.blocks[i] = &blockCode{b: b, block: new(block)}
	}
	for _, b := range fn.DomPreorder() { // what a block uses has been compiled then
		c.block(c.blocks[b.Index])
	}
	c.fold()
	for _, b := range c.blocks {
		if !b.gone {
			b.link()
		}
	}
	c.code.entry = c.blocks[0].block
	if fn.Recover != nil {
		c.code.recover = c.blocks[fn.Recover.Index].block
	}
}

// phi gives a φ its slot.
func (c *fnc) phi(phi *ssa.Phi) home {
	if h, ok := c.vals[phi]; ok {
		return h
	}
	var h home
	if with := shared(phi); with != nil {
		h = c.phi(with)
	} else {
		off := c.lay.alloc(phi.Type())
		h = home{v: slotVal(off), reads: []uintptr{off}}
	}
	c.vals[phi] = h
	c.slots[h.v.off] = append(c.slots[h.v.off], phi)
	return h
}

func isWrapper(fn *ssa.Function) bool {
	return fn.Synthetic != "" && fn.Synthetic != "package initializer" && fn.Syntax() == nil
}

// slotType is the runtime type of a t as slots hold it.
func (c *fnc) slotType(t types.Type) *rtype {
	if kindOf(t) == kIface {
		return rtypeFor[any]()
	}
	return c.p.rt(t)
}

func (c *fnc) block(b *blockCode) {
	c.out, c.line, c.step, c.stepAt, c.slow = nil, 0, nil, 0, false
	for _, in := range b.b.Instrs {
		c.class, c.reads = pure, nil
		if !c.instr(b, in) {
			panic(fmt.Sprintf("instruction %T: %s", in, in))
		}
	}
	b.instrs, b.slow = c.out, c.slow
	if c.stepAt == len(c.out) {
		b.step = c.step
	}
}

// operand takes v: the pending closure if there is one, which is then spent.
func (c *fnc) operand(v ssa.Value) val {
	h := c.take(v)
	c.class = max(c.class, h.class)
	c.reads = append(c.reads, h.reads...)
	return h.v
}

// note keeps the frame's position up to date where something may panic: once a
// line and block.
func (c *fnc) note(pos token.Pos) {
	if !pos.IsValid() {
		return
	}
	if line := c.p.cfg.Fset.Position(pos).Line; line != c.line {
		c.line = line
		c.out = append(c.out, func(fp *Frame) { fp.pos = pos })
	}
}

func (c *fnc) take(v ssa.Value) home {
	for i := len(c.pend) - 1; i >= 0; i-- {
		if q := c.pend[i]; q.ssa == v {
			c.pend = append(c.pend[:i], c.pend[i+1:]...)
			return q.home
		}
	}
	if h, ok := c.vals[v]; ok {
		return h
	}
	switch v := v.(type) {
	case *ssa.Const:
		return home{v: c.constant(v)}
	case *ssa.Global:
		return home{v: konst(c.p.global(c.unit, v))}
	case *ssa.Function:
		f := c.p.function(c.unit, v)
		f.prepare()
		return home{v: konst(unsafe.Pointer(f.value()))}
	}
	panic(fmt.Sprintf("value %s (%T) has no home in %s", v.Name(), v, c.fn))
}

// define gives the value of in, whose closure is x and does e itself.
func (c *fnc) define(in ssa.Value, x val, e effect) {
	e = max(e, c.class)
	h := home{x, e, c.reads}
	c.barrier(e)
	switch uses := len(*in.Referrers()); {
	case uses == 0 && e == pure:
	case uses == 0:
		c.discard(in.Type(), x)
	case uses == 1 && c.fusable(in):
		c.pend = append(c.pend, &pending{in, h})
	default:
		if phi := c.accumulates(in); phi != nil {
			at := c.phi(phi)
			c.emitStore(in.Type(), at.v.off, h.v)
			c.vals[in] = at
			c.slots[at.v.off] = append(c.slots[at.v.off], in)
			return
		}
		c.settle(in, h)
	}
}

// alias gives in a value that may be computed again at every use: an address or
// a slot of an operand that has a home.
func (c *fnc) alias(in ssa.Value, x val) {
	c.vals[in] = home{x, c.class, c.reads}
}

// isPending tells whether v waits for its user.
func (c *fnc) isPending(v ssa.Value) bool {
	for _, q := range c.pend {
		if q.ssa == v {
			return true
		}
	}
	return false
}

// settled is the operand v with a home of its own, so that aliases may refer to
// it.
func (c *fnc) settled(v ssa.Value) val {
	if c.isPending(v) {
		h := c.take(v)
		c.barrier(h.class)
		c.settle(v, h)
	}
	return c.operand(v)
}

// settle stores a value in a slot.
func (c *fnc) settle(in ssa.Value, h home) {
	if phi := advances(in); phi != nil {
		counter := c.phi(phi)
		c.emitStore(in.Type(), counter.v.off, h.v)
		c.vals[in] = counter
		c.slots[counter.v.off] = append(c.slots[counter.v.off], in)
		return
	}
	off := c.lay.alloc(in.Type())
	c.emitStore(in.Type(), off, h.v)
	c.vals[in] = home{v: slotVal(off)}
}

func (c *fnc) emitStore(t types.Type, off uintptr, v val) {
	if s, ok := v.hint.(sum); ok && s.off == off {
		c.step, c.stepAt = &s, len(c.out)+1
	}
	if v.to != nil {
		c.out = append(c.out, v.to(off))
		return
	}
	c.out = append(c.out, c.p.opsFor(t).store(off, v))
}

// discard evaluates x for what it does.
func (c *fnc) discard(t types.Type, x val) {
	off := c.lay.alloc(t)
	c.out = append(c.out, c.p.opsFor(t).store(off, x))
}

// barrier settles what is pending and may not move across an e.
func (c *fnc) barrier(e effect) {
	if e == pure {
		return
	}
	var keep []*pending
	for _, q := range c.pend {
		if q.class == writes || e == writes && q.class == reads {
			c.settle(q.ssa, q.home)
		} else {
			keep = append(keep, q)
		}
	}
	c.pend = keep
}

// emit adds an instruction with an effect.
func (c *fnc) emit(in instr) {
	c.barrier(writes)
	c.out = append(c.out, in)
}

// fusable tells whether the only use of in is later in its own block, or on an
// edge that leaves it.
func (c *fnc) fusable(in ssa.Value) bool {
	user := (*in.Referrers())[0]
	def := in.(ssa.Instruction)
	if phi, ok := user.(*ssa.Phi); ok {
		for i, e := range phi.Edges {
			if e == in {
				return phi.Block().Preds[i] == def.Block()
			}
		}
	}
	return user.Block() == def.Block()
}

// temp is room for a value of type r, one that a single Go type can hold, in the
// frame.
func (c *fnc) temp(r *rtype) uintptr {
	c.lay.align(8)
	off := c.lay.size
	for i := range r.ptrBytes / 8 {
		if *(*byte)(unsafe.Add(unsafe.Pointer(r.gcData), i/8))>>(i%8)&1 != 0 {
			c.lay.mask.set(int(off/8 + i))
		}
	}
	c.lay.size += (r.size + 7) &^ 7
	return off
}

// tuple is the room of a value with several parts, and where they are.
func (c *fnc) tuple(in ssa.Value) (base uintptr, offs []uintptr) {
	t := in.Type().(*types.Tuple)
	base = c.lay.alloc(t)
	c.tuples[in] = base
	c.vals[in] = home{v: slotVal(base)}
	offs = tupleOffsets(c.p, t)
	for i := range offs {
		offs[i] += base
	}
	return base, offs
}
