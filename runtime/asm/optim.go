package asm

import "math"

// AdamW takes one step of AdamW on the weights w with gradients g, in the
// arithmetic of torch.optim.AdamW (Loshchilov and Hutter, "Decoupled Weight
// Decay Regularization", 2019, algorithm 2). step counts from 1; m and v are the
// moments, zero before the first step.
//
//	w = w·(1 - lr·decay)
//	m = m + (1-beta1)·(grad - m)
//	v = beta2·v + (1-beta2)·grad²
//	w = w - lr/(1-beta1ᵗ) · m / (√v/√(1-beta2ᵗ) + eps)
func AdamW(w, g, m, v []float32, lr, beta1, beta2, eps, decay float32, step int) {
	const op = "AdamW"
	needLen(op, "g", len(g), len(w))
	needLen(op, "m", len(m), len(w))
	needLen(op, "v", len(v), len(w))
	if step < 1 {
		panic(SizeError{op, "step", step, atLeast(1)})
	}
	correct1 := 1 - IntPow(float64(beta1), step)
	correct2 := 1 - IntPow(float64(beta2), step)
	active.adamW(w, g[:len(w)], m[:len(w)], v[:len(w)], adamWScalars{
		keep:   float32(1 - float64(lr)*float64(decay)),
		blend1: float32(1 - float64(beta1)),
		beta2:  beta2,
		blend2: float32(1 - float64(beta2)),
		rootV:  float32(1 / math.Sqrt(correct2)),
		eps:    eps,
		rate:   float32(-float64(lr) / correct1),
	})
}

// adamWScalars are the constants of one step, worked out in float64.
type adamWScalars struct {
	keep   float32 // 1 - lr·decay
	blend1 float32 // 1 - beta1
	beta2  float32
	blend2 float32 // 1 - beta2
	rootV  float32 // 1/√(1-beta2ᵗ)
	eps    float32
	rate   float32 // -lr/(1-beta1ᵗ)
}

func adamWGo(w, g, m, v []float32, c adamWScalars) {
	for i, grad := range g {
		m[i] = fma32(c.blend1, float32(grad-m[i]), m[i])
		v[i] = fma32(float32(c.blend2*grad), grad, float32(c.beta2*v[i]))
		root := float32(math.Sqrt(float64(v[i])))
		ratio := m[i] / fma32(root, c.rootV, c.eps)
		w[i] = fma32(c.rate, ratio, float32(w[i]*c.keep))
	}
}

// SGD takes one step of stochastic gradient descent in the arithmetic of
// torch.optim.SGD; mom is the momentum buffer, zero before the first step, or
// nil for none.
//
//	grad = grad + decay·w
//	mom  = momentum·mom + grad
//	w    = w - lr·mom
func SGD(w, g, mom []float32, lr, momentum, decay float32) {
	needLen("SGD", "g", len(g), len(w))
	if mom != nil {
		needLen("SGD", "mom", len(mom), len(w))
		mom = mom[:len(w)]
	}
	active.sgd(w, g[:len(w)], mom, lr, momentum, decay)
}

func sgdGo(w, g, mom []float32, lr, momentum, decay float32) {
	for i, grad := range g {
		d := fma32(decay, w[i], grad)
		if mom != nil {
			d = fma32(momentum, mom[i], d)
			mom[i] = d
		}
		w[i] = fma32(-lr, d, w[i])
	}
}

// IntPow is xⁿ for n ≥ 0 by squaring: the same bits everywhere, unlike math.Pow's promise.
func IntPow(x float64, n int) float64 {
	p := 1.0
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			p *= x
		}
		x *= x
	}
	return p
}
