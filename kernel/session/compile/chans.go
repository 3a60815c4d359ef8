package compile

import (
	"go/types"
	"math/rand/v2"
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
	c.emit(func(fp *Frame) {
		ch := ch(fp)
		p := x(fp)
		if !chansend(ch, p, true) {
			fp.th.waitFor(selectCase{dir: selectSend, ch: ch, val: p})
		}
	})
}

// waitFor waits until what c says is done, or ends the thread when its run is
// stopped. It tells of a receive whether the channel is still open.
func (th *Thread) waitFor(c selectCase) (ok bool) {
	th.check()
	_, ok = th.wait(append(make([]selectCase, 0, 2), c))
	return ok
}

// wait does one of cases, with room for another behind them, or ends the thread
// when its run is stopped. It tells of a receive whether the channel is still open.
func (th *Thread) wait(cases []selectCase) (chosen int, ok bool) {
	if th.tidying() {
		return rselect(cases)
	}
	done := th.run.done
	chosen, ok = rselect(append(cases, selectCase{dir: selectRecv, ch: *(*unsafe.Pointer)(unsafe.Pointer(&done))}))
	if chosen == len(cases) {
		th.halt()
	}
	return chosen, ok
}

func (c *fnc) receive(in *ssa.UnOp) {
	c.note(in.Pos())
	ct := in.X.Type().Underlying().(*types.Chan)
	elem := c.p.rt(ct.Elem())
	ch := fn[unsafe.Pointer](c.operand(in.X))
	c.barrier(writes)
	var off, okOff uintptr
	if in.CommaOk {
		_, offs := c.tuple(in)
		off, okOff = offs[0], offs[1]
	} else {
		off = c.lay.alloc(in.Type())
		c.vals[in] = home{v: slotVal(off)}
	}
	fix := received(elem, off)
	c.out = append(c.out, func(fp *Frame) {
		ch, p := ch(fp), fp.at(off)
		got, ok := chanrecv(ch, true, p)
		if !got {
			ok = fp.th.waitFor(selectCase{dir: selectRecv, ch: ch, val: p})
		}
		if fix != nil {
			fix(fp)
		}
		if okOff != 0 {
			*slotPtr[bool](fp, okOff) = ok
		}
	})
}

// received makes what a channel has put into the slot at off what slots hold; nil
// if it is that already.
func received(elem *rtype, off uintptr) instr {
	if elem.kind != uint8(reflect.Interface) || len((*interfaceType)(unsafe.Pointer(elem)).methods) == 0 {
		return nil
	}
	return func(fp *Frame) { *slotPtr[any](fp, off) = loadIface(fp.at(off)) }
}

// A selectArm is one of the cases of a select statement.
type selectArm struct {
	dir selectDir
	ch  func(*Frame) unsafe.Pointer
	x   func(*Frame) unsafe.Pointer // where what it sends is
	off uintptr                     // where what it receives goes
	fix instr                       // of what it has received; may be nil
}

// selectStmt is a select: (index, received ok, what each receive gave).
func (c *fnc) selectStmt(in *ssa.Select) {
	c.note(in.Pos())
	arms := make([]selectArm, len(in.States))
	for i, s := range in.States {
		arms[i] = selectArm{dir: selectRecv, ch: fn[unsafe.Pointer](c.operand(s.Chan))}
		if s.Dir == types.SendOnly {
			elem := s.Chan.Type().Underlying().(*types.Chan).Elem()
			arms[i].dir, arms[i].x = selectSend, c.p.opsFor(elem).mem(c, c.operand(s.Send))
		}
	}
	c.barrier(writes)
	_, offs := c.tuple(in)
	n := 2
	for i, s := range in.States {
		if s.Dir != types.SendOnly {
			arms[i].off, arms[i].fix = offs[n], received(c.p.rt(s.Chan.Type().Underlying().(*types.Chan).Elem()), offs[n])
			n++
		}
	}
	blocking := in.Blocking
	c.out = append(c.out, func(fp *Frame) {
		var room [4]selectCase
		cases := room[:0]
		for i := range arms {
			a := &arms[i]
			k := selectCase{dir: a.dir, ch: a.ch(fp)}
			if a.x != nil {
				k.val = a.x(fp)
			} else {
				k.val = fp.at(a.off)
			}
			cases = append(cases, k)
		}
		chosen, ok := fp.th.choose(cases, blocking)
		*slotPtr[int](fp, offs[0]), *slotPtr[bool](fp, offs[1]) = chosen, ok
		if chosen >= 0 && arms[chosen].fix != nil {
			arms[chosen].fix(fp)
		}
	})
}

// choose does one of cases, which is -1 if none can be done at once and it is not
// to wait.
func (th *Thread) choose(cases []selectCase, wait bool) (chosen int, ok bool) {
	if !wait && len(cases) > 1 { // that none can be done is to be true of one moment
		chosen, ok = rselect(append(cases, selectCase{dir: selectDefault}))
		if chosen == len(cases) {
			return -1, false
		}
		return chosen, ok
	}
	if wait {
		th.check()
	}
	if n := len(cases); n <= len(order{}) {
		o := shuffled(n)
		for _, i := range o[:n] {
			if done, ok := cases[i].try(); done {
				return int(i), ok
			}
		}
	}
	if !wait {
		return -1, false
	}
	return th.wait(cases)
}

// try does what can be done without waiting.
func (c *selectCase) try() (done, ok bool) {
	if c.dir == selectSend {
		return chansend(c.ch, c.val, true), false
	}
	return chanrecv(c.ch, true, c.val)
}

// An order is one in which the cases of a select statement are tried: whichever of
// those that can be done, as Go wants it.
type order [4]uint8

func shuffled(n int) (o order) {
	if n < 2 {
		return o
	}
	r := rand.Uint32()
	for i := 1; i < n; i++ { // Fisher and Yates, inside out
		k := uint32(i) + 1
		j := r % k
		r /= k
		o[i], o[j] = o[j], uint8(i)
	}
	return o
}
