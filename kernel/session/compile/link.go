package compile

import (
	"slices"
)

// link makes the closure that runs b.
func (b *blockCode) link() {
	seq, step, back, slow, end := b.instrs, b.step, false, b.slow, b
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
			step = e.to.step
		}
		back, slow = back || e.back, slow || e.to.slow
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
		b.block.run = deciding(b, end, seq, step, back, slow)
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

// deciding runs seq, then takes one edge of end or the other. Where one of them
// leads back to b itself, the loop stays inside one closure.
func deciding(b, end *blockCode, seq []instr, step *sum, back, slow bool) func(*Frame) *block {
	t, f := end.edges[0], end.edges[1]
	for i, again := range end.edges {
		if exit := end.edges[1-i]; again.to == b && exit.to != b {
			round := &blockCode{instrs: slices.Clone(again.moves), step: again.step}
			round.add(seq, step)
			first, loop := sequence(seq), looping(round.instrs, end.cond, i == 0, round.step, end.test, slow)
			leave, to := sequence(exit.moves), exit.to.block
			return func(fp *Frame) *block {
				first(fp)
				loop(fp)
				leave(fp)
				return to
			}
		}
	}
	back = back || t.back || f.back
	cond := end.cond
	if step != nil {
		if both := step.then(end.test); both != nil {
			seq, cond = seq[:len(seq)-1], both
		}
	}
	tb, fb, onT, onF := t.to.block, f.to.block, t.way(), f.way()
	return ending(seq, func(fp *Frame) *block {
		if back {
			fp.th.check()
		}
		if cond(fp) {
			if onT != nil {
				onT(fp)
			}
			return tb
		}
		if onF != nil {
			onF(fp)
		}
		return fb
	})
}

// way is what happens on the edge, nil if nothing does.
func (e *edge) way() instr {
	if len(e.moves) == 0 {
		return nil
	}
	return sequence(e.moves)
}

// leave does what happens on the edge and says what is next.
func (e *edge) leave() func(*Frame) *block { return jumping(e.moves, e.back, e.to.block) }
