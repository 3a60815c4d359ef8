package optim

import (
	"fmt"
	"strings"

	"setun/runtime/asm"
	"setun/runtime/tensor"
)

// AdamW is Adam with decoupled weight decay (Loshchilov and Hutter, 1711.05101,
// algorithm 2, in the arithmetic of torch.optim.AdamW):
//
//	w ← w − rate·decay·w
//	m ← β₁·m + (1−β₁)·g
//	v ← β₂·v + (1−β₂)·g²
//	w ← w − rate · m/(1−β₁ᵗ) / (√(v/(1−β₂ᵗ)) + ε)
type AdamW struct {
	LR    float64 // the base learning rate
	Betas Betas   // decay of the two running means; 0.9, 0.999
	Eps   float64 // 1e-8
	Decay float64 // weight decay; 0.01

	Vectors bool // the decay is also for biases, gains and learned scales; see DecayAll
}

// An AdamWOption changes a number of AdamW from its default: [Betas], [Eps],
// [Decay], [DecayAll].
type AdamWOption interface{ adamW(*AdamW) }

// Betas are β₁ and β₂ of AdamW, Adam and Lion.
type Betas [2]float64

// Eps is ε of AdamW and Adam.
type Eps float64

func (b Betas) adamW(a *AdamW) { a.Betas = b }
func (e Eps) adamW(a *AdamW)   { a.Eps = float64(e) }

// NewAdamW returns AdamW with PyTorch's numbers and the given options. It
// panics with an OptionError if a number makes no sense.
func NewAdamW(lr float64, options ...AdamWOption) AdamW {
	a := AdamW{LR: lr, Betas: Betas{0.9, 0.999}, Eps: 1e-8, Decay: 0.01}
	for _, o := range options {
		o.adamW(&a)
	}
	a.check("AdamW")
	return a
}

func (a AdamW) check(rule string) {
	need(rule, "learning rate", a.LR, a.LR >= 0, "at least 0")
	a.Betas.check(rule)
	need(rule, "ε", a.Eps, a.Eps > 0, "above 0")
	need(rule, "weight decay", a.Decay, a.Decay >= 0, "at least 0")
}

func (b Betas) check(rule string) {
	need(rule, "β₁", b[0], b[0] >= 0 && b[0] < 1, "at least 0 and below 1")
	need(rule, "β₂", b[1], b[1] >= 0 && b[1] < 1, "at least 0 and below 1")
}

// Rate is the base learning rate.
func (a AdamW) Rate() float64 { return a.LR }

// For returns an AdamW optimiser for the parameters of m.
func (a AdamW) For(m Parameters) *Optimizer {
	a.check("AdamW")
	return newOptimizer(a, m, a.Vectors, func(n int) rule {
		return &adamWRule{spec: a, m: make([]float32, n), v: make([]float32, n)}
	})
}

// String is the recipe as a cell writes it.
func (a AdamW) String() string { return a.text("AdamW", 0.01) }

// text writes the recipe under the name of the rule, whose decay has a default.
func (a AdamW) text(rule string, decay float64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s(%g", rule, a.LR)
	if a.Betas != (Betas{0.9, 0.999}) {
		fmt.Fprintf(&b, ", Betas{%g, %g}", a.Betas[0], a.Betas[1])
	}
	if a.Eps != 1e-8 {
		fmt.Fprintf(&b, ", Eps(%g)", a.Eps)
	}
	b.WriteString(decayText(a.Decay, a.Vectors, decay) + ")")
	return b.String()
}

type adamWRule struct {
	spec AdamW
	m, v []float32 // running means of g and g²
}

func (r *adamWRule) update(w, g []float32, lo, hi int, now moment) {
	n := r.numbers(now)
	asm.AdamW(w[lo:hi], g[lo:hi], r.m[lo:hi], r.v[lo:hi], n.Rate, n.Beta1, n.Beta2, n.Eps, n.Decay, n.Step)
}

func (r *adamWRule) updateOn(d *tensor.Device, w, g []float32, now moment) bool {
	d.AdamW(w, g, r.m, r.v, r.numbers(now))
	return true
}

func (r *adamWRule) numbers(now moment) tensor.AdamWStep {
	return tensor.AdamWStep{
		Rate:  float32(now.rate),
		Beta1: float32(r.spec.Betas[0]),
		Beta2: float32(r.spec.Betas[1]),
		Eps:   float32(r.spec.Eps),
		Decay: float32(r.spec.Decay * now.decay),
		Step:  now.step,
	}
}

func (r *adamWRule) moments(yield func(name string, values []float32)) {
	yield("m", r.m)
	yield("v", r.v)
}
