package compile

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A variable that a loop changes under a condition is two φ to SSA: one where
// the branches meet, one at the head of the loop, with a copy between them. Where
// nothing tells the two apart they share a slot, and the copy is none.

// shared is the φ whose slot the φ p may use, nil if it needs one of its own.
func shared(p *ssa.Phi) *ssa.Phi {
	if h := passedOn(p); h != nil {
		return h
	}
	return changedOnce(p)
}

// changedOnce is the φ h that p is a later value of: its own on some edge, and
// dead from p on until h gets its next value, straight after p's block; there p is
// used and nowhere else.
func changedOnce(p *ssa.Phi) *ssa.Phi {
	b := p.Block()
	if len(b.Succs) != 1 || b.Succs[0] == b || usedOutside(p, b) {
		return nil
	}
	head := b.Succs[0]
	for _, in := range head.Instrs {
		h, ok := in.(*ssa.Phi)
		if !ok {
			return nil
		}
		if !slices.Contains(p.Edges, ssa.Value(h)) || usedFrom(h, b) {
			continue
		}
		if next, ok := h.Edges[slices.Index(head.Preds, b)].(*ssa.Phi); ok && next != p && next.Block() == b {
			return nil // it has h's slot already
		}
		for _, in := range b.Instrs {
			if o, ok := in.(*ssa.Phi); ok && o != p && slices.Contains(o.Edges, ssa.Value(h)) {
				return nil // two later values
			}
		}
		return h
	}
	return nil
}

// usedOutside tells whether v, or what is but another view of v's slot, is used
// anywhere but in b.
func usedOutside(v ssa.Value, b *ssa.BasicBlock) bool {
	for _, r := range *v.Referrers() {
		if _, ok := r.(*ssa.Phi); ok || r.Block() != b {
			return true
		}
		switch r := r.(type) {
		case *ssa.ChangeType, *ssa.ChangeInterface, *ssa.FieldAddr, *ssa.IndexAddr, *ssa.Extract, *ssa.Field, *ssa.Slice:
			if usedOutside(r.(ssa.Value), b) {
				return true
			}
		}
	}
	return false
}

// passedOn is the φ that p goes to straight on, while nobody looks at the old value
// once p has the new one. Else p is used in its own block alone.
func passedOn(p *ssa.Phi) *ssa.Phi {
	b := p.Block()
	if len(b.Succs) != 1 || b.Succs[0] == b {
		return nil
	}
	var h *ssa.Phi
	for _, r := range *p.Referrers() {
		switch r := r.(type) {
		case *ssa.Phi:
			if h != nil || r.Block() != b.Succs[0] {
				return nil
			}
			h = r
		case *ssa.ChangeType, *ssa.ChangeInterface, *ssa.FieldAddr, *ssa.IndexAddr, *ssa.Extract, *ssa.Field, *ssa.Slice:
			if r.Block() != b || usedOutside(r.(ssa.Value), b) {
				return nil
			}
		default:
			if r.Block() != b {
				return nil
			}
		}
	}
	if h == nil {
		return nil
	}
	edges := 0
	for _, e := range h.Edges {
		if e == p {
			edges++
		}
	}
	if edges != 1 || usedFrom(h, b) {
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

// advances is the φ that v adds a constant to, if that is all it is for and v its
// next value whichever way the loop goes on: the counter of a range loop. The two
// share a slot.
func advances(v ssa.Value) *ssa.Phi {
	sum, ok := v.(*ssa.BinOp)
	if !ok || sum.Op != token.ADD {
		return nil
	}
	phi, ok := sum.X.(*ssa.Phi)
	if _, constant := sum.Y.(*ssa.Const); !ok || !constant || phi.Block() != sum.Block() || len(*phi.Referrers()) != 1 {
		return nil
	}
	for i, e := range phi.Edges {
		if inside := phi.Block().Dominates(phi.Block().Preds[i]); inside != (e == v) {
			return nil
		}
	}
	return phi
}
