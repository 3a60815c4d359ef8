package compile

import (
	"go/types"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// A preparer takes a frame of th for a call and moves the arguments in.
type preparer func(fp *Frame, th *Thread) *Frame

func (c *fnc) call(in *ssa.Call) {
	cc := &in.Call
	if b, ok := cc.Value.(*ssa.Builtin); ok && !cc.IsInvoke() {
		c.builtin(in, b)
		return
	}
	site := &callSite{pos: in.Pos()}
	if f := c.static(cc); f != nil {
		if f.native != nil {
			c.callNative(in, f)
			return
		}
		if !c.code.wrapper {
			args, lay := c.movers(cc.Args, f.sig, f.recv)
			if c.single(in) {
				v := c.p.opsFor(in.Type()).static(f, args, lay.results[0], site)
				c.define(in, v, writes)
				return
			}
			c.finish(in, f.sig, lay, func(fp *Frame, th *Thread) *Frame {
				nf := f.frame(th)
				for _, a := range args {
					a(fp, nf)
				}
				return nf
			})
			return
		}
	}
	prep, sig := c.prepare(cc)
	c.finish(in, sig, c.p.sigLayout(sig, nil), prep)
}

// single tells whether in has one result that a closure can return.
func (c *fnc) single(in *ssa.Call) bool {
	k := kindOf(in.Type())
	return k != kTuple && k != kMem
}

// static is the function that a call names, nil if it is a value.
func (c *fnc) static(cc *ssa.CallCommon) *Func {
	if cc.IsInvoke() {
		return nil
	}
	if fn, ok := cc.Value.(*ssa.Function); ok {
		return c.p.function(c.unit, fn)
	}
	return nil
}

// movers put the arguments of a call where its frame wants them.
func (c *fnc) movers(args []ssa.Value, sig *types.Signature, recv types.Type) ([]mover, sigLayout) {
	lay := c.p.sigLayout(sig, recv)
	var ms []mover
	if recv != nil {
		ms = append(ms, c.p.opsFor(recv).arg(lay.recv, c.operand(args[0])))
		args = args[1:]
	}
	for i, a := range args {
		ms = append(ms, c.p.opsFor(sig.Params().At(i).Type()).arg(lay.params[i], c.operand(a)))
	}
	return ms, lay
}

// finish runs what prep prepared and takes the results.
func (c *fnc) finish(in *ssa.Call, sig *types.Signature, lay sigLayout, prep preparer) {
	pos := in.Pos()
	wrapper := c.code.wrapper
	run := func(fp *Frame) *Frame {
		nf := prep(fp, fp.th)
		if wrapper {
			nf.panic = fp.panic
		}
		fp.pos = pos
		nf.call(fp)
		nf.panic = nil
		return nf
	}
	res := sig.Results()
	switch res.Len() {
	case 0:
		c.emit(func(fp *Frame) {
			nf := run(fp)
			fp.th.leave(nf)
		})
	case 1:
		c.barrier(writes)
		off := c.lay.alloc(in.Type())
		take := c.p.opsFor(in.Type()).result(lay.results[0], off)
		c.out = append(c.out, func(fp *Frame) {
			nf := run(fp)
			take(fp, nf)
			fp.th.leave(nf)
		})
		c.vals[in] = home{v: slotVal(off)}
	default:
		c.barrier(writes)
		_, offs := c.tuple(in)
		takes := make([]mover, res.Len())
		for i := range takes {
			takes[i] = c.p.opsFor(res.At(i).Type()).result(lay.results[i], offs[i])
		}
		c.out = append(c.out, func(fp *Frame) {
			nf := run(fp)
			for _, t := range takes {
				t(fp, nf)
			}
			fp.th.leave(nf)
		})
	}
}

// prepare compiles any call but of a builtin: to a function, a function value,
// or a method of an interface.
func (c *fnc) prepare(cc *ssa.CallCommon) (preparer, *types.Signature) {
	if cc.IsInvoke() {
		return c.prepareInvoke(cc)
	}
	if f := c.static(cc); f != nil {
		args, _ := c.movers(cc.Args, f.sig, f.recv)
		return func(fp *Frame, th *Thread) *Frame {
			nf := f.frame(th)
			for _, a := range args {
				a(fp, nf)
			}
			return nf
		}, f.sig
	}
	sig := cc.Value.Type().Underlying().(*types.Signature)
	fv := fn[unsafe.Pointer](c.operand(cc.Value))
	args, _ := c.movers(cc.Args, sig, nil)
	thunk := c.p.valueThunk(sig)
	recv := c.p.sigLayout(sig, types.Typ[types.UnsafePointer]).recv
	return func(fp *Frame, th *Thread) *Frame {
		f := fv(fp)
		var nf *Frame
		if f != nil && isClosure(f) {
			nf = (*closure)(f).frame(th)
		} else {
			nf = thunk.frame(th)
			*slotPtr[unsafe.Pointer](nf, recv) = f
		}
		for _, a := range args {
			a(fp, nf)
		}
		return nf
	}, sig
}

// makeClosure makes a function value that captures its bindings.
func (c *fnc) makeClosure(in *ssa.MakeClosure) {
	f := c.p.function(c.unit, in.Fn.(*ssa.Function))
	f.prepare()
	captures := make([]func(*Frame) unsafe.Pointer, len(in.Bindings))
	for i, b := range in.Bindings {
		v := c.operand(b)
		if _, ok := b.Type().Underlying().(*types.Pointer); ok {
			captures[i] = fn[unsafe.Pointer](v)
			continue
		}
		r := c.slotType(b.Type())
		at := c.slotForm(b.Type(), v)
		captures[i] = func(fp *Frame) unsafe.Pointer {
			p := unsafeNew(r)
			typedmemmove(r, p, at(fp))
			return p
		}
	}
	c.define(in, expr(func(fp *Frame) unsafe.Pointer {
		cl := newClosure(f, len(captures))
		for i, capture := range captures {
			cl.env[i] = capture(fp)
		}
		return unsafe.Pointer(cl)
	}), reads)
}

// slotForm is where v is as slots hold it.
func (c *fnc) slotForm(t types.Type, v val) func(*Frame) unsafe.Pointer {
	if kindOf(t) == kIface {
		return typed[any]{rtypeFor[any]()}.mem(c, v)
	}
	return c.p.opsFor(t).mem(c, v)
}

func (c *fnc) goStmt(in *ssa.Go) {
	prep := c.prepareAny(&in.Call)
	pos := in.Pos()
	c.emit(func(fp *Frame) {
		fp.pos = pos
		th := newThread(fp.th.run)
		nf := prep(fp, th)
		crowd.Add(1)
		go th.goroutine(nf)
	})
}

// prepareAny is prepare, builtins included.
func (c *fnc) prepareAny(cc *ssa.CallCommon) preparer {
	b, ok := cc.Value.(*ssa.Builtin)
	if !ok || cc.IsInvoke() {
		prep, _ := c.prepare(cc)
		return prep
	}
	f := c.p.builtinThunk(b, cc)
	args, _ := c.movers(cc.Args, f.sig, nil)
	return func(fp *Frame, th *Thread) *Frame {
		nf := f.frame(th)
		for _, a := range args {
			a(fp, nf)
		}
		return nf
	}
}

// thunk is a Func whose body is one instruction, made by build from the slots of
// its parameters.
func (p *Program) thunk(name string, sig *types.Signature, recv types.Type, build func(c *fnc) instr) *Func {
	f := &Func{p: p, name: name, sig: sig, recv: recv}
	f.make = func(c *fnc) {
		body := build(c)
		seq := append(c.out, body)
		c.code.wrapper = true
		c.code.entry = &block{run: ending(seq, func(*Frame) *block { return nil })}
	}
	return f
}
