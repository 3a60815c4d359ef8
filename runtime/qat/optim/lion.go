package optim

import (
	"fmt"
	"strings"
)

// Lion goes the same distance in every element (Chen et al., Symbolic Discovery
// of Optimization Algorithms, 2302.06675, algorithm 2):
//
//	c ← β₁·m + (1−β₁)·g
//	w ← w − rate·(sign(c) + decay·w)
//	m ← β₂·m + (1−β₂)·g
//
// It keeps one moment where AdamW keeps two, and wants a rate three to ten times
// lower, and a decay as much higher.
type Lion struct {
	LR    float64 // the base learning rate
	Betas Betas   // 0.9, 0.99
	Decay float64 // weight decay, decoupled; 0

	Vectors bool // the decay is also for biases, gains and learned scales; see DecayAll
}

// A LionOption changes a number of Lion from its default: [Betas], [Decay],
// [DecayAll].
type LionOption interface{ lion(*Lion) }

func (b Betas) lion(l *Lion) { l.Betas = b }

// NewLion returns Lion with the paper's defaults and the given options. It panics
// with an OptionError if a number makes no sense.
func NewLion(lr float64, options ...LionOption) Lion {
	l := Lion{LR: lr, Betas: Betas{0.9, 0.99}}
	for _, o := range options {
		o.lion(&l)
	}
	l.check()
	return l
}

func (l Lion) check() {
	need("Lion", "learning rate", l.LR, l.LR >= 0, "at least 0")
	l.Betas.check("Lion")
	need("Lion", "weight decay", l.Decay, l.Decay >= 0, "at least 0")
}

// Rate is the base learning rate.
func (l Lion) Rate() float64 { return l.LR }

// For returns a Lion optimiser for the parameters of m.
func (l Lion) For(m Parameters) *Optimizer {
	l.check()
	return newOptimizer(l, m, l.Vectors, func(n int) rule { return &lionRule{spec: l, m: make([]float32, n)} })
}

// String is the recipe as a cell writes it.
func (l Lion) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Lion(%g", l.LR)
	if l.Betas != (Betas{0.9, 0.99}) {
		fmt.Fprintf(&b, ", Betas{%g, %g}", l.Betas[0], l.Betas[1])
	}
	b.WriteString(decayText(l.Decay, l.Vectors, 0) + ")")
	return b.String()
}

type lionRule struct {
	spec Lion
	m    []float32 // running mean of g
}

// update rounds every product to float32, so that no compiler fuses it with the
// sum that follows.
func (r *lionRule) update(w, g []float32, lo, hi int, now moment) {
	beta1, beta2 := float32(r.spec.Betas[0]), float32(r.spec.Betas[1])
	blend1, blend2 := float32(1-r.spec.Betas[0]), float32(1-r.spec.Betas[1])
	keep, rate := float32(1-now.rate*r.spec.Decay*now.decay), float32(now.rate)
	m := r.m[lo:hi]
	w, g = w[lo:hi], g[lo:hi]
	for i, d := range g {
		c := float32(beta1*m[i]) + float32(blend1*d)
		v := float32(w[i] * keep)
		switch {
		case c > 0:
			v -= rate
		case c < 0:
			v += rate
		case c != 0: // NaN
			v = c
		}
		w[i] = v
		m[i] = float32(beta2*m[i]) + float32(blend2*d)
	}
}

func (r *lionRule) moments(yield func(name string, values []float32)) { yield("m", r.m) }
