package optim

import (
	"fmt"
	"strings"

	"setun/runtime/asm"
)

// SGD is stochastic gradient descent with momentum (in the arithmetic of
// torch.optim.SGD, without dampening):
//
//	g ← g + decay·w
//	b ← momentum·b + g     (b = g at the first step)
//	w ← w − rate·b
type SGD struct {
	LR       float64 // the base learning rate
	Momentum float64 // 0
	Decay    float64 // weight decay; 0
}

// An SGDOption changes a number of SGD from its default: [Momentum], [Decay].
type SGDOption interface{ sgd(*SGD) }

// Momentum is how much of the last update goes into the next.
type Momentum float64

func (m Momentum) sgd(s *SGD) { s.Momentum = float64(m) }
func (d Decay) sgd(s *SGD)    { s.Decay = float64(d) }

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
	return newOptimizer(s, m, func(n int) rule {
		return &sgdRule{spec: s, b: make([]float32, n)}
	})
}

// String is the recipe as a cell writes it.
func (s SGD) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "SGD(%g", s.LR)
	if s.Momentum != 0 {
		fmt.Fprintf(&b, ", Momentum(%g)", s.Momentum)
	}
	if s.Decay != 0 {
		fmt.Fprintf(&b, ", Decay(%g)", s.Decay)
	}
	b.WriteByte(')')
	return b.String()
}

type sgdRule struct {
	spec SGD
	b    []float32 // the momentum; zero at first, so that the first step sets it to g
}

func (r *sgdRule) update(w, g []float32, lo, hi int, rate float64, _ int) {
	asm.SGD(w[lo:hi], g[lo:hi], r.b[lo:hi], float32(rate), float32(r.spec.Momentum), float32(r.spec.Decay))
}

func (r *sgdRule) moments(yield func(name string, values []float32)) { yield("b", r.b) }
