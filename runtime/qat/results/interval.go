package results

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// An Interval is a mean over seeds and the half-width of its 95 % confidence
// interval, t·s/√n with Student's t of n−1 degrees; NaN for a single seed.
type Interval struct {
	Mean, Half float64
	N          int
}

// interval returns the interval of at least one value.
func interval(values []float64) Interval {
	n := len(values)
	if n == 1 {
		return Interval{values[0], math.NaN(), 1}
	}
	mean, std := stat.MeanStdDev(values, nil)
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}.Quantile(0.975)
	return Interval{mean, t * std / math.Sqrt(float64(n)), n}
}
