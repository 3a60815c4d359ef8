package optim

import (
	"math"

	"setun/runtime/asm"
	"setun/runtime/tensor"
)

// GradNorm returns the L2 norm of the gradients of all parameters taken together.
// It is the same bits with any number of workers: parts of fixed size are summed
// in float32 lanes, and the parts in order.
func (o *Optimizer) GradNorm() float64 {
	sum := 0.0
	for _, p := range o.params {
		if g := p.tensor.Grad(); g != nil {
			sum += p.squares(g)
		}
	}
	return math.Sqrt(sum)
}

// ClipNorm shrinks the gradients in proportion so that their norm is at most max,
// and returns the norm that they had (Pascanu et al., 1211.5063; in the arithmetic
// of torch.nn.utils.clip_grad_norm_, whose divisor is norm + 1e-6). Gradients that
// are not finite stay as they are, for who looks after them.
func (o *Optimizer) ClipNorm(max float64) float64 {
	need("ClipNorm", "largest norm", max, max > 0, "above 0")
	norm := o.GradNorm()
	if shrink := float32(max / (norm + 1e-6)); shrink < 1 {
		for _, p := range o.params {
			if g := p.tensor.Grad(); g != nil {
				asm.Scale(g, shrink, g)
			}
		}
	}
	return norm
}

// squares is Σ g² of a gradient.
func (p *param) squares(g []float32) float64 {
	parts := (len(g) + stepPart - 1) / stepPart
	if len(p.norms) < parts {
		p.norms = make([]float64, parts)
	}
	p.g = g
	tensor.Share(parts, 1, (*squaring)(p))
	p.g = nil
	sum := 0.0
	for _, s := range p.norms[:parts] {
		sum += s
	}
	return sum
}

// squaring is the task over the parts of a parameter's gradient.
type squaring param

func (p *squaring) Piece(lo, hi int) {
	for i := lo; i < hi; i++ {
		part := p.g[i*stepPart : min((i+1)*stepPart, len(p.g))]
		p.norms[i] = float64(asm.Dot(part, part))
	}
}
