package compile

import (
	"go/token"
	"go/types"
	"slices"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// Where variables and literals live: in the frame, unless they outlive it.

// bigLocal is the size from which a variable lives on the heap instead of in the
// frame.
const bigLocal = 4096

func (c *fnc) alloc(in *ssa.Alloc) {
	t := in.Type().Underlying().(*types.Pointer).Elem()
	if c.impossible(in, t) {
		return
	}
	r := c.p.rt(t)
	if c.appended(in) && c.appendsOne(in) {
		c.vals[in] = home{v: frameAddr(0)} // stands for itself: the element goes straight to the append
		return
	}
	if in.Heap && !c.appended(in) && !c.stays(in) || r.size > bigLocal {
		if r.size >= largeAllocation {
			pos := in.Pos()
			c.define(in, expr(func(fp *Frame) unsafe.Pointer { fp.reserve(pos, r.size); return unsafeNew(r) }), reads)
			return
		}
		c.define(in, expr(func(*Frame) unsafe.Pointer { return unsafeNew(r) }), reads)
		return
	}
	off := c.lay.alloc(t)
	c.vals[in] = home{v: frameAddr(off)}
	if c.fn.Recover == nil && filled(in) {
		return
	}
	if _, ok := c.p.opsFor(t).(methods); ok || kindOf(t) == kMem {
		c.emit(func(fp *Frame) { r.clear(fp.at(off)) })
		return
	}
	o := c.p.opsFor(t)
	c.emit(o.store(off, o.zero()))
}

// impossible is alloc of an array that no memory has room for, as the SSA builder
// makes of "make([]int, 1<<62)": that panics when it is reached.
func (c *fnc) impossible(in *ssa.Alloc, t types.Type) bool {
	a, ok := t.Underlying().(*types.Array)
	if !ok {
		return false
	}
	size := c.p.sizes.Sizeof(a.Elem())
	if size == 0 || size > 0 && a.Len() <= addressSpace/size {
		return false
	}
	what := plainError("runtime error: makeslice: len out of range")
	if in.Comment != "makeslice" {
		what = plainError("runtime error: " + t.String() + " is larger than the address space")
	}
	c.note(in.Pos())
	c.define(in, expr(func(*Frame) unsafe.Pointer { panic(what) }), writes)
	return true
}

// appended tells whether in is the array of the arguments of an append, which
// copies them at once.
func (c *fnc) appended(in *ssa.Alloc) bool {
	if in.Comment != "varargs" {
		return false
	}
	for _, r := range *in.Referrers() {
		switch r := r.(type) {
		case *ssa.IndexAddr:
		case *ssa.Slice:
			if len(*r.Referrers()) != 1 {
				return false
			}
			call, ok := (*r.Referrers())[0].(*ssa.Call)
			if !ok {
				return false
			}
			if b, ok := call.Call.Value.(*ssa.Builtin); !ok || b.Name() != "append" || call.Call.Args[0] == r {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// appendsOne tells whether in holds the only argument of an append, of a type
// that is quick to append.
func (c *fnc) appendsOne(in *ssa.Alloc) bool {
	arr := in.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Array)
	if arr.Len() != 1 || kindOf(arr.Elem()) > kMem {
		return false
	}
	_, ok := c.p.opsFor(arr.Elem()).(methods)
	return !ok
}

// element is the array of an append's argument that v is the address of an
// element of, if that goes straight to the append.
func (c *fnc) element(v ssa.Value) *ssa.Alloc {
	ia, ok := v.(*ssa.IndexAddr)
	if !ok {
		return nil
	}
	if a, ok := ia.X.(*ssa.Alloc); ok && c.appended(a) && c.appendsOne(a) {
		return a
	}
	return nil
}

// mostStaying is up to which size an array that stays in its function has room in the
// frame.
const mostStaying = 512

// stays tells whether in is the array of a slice that nobody can have kept when the
// function does in again or returns: it needs no memory of its own then, as in
//
//	for _, d := range []spot{{0, 1}, {1, 0}}
//
// and as the arguments of fmt.Println.
func (c *fnc) stays(in *ssa.Alloc) bool {
	arr, ok := in.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Array)
	if !ok || in.Comment != "slicelit" && in.Comment != "varargs" || c.p.sizes.Sizeof(arr) > mostStaying {
		return false
	}
	for _, r := range *in.Referrers() {
		switch r := r.(type) {
		case *ssa.IndexAddr:
			if !onlyAccessed(r) {
				return false
			}
		case *ssa.Slice:
			for _, use := range *r.Referrers() {
				if !letsGo(use, r) {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}

// letsGo tells whether use keeps nothing of the array of s, a slice.
func letsGo(use ssa.Instruction, s ssa.Value) bool {
	switch use := use.(type) {
	case *ssa.DebugRef:
		return true
	case *ssa.IndexAddr:
		return onlyAccessed(use)
	case *ssa.Call:
		args := use.Call.Args
		if b, ok := use.Call.Value.(*ssa.Builtin); ok {
			return b.Name() == "len" || b.Name() == "cap"
		}
		// Package fmt looks at variadic arguments, and does not keep them.
		f := use.Call.StaticCallee()
		return f != nil && f.Pkg != nil && f.Pkg.Pkg.Path() == "fmt" && f.Signature.Variadic() &&
			slices.Index(args, s) == len(args)-1
	}
	return false
}

// onlyAccessed tells whether an address is for loads and stores alone.
func onlyAccessed(addr ssa.Value) bool {
	for _, r := range *addr.Referrers() {
		switch r := r.(type) {
		case *ssa.DebugRef:
		case *ssa.UnOp:
			if r.Op != token.MUL {
				return false
			}
		case *ssa.Store:
			if r.Addr != addr || r.Val == addr {
				return false
			}
		case *ssa.FieldAddr:
			if !onlyAccessed(r) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// filled tells whether in is a struct all of whose fields are stored before anybody
// looks at it, so that it need not be cleared first. A function that recovers may
// look at it between two stores: it returns what its results are then.
func filled(in *ssa.Alloc) bool {
	st, ok := in.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct)
	if !ok || in.Heap {
		return false
	}
	stored := map[int]bool{}
	block := in.Block().Instrs
	var operands []*ssa.Value
	for _, next := range block[slices.Index(block, ssa.Instruction(in))+1:] {
		if s, ok := next.(*ssa.Store); ok {
			if f, ok := s.Addr.(*ssa.FieldAddr); ok && f.X == in {
				stored[f.Field] = true
				continue
			}
		}
		if f, ok := next.(*ssa.FieldAddr); ok && f.X == in {
			continue
		}
		operands = next.Operands(operands[:0])
		for _, o := range operands {
			if f, ok := (*o).(*ssa.FieldAddr); *o == in || ok && f.X == in {
				return len(stored) == st.NumFields()
			}
		}
		if len(stored) == st.NumFields() {
			return true
		}
	}
	return len(stored) == st.NumFields()
}
