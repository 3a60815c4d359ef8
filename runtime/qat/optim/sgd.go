package optim

import (
	"fmt"
	"strings"

	"setun/runtime/asm"
	"setun/runtime/tensor"
)

// SGD is stochastic gradient descent with momentum (in the arithmetic of
// torch.optim.SGD, without dampening):
//
//	g ← g + decay·w
//	b ← momentum·b + g     (b = g at the first step)
//	w ← w − rate·b
//
// or, with Nesterov's momentum, w ← w − rate·(g + momentum·b) in the last line.
type SGD struct {
	LR       float64 // the base learning rate
	Momentum float64 // 0
	Nesterov bool
	Decay    float64 // weight decay; 0
	Vectors  bool    // the decay is also for biases, gains and learned scales; see DecayAll
}

// An SGDOption changes a number of SGD from its default: [Momentum], [Nesterov],
// [Decay], [DecayAll].
type SGDOption interface{ sgd(*SGD) }

// Momentum is how much of the last update goes into the next.
type Momentum float64

// Nesterov is Momentum that looks ahead: the gradient counts once more than in
// the running sum.
type Nesterov float64

func (m Momentum) sgd(s *SGD) { s.Momentum, s.Nesterov = float64(m), false }
func (m Nesterov) sgd(s *SGD) { s.Momentum, s.Nesterov = float64(m), true }

// NewSGD returns plain SGD with the given options. It panics with an
// OptionError if a number makes no sense.
func NewSGD(lr float64, options ...SGDOption) SGD {
	s := SGD{LR: lr}
	for _, o := range options {
		o.sgd(&s)
	}
	s.check()
	return s
}

func (s SGD) check() {
	need("SGD", "learning rate", s.LR, s.LR >= 0, "at least 0")
	need("SGD", "momentum", s.Momentum, s.Momentum >= 0 && s.Momentum < 1, "at least 0 and below 1")
	need("SGD", "weight decay", s.Decay, s.Decay >= 0, "at least 0")
}

// Rate is the base learning rate.
func (s SGD) Rate() float64 { return s.LR }

// For returns an SGD optimiser for the parameters of m.
func (s SGD) For(m Parameters) *Optimizer {
	s.check()
	return newOptimizer(s, m, s.Vectors, func(n int) rule {
		return &sgdRule{spec: s, b: make([]float32, n)}
	})
}

// String is the recipe as a cell writes it.
func (s SGD) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "SGD(%g", s.LR)
	switch {
	case s.Nesterov:
		fmt.Fprintf(&b, ", Nesterov(%g)", s.Momentum)
	case s.Momentum != 0:
		fmt.Fprintf(&b, ", Momentum(%g)", s.Momentum)
	}
	b.WriteString(decayText(s.Decay, s.Vectors, 0) + ")")
	return b.String()
}

type sgdRule struct {
	spec SGD
	b    []float32 // the momentum; zero at first, so that the first step sets it to g
}

// update is Nesterov's; the other is one kernel.
func (r *sgdRule) update(w, g []float32, lo, hi int, now moment) {
	w, g, b := w[lo:hi], g[lo:hi], r.b[lo:hi]
	decay, momentum := float32(r.spec.Decay*now.decay), float32(r.spec.Momentum)
	asm.Axpy(g, decay, w)
	for i, d := range g {
		b[i] = float32(momentum*b[i]) + d
	}
	asm.Axpy(g, momentum, b)
	asm.Axpy(w, -float32(now.rate), g)
}

func (r *sgdRule) updateOn(d *tensor.Device, w, g []float32, now moment) bool {
	if r.spec.Nesterov {
		return false
	}
	d.SGD(w, g, r.b, float32(now.rate), float32(r.spec.Momentum), float32(r.spec.Decay*now.decay))
	return true
}

func (r *sgdRule) moments(yield func(name string, values []float32)) { yield("b", r.b) }
