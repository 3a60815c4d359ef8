package compile

import (
	"golang.org/x/tools/go/ssa"
)

// A variable that a loop changes under a condition is two φ to SSA: one where
// the branches meet, one at the head of the loop, with a copy between them. Where
// nothing tells the two apart they share a slot, and the copy is none.

// shared is the φ whose slot the φ p may use, nil if it needs one of its own: p
// goes nowhere but to that φ, straight on, and nobody looks at the old value once
// p has the new one.
func shared(p *ssa.Phi) *ssa.Phi {
	refs := *p.Referrers()
	if len(refs) != 1 || len(p.Block().Succs) != 1 {
		return nil
	}
	h, ok := refs[0].(*ssa.Phi)
	if !ok || h.Block() != p.Block().Succs[0] || h.Block() == p.Block() {
		return nil
	}
	edges := 0
	for _, e := range h.Edges {
		if e == p {
			edges++
		}
	}
	if edges != 1 || usedFrom(h, p.Block()) {
		return nil
	}
	return h
}

// usedFrom tells whether v, or what is but another view of v's slot, is used in b
// or on the edges that leave it.
func usedFrom(v ssa.Value, b *ssa.BasicBlock) bool {
	for _, r := range *v.Referrers() {
		switch r := r.(type) {
		case *ssa.Phi:
			for i, e := range r.Edges {
				if e == v && r.Block().Preds[i] == b {
					return true
				}
			}
			continue
		case *ssa.ChangeType, *ssa.ChangeInterface, *ssa.FieldAddr, *ssa.IndexAddr, *ssa.Extract:
			if usedFrom(r.(ssa.Value), b) {
				return true
			}
		}
		if r.Block() == b {
			return true
		}
	}
	return false
}
