package optim

import (
	"math"

	"setun/runtime/asm"
)

// A Schedule gives the factor on the base learning rate for the update that
// comes after step others of total planned. Schedules are pure: the same step
// always has the same factor, so that a run can be continued anywhere.
type Schedule func(step, total int) float64

// Constant keeps the base rate.
func Constant(step, total int) float64 { return 1 }

// Linear falls from 1 to 0 in a straight line; the last update has 1/total.
func Linear(step, total int) float64 {
	return 1 - progress(step, total)
}

// Cosine falls from 1 to 0 along half a period of a cosine:
//
//	factor = (1 + cos(π·step/total)) / 2
//
// (Loshchilov and Hutter, SGDR, 1608.03983, equation 5, without restarts; it is
// PyTorch's CosineAnnealingLR with T_max = total and eta_min = 0.)
func Cosine(step, total int) float64 {
	c := cosine(progress(step, total) / 2)
	return float64(c * c) // (1 + cos 2a)/2 = cos² a
}

// Exponential multiplies by gamma at every step: factor = γ^step (PyTorch's
// ExponentialLR, by steps). It panics with an OptionError unless 0 < γ ≤ 1.
func Exponential(gamma float64) Schedule {
	need("Exponential", "γ", gamma, gamma > 0 && gamma <= 1, "above 0 and at most 1")
	return func(step, total int) float64 { return asm.IntPow(gamma, step) }
}

// Steps multiplies by gamma after every so many steps: factor = γ^⌊step/every⌋
// (PyTorch's StepLR). It panics with an OptionError unless every is at least 1 and
// 0 < γ ≤ 1.
func Steps(every int, gamma float64) Schedule {
	need("Steps", "interval", float64(every), every >= 1, "at least 1")
	need("Steps", "γ", gamma, gamma > 0 && gamma <= 1, "above 0 and at most 1")
	return func(step, total int) float64 { return asm.IntPow(gamma, step/every) }
}

// WSD is warm-up, stable, decay (Hu et al., MiniCPM, 2404.06395, section 4): up in
// a straight line over the first steps, then 1, then down to 0 in a straight line
// over the last decay steps; the last update has 1/decay. In a plan too short for
// both the warm-up comes first, and the decay begins where its line is by then.
func WSD(warmup, decay int) Schedule {
	need("WSD", "warm-up", float64(warmup), warmup >= 0, "at least 0")
	need("WSD", "decay", float64(decay), decay >= 0, "at least 0")
	return func(step, total int) float64 {
		switch left := total - step; {
		case step < warmup:
			return float64(step+1) / float64(warmup)
		case left < decay:
			return float64(max(0, left)) / float64(decay)
		}
		return 1
	}
}

// TwoStage is BitNet's learning rate (The Era of 1-bit LLMs: Training Tips, Code
// and FAQ, section 3): a straight line to 0, and at half of the plan a drop to
// second of it, as of another, lower peak. The paper's 700M model goes from 1.5e-3
// to 1e-3, which is a second of 2/3. Ternary weights want a high rate first, when a
// low one would not carry them over a rounding boundary, and a low one to settle.
func TwoStage(second float64) Schedule {
	need("TwoStage", "second peak", second, second > 0 && second <= 1, "above 0 and at most 1")
	return func(step, total int) float64 {
		f := Linear(step, total)
		if 2*step >= total {
			f *= second
		}
		return f
	}
}

// Warmup raises the factor of s in a straight line over the first steps updates:
// the first has 1/steps of it, and from update steps on s alone counts, over
// what is left of the plan.
func Warmup(steps int, s Schedule) Schedule {
	return func(step, total int) float64 {
		rest := max(1, total-steps)
		if step < steps {
			return float64(step+1) / float64(steps) * s(0, rest)
		}
		return s(step-steps, rest)
	}
}

// progress is step/total, from 0 to 1. A plan of no steps is over.
func progress(step, total int) float64 {
	if step >= total {
		return 1
	}
	return max(0, float64(step)/float64(total))
}

// cosine is cos(π·x) for x from 0 to ½, to about 1e-16. math.Cos is not the same
// on every machine (its last bit depends on the compiler's use of FMA), and the
// learning rate must be; this is the Taylor series in a fixed order.
func cosine(x float64) float64 {
	a2 := float64(math.Pi*x) * float64(math.Pi*x)
	sum := 1.0
	for k := 24; k >= 2; k -= 2 {
		sum = 1 - float64(a2*sum)/float64(k*(k-1))
	}
	return sum
}
