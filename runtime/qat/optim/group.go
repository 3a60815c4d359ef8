package optim

import (
	"strings"

	"setun/runtime/tensor"
)

// A Group is a part of the parameters that has a recipe of its own: no decay for an
// embedding, some of it for gains, another rate.
type Group struct {
	Name string // what it is called where the recipe is written
	// Has says which parameters belong to it; the first group that has one takes
	// it.
	Has func(p *tensor.Tensor) bool
	// Spec is the recipe. Its decay is for all that belongs to the group; its rate
	// counts beside the rate of the rest: half of that stays half of it, whatever a
	// schedule does.
	Spec Spec
}

// Vectors tells the parameters of one dimension: biases, gains, learned scales and
// zero points.
func Vectors(p *tensor.Tensor) bool { return p.Dims() == 1 }

// Named tells the parameters whose name contains text.
func Named(text string) func(p *tensor.Tensor) bool {
	return func(p *tensor.Tensor) bool { return strings.Contains(p.Name(), text) }
}

// Grouped is the recipe of several rules: that of the first group which has a
// parameter, and Rest for those of no group.
type Grouped struct {
	Rest   Spec
	Groups []Group
}

// Rate is the base learning rate of the rest, which a schedule moves.
func (g Grouped) Rate() float64 { return g.Rest.Rate() }

// For returns an optimiser for the parameters of m. A rate of 0 for the rest
// leaves nothing that the rates of groups could be counted beside, and panics with
// an OptionError.
func (g Grouped) For(m Parameters) *Optimizer {
	need("Grouped", "learning rate of the rest", g.Rate(), g.Rate() > 0, "above 0")
	none := loose(nil)
	rest := g.Rest.For(none)
	makers := make([]*Optimizer, len(g.Groups))
	for i, group := range g.Groups {
		makers[i] = group.Spec.For(none)
	}
	o := &Optimizer{spec: g, rate: g.Rate(), decay: 1}
	o.newRule = func(p *tensor.Tensor) treatment {
		for i, group := range g.Groups {
			if group.Has(p) {
				t := makers[i].newRule(p)
				t.share *= group.Spec.Rate() / g.Rate()
				t.decays = true
				return t
			}
		}
		return rest.newRule(p)
	}
	o.SetParams(m)
	return o
}

// String is the recipe of the rest, and those of the groups with their names.
func (g Grouped) String() string {
	var b strings.Builder
	b.WriteString(g.Rest.String())
	for _, group := range g.Groups {
		b.WriteString("; " + group.Name + ": " + group.Spec.String())
	}
	return b.String()
}

// loose are parameters without a model.
type loose []*tensor.Tensor

func (l loose) Params() []*tensor.Tensor { return l }
