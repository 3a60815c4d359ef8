package optim

import "math"

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
