package compile

import (
	"fmt"
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// A call of a compiled function loads the registers of the Go calling convention
// and enters it; the few signatures that need the stack go through package
// reflect.

// reflectcall enters fn with the given registers and brings its results back.
//
//go:noescape
func reflectcall(stackArgsType *rtype, fn, stackArgs unsafe.Pointer, stackArgsSize, stackRetOffset, frameSize uint32, regs *regArgs)

// regArgs is internal/abi.RegArgs.
type regArgs struct {
	ints        [intRegs]uintptr
	floats      [floatRegs]uint64
	ptrs        [intRegs]unsafe.Pointer // the pointers among ints, for the garbage collector
	returnIsPtr [(intRegs + 7) / 8]uint8
}

func (r *regArgs) setPtr(i int, p unsafe.Pointer) {
	r.ptrs[i] = p
	r.ints[i] = uintptr(p)
}

// registers takes a cleared set of registers, which are too big to allocate for
// every call and escape from the stack.
func (th *Thread) registers() *regArgs {
	if n := len(th.regs); n > 0 {
		r := th.regs[n-1]
		th.regs = th.regs[:n-1]
		return r
	}
	return new(regArgs)
}

func (th *Thread) release(r *regArgs) {
	*r = regArgs{}
	th.regs = append(th.regs, r)
}

// A word is what one register carries of a value.
type word struct {
	off   uintptr
	size  uintptr
	float bool
	ptr   bool
	reg   int
}

// registers assigns values to registers in order.
type registers struct {
	p          *Program
	ints, flts int
	spill      uintptr
}

// assign gives t its registers, or says that it goes on the stack.
func (a *registers) assign(t types.Type) ([]word, bool) {
	save := *a
	var ws []word
	if !a.flatten(t, 0, &ws) {
		*a = save
		return nil, false
	}
	a.spill += (uintptr(a.p.sizes.Sizeof(t)) + 7) &^ 7
	return ws, true
}

func (a *registers) int(ws *[]word, off, size uintptr, ptr bool) bool {
	if a.ints == intRegs {
		return false
	}
	*ws = append(*ws, word{off: off, size: size, ptr: ptr, reg: a.ints})
	a.ints++
	return true
}

func (a *registers) float(ws *[]word, off, size uintptr) bool {
	if a.flts == floatRegs {
		return false
	}
	*ws = append(*ws, word{off: off, size: size, float: true, reg: a.flts})
	a.flts++
	return true
}

func (a *registers) flatten(t types.Type, off uintptr, ws *[]word) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch k := basicKinds[u.Kind()]; {
		case k == kString:
			return a.int(ws, off, 8, true) && a.int(ws, off+8, 8, false)
		case k == kFloat32, k == kFloat64:
			return a.float(ws, off, uintptr(a.p.sizes.Sizeof(u)))
		case k == kComplex64:
			return a.float(ws, off, 4) && a.float(ws, off+4, 4)
		case k == kComplex128:
			return a.float(ws, off, 8) && a.float(ws, off+8, 8)
		case k == kPtr:
			return a.int(ws, off, 8, true)
		}
		return a.int(ws, off, uintptr(a.p.sizes.Sizeof(u)), false)
	case *types.Interface:
		return a.int(ws, off, 8, true) && a.int(ws, off+8, 8, true)
	case *types.Slice:
		return a.int(ws, off, 8, true) && a.int(ws, off+8, 8, false) && a.int(ws, off+16, 8, false)
	case *types.Array:
		switch u.Len() {
		case 0:
			return true
		case 1:
			return a.flatten(u.Elem(), off, ws)
		}
		return false
	case *types.Struct:
		fields := make([]*types.Var, u.NumFields())
		for i := range fields {
			fields[i] = u.Field(i)
		}
		for i, o := range a.p.sizes.Offsetsof(fields) {
			if !a.flatten(fields[i].Type(), off+uintptr(o), ws) {
				return false
			}
		}
		return true
	}
	return a.int(ws, off, 8, true)
}

type loader = func(fp *Frame, r *regArgs)

// loadArg puts v, a t, into registers ws.
func (c *fnc) loadArg(t types.Type, v val, ws []word) loader {
	switch kindOf(t) {
	case kBool:
		f, i := fn[bool](v), ws[0].reg
		return func(fp *Frame, r *regArgs) {
			if f(fp) {
				r.ints[i] = 1
			}
		}
	case kInt:
		return loadInt[int](v, ws[0].reg)
	case kInt8:
		return loadInt[int8](v, ws[0].reg)
	case kInt16:
		return loadInt[int16](v, ws[0].reg)
	case kInt32:
		return loadInt[int32](v, ws[0].reg)
	case kInt64:
		return loadInt[int64](v, ws[0].reg)
	case kUint:
		return loadInt[uint](v, ws[0].reg)
	case kUint8:
		return loadInt[uint8](v, ws[0].reg)
	case kUint16:
		return loadInt[uint16](v, ws[0].reg)
	case kUint32:
		return loadInt[uint32](v, ws[0].reg)
	case kUint64:
		return loadInt[uint64](v, ws[0].reg)
	case kUintptr:
		return loadInt[uintptr](v, ws[0].reg)
	case kFloat32:
		f, i := fn[float32](v), ws[0].reg
		return func(fp *Frame, r *regArgs) { x := f(fp); r.floats[i] = uint64(*(*uint32)(unsafe.Pointer(&x))) }
	case kFloat64:
		f, i := fn[float64](v), ws[0].reg
		return func(fp *Frame, r *regArgs) { x := f(fp); r.floats[i] = *(*uint64)(unsafe.Pointer(&x)) }
	case kString:
		f, i := fn[string](v), ws[0].reg
		return func(fp *Frame, r *regArgs) {
			s := f(fp)
			r.setPtr(i, unsafe.Pointer(unsafe.StringData(s)))
			r.ints[i+1] = uintptr(len(s))
		}
	case kSlice:
		f, i := fn[slice](v), ws[0].reg
		return func(fp *Frame, r *regArgs) {
			s := f(fp)
			r.setPtr(i, s.p)
			r.ints[i+1], r.ints[i+2] = uintptr(s.len), uintptr(s.cap)
		}
	case kPtr:
		f, i := fn[unsafe.Pointer](v), ws[0].reg
		return func(fp *Frame, r *regArgs) { r.setPtr(i, f(fp)) }
	case kIface:
		f, i := fn[any](v), ws[0].reg
		if t.Underlying().(*types.Interface).NumMethods() == 0 {
			return func(fp *Frame, r *regArgs) {
				x := f(fp)
				e := efaceOf(&x)
				r.setPtr(i, unsafe.Pointer(e.typ))
				r.setPtr(i+1, e.data)
			}
		}
		conv := newConverter((*interfaceType)(unsafe.Pointer(c.p.rt(t))))
		return func(fp *Frame, r *regArgs) {
			x := f(fp)
			w := conv.iface(x)
			r.setPtr(i, unsafe.Pointer(w.tab))
			r.setPtr(i+1, w.data)
		}
	}
	at := c.p.opsFor(t).mem(c, v)
	return func(fp *Frame, r *regArgs) {
		p := at(fp)
		for _, w := range ws {
			q := unsafe.Add(p, w.off)
			switch {
			case w.ptr:
				r.setPtr(w.reg, *(*unsafe.Pointer)(q))
			case w.float:
				r.floats[w.reg] = readWord(q, w.size)
			default:
				r.ints[w.reg] = uintptr(readWord(q, w.size))
			}
		}
	}
}

func loadInt[T integer](v val, i int) loader {
	f := fn[T](v)
	return func(fp *Frame, r *regArgs) { r.ints[i] = uintptr(f(fp)) }
}

func readWord(p unsafe.Pointer, size uintptr) uint64 {
	switch size {
	case 1:
		return uint64(*(*uint8)(p))
	case 2:
		return uint64(*(*uint16)(p))
	case 4:
		return uint64(*(*uint32)(p))
	}
	return *(*uint64)(p)
}

func writeWord(p unsafe.Pointer, size uintptr, x uint64) {
	switch size {
	case 1:
		*(*uint8)(p) = uint8(x)
	case 2:
		*(*uint16)(p) = uint16(x)
	case 4:
		*(*uint32)(p) = uint32(x)
	default:
		*(*uint64)(p) = x
	}
}

// storeResult moves a result, a t in registers ws, to the slot at off.
func storeResult(t types.Type, off uintptr, ws []word) loader {
	if kindOf(t) == kIface && t.Underlying().(*types.Interface).NumMethods() > 0 {
		i := ws[0].reg
		return func(fp *Frame, r *regArgs) {
			w := iface{(*itab)(r.ptrs[i]), r.ptrs[i+1]}
			*slotPtr[any](fp, off) = loadIface(unsafe.Pointer(&w))
		}
	}
	if len(ws) == 1 && !ws[0].ptr && !ws[0].float && ws[0].size == 8 {
		i := ws[0].reg
		return func(fp *Frame, r *regArgs) { *slotPtr[uintptr](fp, off) = r.ints[i] }
	}
	return func(fp *Frame, r *regArgs) {
		p := fp.at(off)
		for _, w := range ws {
			q := unsafe.Add(p, w.off)
			switch {
			case w.ptr:
				*(*unsafe.Pointer)(q) = r.ptrs[w.reg]
			case w.float:
				writeWord(q, w.size, r.floats[w.reg])
			default:
				writeWord(q, w.size, uint64(r.ints[w.reg]))
			}
		}
	}
}

// nativeCall makes the instruction that calls the compiled function that target
// gives, with args of the types in, and puts results of the types out into the
// slots offs.
func (c *fnc) nativeCall(name string, target func(*Frame) unsafe.Pointer, in []types.Type, args []val, variadic bool, out []types.Type, offs []uintptr) instr {
	regs := &registers{p: c.p}
	loads := make([]loader, len(in))
	for i, t := range in {
		ws, ok := regs.assign(t)
		if !ok {
			return c.reflectCall(name, target, in, args, variadic, out, offs)
		}
		loads[i] = c.loadArg(t, args[i], ws)
	}
	res := &registers{p: c.p}
	var isPtr [(intRegs + 7) / 8]uint8
	stores := make([]loader, len(out))
	for i, t := range out {
		ws, ok := res.assign(t)
		if !ok {
			return c.reflectCall(name, target, in, args, variadic, out, offs)
		}
		for _, w := range ws {
			if w.ptr {
				isPtr[w.reg/8] |= 1 << (w.reg % 8)
			}
		}
		stores[i] = storeResult(t, offs[i], ws)
	}
	spill := uint32(regs.spill)
	return func(fp *Frame) {
		r := fp.th.registers()
		r.returnIsPtr = isPtr
		for _, l := range loads {
			l(fp, r)
		}
		reflectcall(nil, target(fp), nil, 0, 0, spill, r)
		for _, s := range stores {
			s(fp, r)
		}
		fp.th.release(r)
	}
}

// reflectCall is nativeCall through package reflect.
func (c *fnc) reflectCall(name string, target func(*Frame) unsafe.Pointer, in []types.Type, args []val, variadic bool, out []types.Type, offs []uintptr) instr {
	ins, outs := make([]reflect.Type, len(in)), make([]reflect.Type, len(out))
	at := make([]func(*Frame) unsafe.Pointer, len(in))
	for i, t := range in {
		ins[i] = c.p.rt(t).reflect()
		at[i] = c.p.opsFor(t).mem(c, args[i])
	}
	for i, t := range out {
		outs[i] = c.p.rt(t).reflect()
	}
	ft := reflect.FuncOf(ins, outs, false)
	return func(fp *Frame) {
		fv := target(fp)
		vals := make([]reflect.Value, len(at))
		for i, a := range at {
			v := reflect.New(ins[i]).Elem()
			v.Set(reflect.NewAt(ins[i], a(fp)).Elem())
			vals[i] = v
		}
		res := reflect.NewAt(ft, unsafe.Pointer(&fv)).Elem().Call(vals)
		for i, v := range res {
			setSlot(fp.at(offs[i]), toRtype(outs[i]), v)
		}
	}
}

// setSlot puts v, of static type r, into a slot.
func setSlot(slot unsafe.Pointer, r *rtype, v reflect.Value) {
	if r.kind == uint8(reflect.Interface) {
		var x any
		if !v.IsNil() {
			x = v.Elem().Interface()
		}
		*(*any)(slot) = x
		return
	}
	x := v.Interface()
	typedmemmove(r, slot, dataAddr(&x))
}

// callNative compiles a call of a compiled function by its name.
func (c *fnc) callNative(in *ssa.Call, f *Func) {
	sig := f.sig
	if f.obj == nil || f.obj.Pkg() == nil || !brief[f.obj.Pkg().Path()] {
		c.slow = true
	}
	var types_ []types.Type
	var args []val
	for i, a := range in.Call.Args {
		args = append(args, c.operand(a))
		types_ = append(types_, paramType(f, i))
	}
	extra := c.extraArg(f, sig)
	if extra != nil {
		args[len(args)-1] = extra(args[len(args)-1])
	}
	if extra == nil {
		if v, ok := c.shim(in, f, args); ok {
			c.define(in, v, writes)
			return
		}
	}
	pos := in.Pos()
	fv := f.native
	target := func(fp *Frame) unsafe.Pointer { fp.pos = pos; return fv }
	out := make([]types.Type, sig.Results().Len())
	for i := range out {
		out[i] = sig.Results().At(i).Type()
	}
	var offs []uintptr
	c.barrier(writes)
	switch len(out) {
	case 0:
	case 1:
		offs = []uintptr{c.lay.alloc(in.Type())}
		c.vals[in] = home{v: slotVal(offs[0])}
	default:
		_, offs = c.tuple(in)
	}
	call := c.nativeCall(f.name, target, types_, args, sig.Variadic(), out, offs)
	if done := c.p.cfg.ExtraDone; extra != nil && done != nil {
		inner := call
		call = func(fp *Frame) {
			defer done(fp.th.run)
			inner(fp)
		}
	}
	c.out = append(c.out, call)
}

// brief are packages of functions that are over before anybody could want to stop
// them.
var brief = map[string]bool{"math": true, "math/bits": true, "unicode": true, "unicode/utf8": true}

// paramType is the type of the i-th argument of f, its receiver first.
func paramType(f *Func, i int) types.Type {
	if f.recv != nil {
		if i == 0 {
			return f.recv
		}
		i--
	}
	return f.sig.Params().At(i).Type()
}

// extraArg asks the embedder for one more variadic argument of f.
func (c *fnc) extraArg(f *Func, sig *types.Signature) func(val) val {
	if c.p.cfg.ExtraArg == nil || !sig.Variadic() || f.obj == nil {
		return nil
	}
	st := c.p.rt(sig.Params().At(sig.Params().Len() - 1).Type()).reflect()
	if st.Kind() != reflect.Slice {
		return nil
	}
	value, ok := c.p.cfg.ExtraArg(f.obj, st.Elem())
	if !ok {
		return nil
	}
	return func(v val) val {
		s := fn[slice](v)
		return expr(func(fp *Frame) slice {
			old := s(fp)
			all := reflect.MakeSlice(st, 0, old.len+1)
			all = reflect.AppendSlice(all, reflect.NewAt(st, unsafe.Pointer(&old)).Elem())
			all = reflect.Append(all, value(fp.th.run))
			return slice{all.UnsafePointer(), all.Len(), all.Cap()}
		})
	}
}

// nativeThunk is a Func that passes its frame's arguments to a compiled
// function: for go, defer and calls through interfaces. recv, if not nil, is the
// first argument; target finds the function.
func (p *Program) nativeThunk(name string, sig *types.Signature, recv types.Type, passRecv bool, target func(c *fnc) func(*Frame) unsafe.Pointer) *Func {
	return p.thunk(name, sig, recv, func(c *fnc) instr {
		var in, out []types.Type
		var args []val
		if recv != nil && passRecv {
			in, args = append(in, recv), append(args, slotVal(c.code.lay.recv))
		}
		for i := range sig.Params().Len() {
			in, args = append(in, sig.Params().At(i).Type()), append(args, slotVal(c.code.lay.params[i]))
		}
		for v := range sig.Results().Variables() {
			out = append(out, v.Type())
		}
		return c.nativeCall(name, target(c), in, args, sig.Variadic(), out, c.code.lay.results)
	})
}

// valueThunk calls compiled function values of a signature; the value is in the
// receiver's slot.
func (p *Program) valueThunk(sig *types.Signature) *Func {
	key := "value " + types.TypeString(sig, nil)
	if f, ok := p.thunks[key]; ok && types.Identical(f.sig, sig) {
		return f
	}
	f := p.nativeThunk("function value", sig, types.Typ[types.UnsafePointer], false, func(c *fnc) func(*Frame) unsafe.Pointer {
		off := c.code.lay.recv
		return func(fp *Frame) unsafe.Pointer {
			f := *slotPtr[unsafe.Pointer](fp, off)
			if f == nil {
				nilDereference()
			}
			return f
		}
	})
	p.thunks[key] = f
	return f
}

func (p *Program) missing(name string, sig *types.Signature) *Func {
	f := &Func{p: p, name: name, sig: sig}
	if sig.Recv() != nil {
		f.recv = sig.Recv().Type()
	}
	f.make = func(c *fnc) {
		c.code.entry = &block{run: func(*Frame) *block {
			panic(fmt.Sprintf("%s is not available to interpreted code", name))
		}}
	}
	return f
}
