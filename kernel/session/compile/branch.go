package compile

import (
	"golang.org/x/tools/go/ssa"
)

// A blockCode is a basic block between compilation and linking.
type blockCode struct {
	b      *ssa.BasicBlock
	block  *block
	instrs []instr
	step   *sum                // the last of instrs, if that adds to a counter
	cond   func(*Frame) bool   // of an If
	test   comparison          // the same, if it is one
	edges  []*edge             // to the successors
	term   func(*Frame) *block // of a block without successors
	slow   bool                // calls compiled functions, which may take long
	over   mapRange            // of the head of a loop over a map: instrs is its step

	// While blocks are joined:
	preds   int  // ways to come here
	nesting int  // of instructions in each other
	gone    bool // part of another block
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
	saved, step0, stepAt := c.out, c.step, c.stepAt
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
	c.out, c.step, c.stepAt = saved, step0, stepAt
	return out, step
}
