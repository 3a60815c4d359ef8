package optim

import (
	"setun/runtime/asm"
	"setun/runtime/tensor"
)

// Adam is Adam as it was first written (Kingma and Ba, 1412.6980, algorithm 1, in
// the arithmetic of torch.optim.Adam): weight decay, if any, is added to the
// gradient, and so is divided by √v too, which [AdamW] mends.
type Adam struct {
	LR    float64 // the base learning rate
	Betas Betas   // decay of the two running means; 0.9, 0.999
	Eps   float64 // 1e-8
	Decay float64 // weight decay; 0

	Vectors bool // the decay is also for biases, gains and learned scales; see DecayAll
}

// An AdamOption changes a number of Adam from its default: [Betas], [Eps],
// [Decay], [DecayAll].
type AdamOption interface{ adam(*Adam) }

func (b Betas) adam(a *Adam) { a.Betas = b }
func (e Eps) adam(a *Adam)   { a.Eps = float64(e) }

// NewAdam returns Adam with PyTorch's defaults and the given options. It panics
// with an OptionError if a number makes no sense.
func NewAdam(lr float64, options ...AdamOption) Adam {
	a := Adam{LR: lr, Betas: Betas{0.9, 0.999}, Eps: 1e-8}
	for _, o := range options {
		o.adam(&a)
	}
	AdamW(a).check("Adam")
	return a
}

// Rate is the base learning rate.
func (a Adam) Rate() float64 { return a.LR }

// For returns an Adam optimiser for the parameters of m.
func (a Adam) For(m Parameters) *Optimizer {
	AdamW(a).check("Adam")
	return newOptimizer(a, m, a.Vectors, func(n int) rule {
		return &adamRule{decay: a.Decay, adamWRule: adamWRule{
			spec: AdamW{Betas: a.Betas, Eps: a.Eps}, m: make([]float32, n), v: make([]float32, n),
		}}
	})
}

// String is the recipe as a cell writes it.
func (a Adam) String() string { return AdamW(a).text("Adam", 0) }

type adamRule struct {
	decay float64
	adamWRule
}

func (r *adamRule) update(w, g []float32, lo, hi int, now moment) {
	if decay := r.decay * now.decay; decay != 0 {
		asm.Axpy(g[lo:hi], float32(decay), w[lo:hi])
	}
	r.adamWRule.update(w, g, lo, hi, now)
}

// updateOn adds no decay to the gradient.
func (r *adamRule) updateOn(d *tensor.Device, w, g []float32, now moment) bool {
	return r.decay == 0 && r.adamWRule.updateOn(d, w, g, now)
}
