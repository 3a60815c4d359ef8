package compile

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A sum that a loop adds to twice, or under a condition, has values that are no φ:
//
//	sum += v
//	if i >= 10 {
//		sum -= x[i-10]
//	}
//
// Such a value takes the slot of the φ that it goes to, if nothing that lives there is
// wanted while it is: then it needs no copy where the branches meet.

// accumulates is the φ whose slot in, about to be settled, may use; nil if there is
// none.
func (c *fnc) accumulates(in ssa.Value) *ssa.Phi {
	if c.code.defers || kindOf(in.Type()) >= kPtr {
		return nil
	}
	for _, r := range *in.Referrers() {
		if phi, ok := r.(*ssa.Phi); ok && c.shares(in, c.phi(phi).v.off) {
			return phi
		}
	}
	return nil
}

// shares tells whether in may live in the slot at off.
func (c *fnc) shares(in ssa.Value, off uintptr) bool {
	for _, q := range c.pend {
		if slices.Contains(q.reads, off) {
			return false // it reads what was there
		}
	}
	if viewed(in) {
		return false
	}
	b := in.(ssa.Instruction).Block()
	at := slices.Index(b.Instrs, in.(ssa.Instruction))
	for _, m := range c.slots[off] {
		mb := m.(ssa.Instruction).Block()
		mat := slices.Index(mb.Instrs, m.(ssa.Instruction))
		if viewed(m) || wanted(m, b, at+1, mb) {
			return false
		}
		if mb != b && wanted(in, mb, mat+1, b) {
			return false
		}
	}
	return true
}

// viewed tells whether something else is but another name of v's slot.
func viewed(v ssa.Value) bool {
	for _, r := range *v.Referrers() {
		switch r.(type) {
		case *ssa.ChangeType, *ssa.ChangeInterface:
			return true
		}
	}
	return false
}

// wanted tells whether v is used somewhere that can be reached from the start-th
// instruction of b without coming to block def, where v is made.
func wanted(v ssa.Value, b *ssa.BasicBlock, start int, def *ssa.BasicBlock) bool {
	used := map[ssa.Instruction]bool{}
	for _, r := range *v.Referrers() {
		used[r] = true
	}
	seen := map[*ssa.BasicBlock]bool{}
	var from func(b *ssa.BasicBlock, start int) bool
	from = func(b *ssa.BasicBlock, start int) bool {
		for _, in := range b.Instrs[start:] {
			if _, ok := in.(*ssa.Phi); !ok && used[in] {
				return true
			}
		}
		for i, s := range b.Succs {
			pred := predIndex(s, b, i, b.Succs)
			for _, in := range s.Instrs {
				phi, ok := in.(*ssa.Phi)
				if !ok {
					break
				}
				if phi.Edges[pred] == v {
					return true
				}
			}
			if s == def || seen[s] {
				continue
			}
			seen[s] = true
			if from(s, 0) {
				return true
			}
		}
		return false
	}
	return from(b, start)
}
