package compile

import (
	"go/token"
)

// The closures of control flow that nests (fold.go).

// sequence does all of seq.
func sequence(seq []instr) instr {
	switch len(seq) {
	case 0:
		return func(*Frame) {}
	case 1:
		return seq[0]
	case 2:
		a, b := seq[0], seq[1]
		return func(fp *Frame) { a(fp); b(fp) }
	case 3:
		a, b, c := seq[0], seq[1], seq[2]
		return func(fp *Frame) { a(fp); b(fp); c(fp) }
	case 4:
		a, b, c, d := seq[0], seq[1], seq[2], seq[3]
		return func(fp *Frame) { a(fp); b(fp); c(fp); d(fp) }
	}
	return func(fp *Frame) {
		for _, in := range seq {
			in(fp)
		}
	}
}

// choose does one or the other, as cond says, which test says too if it is a
// comparison.
func choose(cond func(*Frame) bool, test comparison, then, otherwise []instr) instr {
	if len(otherwise) == 0 && test.op == token.ILLEGAL {
		a := sequence(then)
		return func(fp *Frame) {
			if cond(fp) {
				a(fp)
			}
		}
	}
	a, b := sequence(then), sequence(otherwise)
	switch test.op { // three are enough
	case token.NEQ:
		test.op, a, b = token.EQL, b, a
	case token.GEQ:
		test.op, a, b = token.LSS, b, a
	case token.GTR:
		test.op, a, b = token.LEQ, b, a
	}
	x, y, k := test.x, test.y, test.k
	switch {
	case test.rem != nil:
		k, c, m := *k, test.rem.c, test.rem.m
		return func(fp *Frame) {
			if modulo(*slotPtr[int](fp, x), c, m) == k {
				a(fp)
			} else {
				b(fp)
			}
		}
	case test.op == token.EQL && k != nil:
		return func(fp *Frame) {
			if *slotPtr[int](fp, x) == *k {
				a(fp)
			} else {
				b(fp)
			}
		}
	case test.op == token.EQL:
		return func(fp *Frame) {
			if *slotPtr[int](fp, x) == *slotPtr[int](fp, y) {
				a(fp)
			} else {
				b(fp)
			}
		}
	case test.op == token.LSS && k != nil:
		return func(fp *Frame) {
			if *slotPtr[int](fp, x) < *k {
				a(fp)
			} else {
				b(fp)
			}
		}
	case test.op == token.LSS:
		return func(fp *Frame) {
			if *slotPtr[int](fp, x) < *slotPtr[int](fp, y) {
				a(fp)
			} else {
				b(fp)
			}
		}
	case test.op == token.LEQ && k != nil:
		return func(fp *Frame) {
			if *slotPtr[int](fp, x) <= *k {
				a(fp)
			} else {
				b(fp)
			}
		}
	case test.op == token.LEQ:
		return func(fp *Frame) {
			if *slotPtr[int](fp, x) <= *slotPtr[int](fp, y) {
				a(fp)
			} else {
				b(fp)
			}
		}
	}
	return func(fp *Frame) {
		if cond(fp) {
			a(fp)
		} else {
			b(fp)
		}
	}
}

// stride is how many turns of a tight loop pass between looks at the stop flag:
// every turn looks if it calls what may take long.
const stride = 256

// strides masks the number of a turn: it is 0 where the loop is to look.
func strides(slow bool) int {
	if slow {
		return 0
	}
	return stride - 1
}

// looping decides whether to go round, does seq, and decides again. The last of
// seq is step, if not nil, and what decides is test, if that is a comparison.
func looping(seq []instr, cond func(*Frame) bool, on bool, step *sum, test comparison, slow bool) instr {
	mask, again := strides(slow), cond
	if step != nil && on {
		if test.op == token.LSS && step.off == test.x && (test.k != nil || test.y != test.x) {
			return counting(seq[:len(seq)-1], *step, test, mask)
		}
		if both := step.then(test); both != nil {
			seq, again = seq[:len(seq)-1], both
		}
	}
	loop := turns(seq, again, on, mask)
	return func(fp *Frame) {
		if cond(fp) == on {
			loop(fp)
		}
	}
}

// turns does seq at least once, and again as long as cond is on.
func turns(seq []instr, cond func(*Frame) bool, on bool, mask int) instr {
	switch len(seq) {
	case 1:
		a := seq[0]
		return func(fp *Frame) {
			for n := 1; ; n++ {
				a(fp)
				if cond(fp) != on {
					return
				}
				if n&mask == 0 {
					fp.th.check()
				}
			}
		}
	case 2:
		a, b := seq[0], seq[1]
		return func(fp *Frame) {
			for n := 1; ; n++ {
				a(fp)
				b(fp)
				if cond(fp) != on {
					return
				}
				if n&mask == 0 {
					fp.th.check()
				}
			}
		}
	case 3:
		a, b, c := seq[0], seq[1], seq[2]
		return func(fp *Frame) {
			for n := 1; ; n++ {
				a(fp)
				b(fp)
				c(fp)
				if cond(fp) != on {
					return
				}
				if n&mask == 0 {
					fp.th.check()
				}
			}
		}
	}
	return func(fp *Frame) {
		for n := 1; ; n++ {
			for _, in := range seq {
				in(fp)
			}
			if cond(fp) != on {
				return
			}
			if n&mask == 0 {
				fp.th.check()
			}
		}
	}
}

// counting is the loop that people write: while a counter, to which step adds
// after every turn, is less than a constant or a variable.
func counting(seq []instr, step sum, test comparison, mask int) instr {
	off, by, y, k := step.off, step.by, test.y, test.k
	switch len(seq) {
	case 1:
		a := seq[0]
		return func(fp *Frame) {
			i, end := slotPtr[int](fp, off), k
			if end == nil {
				end = slotPtr[int](fp, y)
			}
			for n := 1; *i < *end; n++ {
				a(fp)
				*i += by
				if n&mask == 0 {
					fp.th.check()
				}
			}
		}
	case 2:
		a, b := seq[0], seq[1]
		return func(fp *Frame) {
			i, end := slotPtr[int](fp, off), k
			if end == nil {
				end = slotPtr[int](fp, y)
			}
			for n := 1; *i < *end; n++ {
				a(fp)
				b(fp)
				*i += by
				if n&mask == 0 {
					fp.th.check()
				}
			}
		}
	case 3:
		a, b, c := seq[0], seq[1], seq[2]
		return func(fp *Frame) {
			i, end := slotPtr[int](fp, off), k
			if end == nil {
				end = slotPtr[int](fp, y)
			}
			for n := 1; *i < *end; n++ {
				a(fp)
				b(fp)
				c(fp)
				*i += by
				if n&mask == 0 {
					fp.th.check()
				}
			}
		}
	}
	return func(fp *Frame) {
		i, end := slotPtr[int](fp, off), k
		if end == nil {
			end = slotPtr[int](fp, y)
		}
		for n := 1; *i < *end; n++ {
			for _, in := range seq {
				in(fp)
			}
			*i += by
			if n&mask == 0 {
				fp.th.check()
			}
		}
	}
}

// A guard does what comes before it and looks whether the loop is over.
type guard struct {
	before instr // nil if nothing does
	cond   func(*Frame) bool
	out    bool // if cond is this
	leave  func(*Frame) *block
}

// searching is looping with guards that are passed before seq is done.
func searching(guards []guard, seq []instr, cond func(*Frame) bool, on bool, step *sum, test comparison, exit func(*Frame) *block, slow bool) func(*Frame) *block {
	mask := strides(slow)
	again := cond
	if step != nil {
		if both := step.then(test); both != nil {
			seq, again = seq[:len(seq)-1], both
		}
	}
	rest := sequence(seq)
	if len(seq) == 0 && len(guards) == 1 {
		g := guards[0]
		return func(fp *Frame) *block {
			if cond(fp) != on {
				return exit(fp)
			}
			for n := 1; ; n++ {
				if g.before != nil {
					g.before(fp)
				}
				if g.cond(fp) == g.out {
					return g.leave(fp)
				}
				if again(fp) != on {
					return exit(fp)
				}
				if n&mask == 0 {
					fp.th.check()
				}
			}
		}
	}
	return func(fp *Frame) *block {
		if cond(fp) != on {
			return exit(fp)
		}
		for n := 1; ; n++ {
			for i := range guards {
				g := &guards[i]
				if g.before != nil {
					g.before(fp)
				}
				if g.cond(fp) == g.out {
					return g.leave(fp)
				}
			}
			rest(fp)
			if again(fp) != on {
				return exit(fp)
			}
			if n&mask == 0 {
				fp.th.check()
			}
		}
	}
}
