package compile

import (
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

func (c *fnc) makeChan(in *ssa.MakeChan) {
	c.note(in.Pos())
	r, n := c.p.rt(in.Type()), fn[int](c.intOperand(in.Size))
	size := c.p.rt(in.Type().Underlying().(*types.Chan).Elem()).size
	pos := in.Pos()
	c.define(in, expr(func(fp *Frame) unsafe.Pointer {
		n := n(fp)
		if n > 0 {
			fp.reserve(pos, uintptr(n)*size)
		}
		return makechan(r, n)
	}), reads)
}

func (c *fnc) send(in *ssa.Send) {
	c.note(in.Pos())
	ct := in.Chan.Type().Underlying().(*types.Chan)
	ch, x := fn[unsafe.Pointer](c.operand(in.Chan)), c.p.opsFor(ct.Elem()).mem(c, c.operand(in.X))
	r := c.p.rt(types.NewChan(types.SendRecv, ct.Elem())).reflect()
	elem := c.p.rt(ct.Elem())
	c.emit(func(fp *Frame) {
		ch := ch(fp)
		p := x(fp)
		if ch != nil && chansend(ch, p, true) {
			return
		}
		fp.th.check()
		chosen, _ := fp.th.wait([]reflect.SelectCase{{
			Dir: reflect.SelectSend, Chan: reflect.NewAt(r, unsafe.Pointer(&ch)).Elem(), Send: reflect.NewAt(elem.reflect(), p).Elem(),
		}})
		_ = chosen
	})
}

// wait selects among cases, or ends the thread when its run is stopped.
func (th *Thread) wait(cases []reflect.SelectCase) (int, reflect.Value) {
	if !th.tidying() {
		cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(th.run.done)})
	}
	chosen, v, ok := reflect.Select(cases)
	if !th.tidying() && chosen == len(cases)-1 {
		th.halt()
	}
	if !ok && cases[chosen].Dir == reflect.SelectRecv {
		return chosen, reflect.Value{}
	}
	return chosen, v
}

func (c *fnc) receive(in *ssa.UnOp) {
	c.note(in.Pos())
	ct := in.X.Type().Underlying().(*types.Chan)
	elem := c.p.rt(ct.Elem())
	ch := fn[unsafe.Pointer](c.operand(in.X))
	r := c.p.rt(types.NewChan(types.SendRecv, ct.Elem())).reflect()
	c.barrier(writes)
	var off, okOff uintptr
	if in.CommaOk {
		_, offs := c.tuple(in)
		off, okOff = offs[0], offs[1]
	} else {
		off = c.lay.alloc(in.Type())
		c.vals[in] = home{v: slotVal(off)}
	}
	iface := elem.kind == uint8(reflect.Interface) && len((*interfaceType)(unsafe.Pointer(elem)).methods) > 0
	c.out = append(c.out, func(fp *Frame) {
		ch := ch(fp)
		p := fp.at(off)
		ok, got := false, false
		if ch != nil {
			got, ok = chanrecv(ch, true, p)
		}
		if got {
			if iface {
				*(*any)(p) = loadIface(p)
			}
		} else {
			fp.th.check()
			_, v := fp.th.wait([]reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: reflect.NewAt(r, unsafe.Pointer(&ch)).Elem()}})
			ok = v.IsValid()
			setReceived(p, elem, v)
		}
		if okOff != 0 {
			*slotPtr[bool](fp, okOff) = ok
		}
	})
}

// setReceived puts what a channel gave into a slot: zero if it was closed.
func setReceived(slot unsafe.Pointer, elem *rtype, v reflect.Value) {
	if v.IsValid() {
		setSlot(slot, elem, v)
		return
	}
	if elem.kind == uint8(reflect.Interface) {
		*(*any)(slot) = nil
		return
	}
	typedmemclr(elem, slot)
}

// selectStmt is a select: (index, received ok, what each receive gave).
func (c *fnc) selectStmt(in *ssa.Select) {
	c.note(in.Pos())
	type arm struct {
		send bool
		ch   func(*Frame) unsafe.Pointer
		x    func(*Frame) unsafe.Pointer
		r    reflect.Type
		elem *rtype
		off  uintptr
	}
	arms := make([]arm, len(in.States))
	for i, s := range in.States {
		ct := s.Chan.Type().Underlying().(*types.Chan)
		arms[i] = arm{
			send: s.Dir == types.SendOnly, ch: fn[unsafe.Pointer](c.operand(s.Chan)),
			r: c.p.rt(types.NewChan(types.SendRecv, ct.Elem())).reflect(), elem: c.p.rt(ct.Elem()),
		}
		if arms[i].send {
			arms[i].x = c.p.opsFor(ct.Elem()).mem(c, c.operand(s.Send))
		}
	}
	c.barrier(writes)
	_, offs := c.tuple(in)
	n := 2
	for i := range arms {
		if !arms[i].send {
			arms[i].off = offs[n]
			n++
		}
	}
	blocking := in.Blocking
	c.out = append(c.out, func(fp *Frame) {
		cases := make([]reflect.SelectCase, len(arms), len(arms)+1)
		chans := make([]unsafe.Pointer, len(arms))
		for i, a := range arms {
			chans[i] = a.ch(fp)
			cases[i].Chan = reflect.NewAt(a.r, unsafe.Pointer(&chans[i])).Elem()
			cases[i].Dir = reflect.SelectRecv
			if a.send {
				cases[i].Dir = reflect.SelectSend
				cases[i].Send = reflect.NewAt(a.elem.reflect(), a.x(fp)).Elem()
			}
		}
		var chosen int
		var v reflect.Value
		if blocking {
			fp.th.check()
			chosen, v = fp.th.wait(cases)
		} else {
			cases = append(cases, reflect.SelectCase{Dir: reflect.SelectDefault})
			var ok bool
			chosen, v, ok = reflect.Select(cases)
			if !ok {
				v = reflect.Value{}
			}
			if chosen == len(arms) {
				chosen = -1
			}
		}
		*slotPtr[int](fp, offs[0]) = chosen
		*slotPtr[bool](fp, offs[1]) = v.IsValid() && chosen >= 0 && !arms[chosen].send
		for i, a := range arms {
			if a.send {
				continue
			}
			if i == chosen {
				setReceived(fp.at(a.off), a.elem, v)
			} else {
				setReceived(fp.at(a.off), a.elem, reflect.Value{})
			}
		}
	})
}
