package compile

import (
	"golang.org/x/tools/go/ssa"
)

// A blockCode is a basic block between compilation and linking.
type blockCode struct {
	b      *ssa.BasicBlock
	block  *block
	instrs []instr
	cond   func(*Frame) bool   // of an If
	test   comparison          // the same, if it is one
	edges  []*edge             // to the successors
	term   func(*Frame) *block // of a block without successors
}

// An edge is a way from one block to another: the moves that φ wants, then on.
type edge struct {
	to    *blockCode
	moves []instr
	step  *sum // the last move, if that adds to a counter
	back  bool // closes a loop: the place to notice that the run was stopped
}

// jump finishes a block with its edges.
func (c *fnc) jump(b *blockCode) {
	for i, s := range b.b.Succs {
		e := &edge{to: c.blocks[s.Index], back: s.Dominates(b.b)}
		e.moves, e.step = c.phis(b.b, s, predIndex(s, b.b, i, b.b.Succs))
		b.edges = append(b.edges, e)
	}
}

// predIndex is which predecessor of s the i-th edge of b is.
func predIndex(s, b *ssa.BasicBlock, i int, succs []*ssa.BasicBlock) int {
	nth := 0
	for _, o := range succs[:i] {
		if o == s {
			nth++
		}
	}
	for j, q := range s.Preds {
		if q == b {
			if nth == 0 {
				return j
			}
			nth--
		}
	}
	panic("compile: an edge without a predecessor")
}

// A move gives a φ the value that it has after an edge.
type move struct {
	phi *ssa.Phi
	off uintptr
	h   home
}

// counts is what the move adds to its own φ, nil if it does something else.
func (m move) counts() *sum {
	if s, ok := m.h.v.hint.(sum); ok && s.off == m.off {
		return &s
	}
	return nil
}

// phis are the moves of the edge that enters s as its pred-th: all φ take their
// values at once, so a move waits until nothing else reads its slot. Counters come
// last if they can.
func (c *fnc) phis(b, s *ssa.BasicBlock, pred int) (out []instr, step *sum) {
	var moves []move
	saved := c.out
	c.out = nil
	for _, in := range s.Instrs {
		phi, ok := in.(*ssa.Phi)
		if !ok {
			break
		}
		off := c.vals[phi].v.off
		h := c.take(phi.Edges[pred])
		if h.v.mode == mSlot && h.v.off == off {
			continue
		}
		moves = append(moves, move{phi, off, h})
	}
	for len(moves) > 0 {
		ready := -1
	search:
		for i, m := range moves {
			for j, o := range moves {
				if i == j {
					continue
				}
				for _, r := range o.h.reads {
					if r == m.off {
						continue search
					}
				}
			}
			ready = i
			if m.counts() == nil {
				break
			}
		}
		if ready < 0 { // a cycle: read one value before its slot is overwritten
			m := &moves[0]
			off := c.lay.alloc(m.phi.Type())
			c.emitStore(m.phi.Type(), off, m.h.v)
			m.h = home{v: slotVal(off)}
			continue
		}
		m := moves[ready]
		step = m.counts()
		c.emitStore(m.phi.Type(), m.off, m.h.v)
		moves = append(moves[:ready], moves[ready+1:]...)
	}
	out = c.out
	c.out = saved
	return out, step
}

// link makes the closure that runs b.
func (c *fnc) link(b *blockCode) {
	seq, back, end := b.instrs, false, b
	var step *sum // the last of seq, if that adds to a counter
	// What follows a jump is done here as well if it is short: a loop's head that
	// only decides, what comes after the arms of an if.
	for n := 0; n < 4 && len(end.edges) == 1; n++ {
		e := end.edges[0]
		if e.to == b || len(e.to.instrs) > 4 {
			break
		}
		seq = append(seq[:len(seq):len(seq)], e.moves...)
		seq = append(seq, e.to.instrs...)
		if len(e.moves) > 0 {
			step = e.step
		}
		if len(e.to.instrs) > 0 {
			step = nil
		}
		back = back || e.back
		end = e.to
	}
	switch {
	case end.term != nil:
		b.block.run = ending(seq, end.term)
	case len(end.edges) == 1:
		e := end.edges[0]
		seq = append(seq[:len(seq):len(seq)], e.moves...)
		b.block.run = jumping(seq, back || e.back, e.to.block)
	default:
		cond := end.cond
		if step != nil {
			if f := step.then(end.test); f != nil {
				seq, cond = seq[:len(seq)-1], f
			}
		}
		b.block.run = deciding(b, seq, cond, back, end.edges[0], end.edges[1])
	}
}

func ending(seq []instr, term func(*Frame) *block) func(*Frame) *block {
	switch len(seq) {
	case 0:
		return term
	case 1:
		a := seq[0]
		return func(fp *Frame) *block { a(fp); return term(fp) }
	case 2:
		a, b := seq[0], seq[1]
		return func(fp *Frame) *block { a(fp); b(fp); return term(fp) }
	}
	return func(fp *Frame) *block {
		for _, in := range seq {
			in(fp)
		}
		return term(fp)
	}
}

func jumping(seq []instr, back bool, to *block) func(*Frame) *block {
	if back {
		return func(fp *Frame) *block {
			for _, in := range seq {
				in(fp)
			}
			fp.th.check()
			return to
		}
	}
	switch len(seq) {
	case 0:
		return func(*Frame) *block { return to }
	case 1:
		a := seq[0]
		return func(fp *Frame) *block { a(fp); return to }
	case 2:
		a, b := seq[0], seq[1]
		return func(fp *Frame) *block { a(fp); b(fp); return to }
	case 3:
		a, b, c := seq[0], seq[1], seq[2]
		return func(fp *Frame) *block { a(fp); b(fp); c(fp); return to }
	}
	return func(fp *Frame) *block {
		for _, in := range seq {
			in(fp)
		}
		return to
	}
}

// deciding runs seq, then takes one edge or the other. Where one of them leads
// back to b itself, the loop stays inside one closure.
func deciding(b *blockCode, seq []instr, cond func(*Frame) bool, back bool, t, f *edge) func(*Frame) *block {
	if t.to == b || f.to == b {
		again, exit, on := t, f, true
		if f.to == b {
			again, exit, on = f, t, false
		}
		return looping(seq, cond, on, again.moves, exit)
	}
	back = back || t.back || f.back
	if len(t.moves) == 0 && len(f.moves) == 0 && !back {
		tb, fb := t.to.block, f.to.block
		switch len(seq) {
		case 0:
			return func(fp *Frame) *block {
				if cond(fp) {
					return tb
				}
				return fb
			}
		case 1:
			a := seq[0]
			return func(fp *Frame) *block {
				a(fp)
				if cond(fp) {
					return tb
				}
				return fb
			}
		}
	}
	if len(t.moves) == 0 && len(f.moves) == 0 {
		tb, fb := t.to.block, f.to.block
		switch len(seq) {
		case 1:
			a := seq[0]
			return func(fp *Frame) *block {
				a(fp)
				fp.th.check()
				if cond(fp) {
					return tb
				}
				return fb
			}
		case 2:
			a, b := seq[0], seq[1]
			return func(fp *Frame) *block {
				a(fp)
				b(fp)
				fp.th.check()
				if cond(fp) {
					return tb
				}
				return fb
			}
		}
	}
	return func(fp *Frame) *block {
		for _, in := range seq {
			in(fp)
		}
		if back {
			fp.th.check()
		}
		e := f
		if cond(fp) {
			e = t
		}
		for _, in := range e.moves {
			in(fp)
		}
		return e.to.block
	}
}

// stride is how many turns of a tight loop pass between looks at the stop flag.
const stride = 256

func looping(seq []instr, cond func(*Frame) bool, on bool, moves []instr, exit *edge) func(*Frame) *block {
	leave := func(fp *Frame) *block {
		for _, in := range exit.moves {
			in(fp)
		}
		return exit.to.block
	}
	if len(moves) == 0 {
		switch len(seq) {
		case 1:
			a := seq[0]
			return func(fp *Frame) *block {
				for n := 1; ; n++ {
					a(fp)
					if cond(fp) != on {
						return leave(fp)
					}
					if n%stride == 0 {
						fp.th.check()
					}
				}
			}
		case 2:
			a, b := seq[0], seq[1]
			return func(fp *Frame) *block {
				for n := 1; ; n++ {
					a(fp)
					b(fp)
					if cond(fp) != on {
						return leave(fp)
					}
					if n%stride == 0 {
						fp.th.check()
					}
				}
			}
		case 3:
			a, b, c := seq[0], seq[1], seq[2]
			return func(fp *Frame) *block {
				for n := 1; ; n++ {
					a(fp)
					b(fp)
					c(fp)
					if cond(fp) != on {
						return leave(fp)
					}
					if n%stride == 0 {
						fp.th.check()
					}
				}
			}
		}
	}
	return func(fp *Frame) *block {
		for n := 1; ; n++ {
			for _, in := range seq {
				in(fp)
			}
			if cond(fp) != on {
				return leave(fp)
			}
			for _, in := range moves {
				in(fp)
			}
			if n%stride == 0 {
				fp.th.check()
			}
		}
	}
}
