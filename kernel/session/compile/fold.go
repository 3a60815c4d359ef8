package compile

import (
	"slices"
)

// Control flow that nests becomes closures that nest: a condition of && and ||, an
// if whose arms meet again and a loop with one way out are instructions of the
// block before them. What is left, returns and jumps out of loops, goes from block
// to block.

// maxNesting is how deep instructions nest: a call in one of them is as many
// calls deep in Go's own stack.
const maxNesting = 12

// fold joins blocks until nothing more can be joined.
func (c *fnc) fold() {
	for _, b := range c.blocks {
		for _, e := range b.edges {
			e.to.preds++
		}
	}
	c.blocks[0].preds++
	if r := c.fn.Recover; r != nil {
		c.blocks[r.Index].preds++
	}
	for again := true; again; {
		again = false
		for _, b := range slices.Backward(c.blocks) { // inner ones first
			for !b.gone && (b.continued() || b.shortCircuit() || b.branches() || b.loops() || b.searches()) {
				again = true
			}
		}
	}
}

// then adds what happens on the edge e to the block.
func (b *blockCode) then(e *edge) {
	b.add(e.moves, e.step)
}

func (b *blockCode) add(seq []instr, step *sum) {
	if len(seq) > 0 {
		b.instrs, b.step = append(b.instrs[:len(b.instrs):len(b.instrs)], seq...), step
	}
}

// continued takes in the block that b jumps to and nobody else does.
func (b *blockCode) continued() bool {
	if len(b.edges) != 1 {
		return false
	}
	e := b.edges[0]
	s := e.to
	if s == b || s.preds != 1 {
		return false
	}
	b.then(e)
	b.add(s.instrs, s.step)
	b.cond, b.test, b.edges, b.term = s.cond, s.test, s.edges, s.term
	b.nesting, b.slow = max(b.nesting, s.nesting), b.slow || s.slow
	s.gone = true
	return true
}

// shortCircuit makes one condition of b's and that of a block which only b leads
// to, where one outcome of either leads to the same place.
func (b *blockCode) shortCircuit() bool {
	if len(b.edges) != 2 {
		return false
	}
	for i, e := range b.edges {
		s, other := e.to, b.edges[1-i]
		if s == b || s.preds != 1 || len(s.edges) != 2 || len(e.moves)+len(other.moves) > 0 || s.nesting >= maxNesting {
			continue
		}
		for j, se := range s.edges {
			if se.to != other.to || len(se.moves) > 0 || s.edges[1-j].to == other.to {
				continue
			}
			first, second, before := b.cond, s.cond, sequence(s.instrs)
			if len(s.instrs) > 0 {
				cond := second
				second = func(fp *Frame) bool { before(fp); return cond(fp) }
			}
			switch { // the one edge of s that leads on becomes b's
			case i == 0 && j == 1:
				b.cond = func(fp *Frame) bool { return first(fp) && second(fp) }
			case i == 0:
				b.cond = func(fp *Frame) bool { return first(fp) && !second(fp) }
			case j == 0:
				b.cond = func(fp *Frame) bool { return first(fp) || second(fp) }
			default:
				b.cond = func(fp *Frame) bool { return first(fp) || !second(fp) }
			}
			b.edges[i] = s.edges[1-j]
			other.back = other.back || se.back
			b.test = comparison{}
			b.nesting, b.slow = max(b.nesting, s.nesting+1), b.slow || s.slow
			other.to.preds--
			s.gone = true
			return true
		}
	}
	return false
}

// An arm is one of the ways that an if may take to a block where both meet.
type arm struct {
	to      *blockCode
	seq     []instr
	through *blockCode // what is between, if not nil
	back    bool
	nesting int
	slow    bool
}

// arms are the ways that begin with e: straight to the next block, or through it
// to the one after.
func (e *edge) arms(from *blockCode) []arm {
	all := []arm{{to: e.to, seq: e.moves, back: e.back}}
	if s := e.to; s != from && s.preds == 1 && len(s.edges) == 1 {
		on := s.edges[0]
		all = append(all, arm{
			to: on.to, seq: slices.Concat(e.moves, s.instrs, on.moves), through: s,
			back: on.back, nesting: s.nesting, slow: s.slow,
		})
	}
	return all
}

// branches makes an instruction of the arms of b's condition, if they meet.
func (b *blockCode) branches() bool {
	if len(b.edges) != 2 {
		return false
	}
	for _, x := range b.edges[0].arms(b) {
		for _, y := range b.edges[1].arms(b) {
			nesting := 1 + max(x.nesting, y.nesting)
			if x.to != y.to || nesting > maxNesting {
				continue
			}
			b.add([]instr{choose(b.cond, b.test, x.seq, y.seq)}, nil)
			b.cond, b.test = nil, comparison{}
			b.edges = []*edge{{to: x.to, back: x.back || y.back}}
			b.nesting, b.slow = max(b.nesting, nesting), b.slow || x.slow || y.slow
			x.to.preds--
			for _, a := range []arm{x, y} {
				if a.through != nil {
					a.through.gone = true
				}
			}
			return true
		}
	}
	return false
}

// loops makes an instruction of the loop that b is the head of, if b alone leads
// out of it.
func (b *blockCode) loops() bool {
	if len(b.edges) != 2 || b.nesting >= maxNesting {
		return false
	}
	for i, e := range b.edges {
		exit := b.edges[1-i]
		if exit.to == b {
			continue
		}
		for _, body := range e.arms(b) {
			if body.to != b || body.nesting >= maxNesting {
				continue
			}
			round := &blockCode{} // one time round, from b's decision to the next
			round.then(e)
			if s := body.through; s != nil {
				round.add(s.instrs, s.step)
				round.then(s.edges[0])
			}
			slow := b.slow || body.slow
			if b.over != nil && i == 0 && len(b.instrs) == 1 {
				b.instrs, b.step = []instr{b.over.loop(round.instrs, strides(slow))}, nil
			} else {
				round.add(b.instrs, b.step)
				b.add([]instr{looping(round.instrs, b.cond, i == 0, round.step, b.test, slow)}, nil)
			}
			b.cond, b.test, b.over = nil, comparison{}, nil
			b.edges = []*edge{exit}
			b.nesting, b.slow = 1+max(b.nesting, body.nesting), slow
			b.preds--
			if body.through != nil {
				body.through.gone = true
			}
			return true
		}
	}
	return false
}

// searches makes one closure of the loop that b is the head of and that can be left
// on the way round too.
func (b *blockCode) searches() bool {
	if len(b.edges) != 2 {
		return false
	}
	for i, e := range b.edges {
		exit := b.edges[1-i]
		if exit.to == b {
			continue
		}
		path := e.to.wayRound(b, maxNesting)
		if path == nil {
			continue
		}
		rest := &blockCode{slow: b.slow}
		rest.then(e)
		var guards []guard
		for k, s := range path {
			rest.add(s.instrs, s.step)
			rest.slow = rest.slow || s.slow
			s.gone = true
			if len(s.edges) == 1 {
				rest.then(s.edges[0])
				break
			}
			on, out := s.edges[0], s.edges[1]
			if on.to != b && (k+1 == len(path) || on.to != path[k+1]) {
				on, out = out, on
			}
			g := guard{cond: s.cond, out: out == s.edges[0], leave: out.leave()}
			if len(rest.instrs) > 0 {
				g.before = sequence(rest.instrs)
			}
			guards = append(guards, g)
			rest.instrs, rest.step = nil, nil
			rest.then(on)
		}
		rest.add(b.instrs, b.step)
		b.term = searching(guards, rest.instrs, b.cond, i == 0, rest.step, b.test, exit.leave(), rest.slow)
		b.cond, b.test, b.edges = nil, comparison{}, nil
		b.preds--
		return true
	}
	return false
}

// wayRound are the blocks from b to the one that goes to head, each of which can
// be left to elsewhere; nil if they are no such row.
func (b *blockCode) wayRound(head *blockCode, most int) []*blockCode {
	if b == head || b.preds != 1 || most == 0 {
		return nil
	}
	for _, e := range b.edges {
		if e.to == head {
			return []*blockCode{b}
		}
	}
	if len(b.edges) == 1 {
		return nil
	}
	for _, e := range b.edges {
		if rest := e.to.wayRound(head, most-1); rest != nil {
			return append([]*blockCode{b}, rest...)
		}
	}
	return nil
}
