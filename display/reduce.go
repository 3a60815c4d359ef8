package display

import "math"

// A Bucket sums up neighbouring values of a series.
type Bucket struct {
	X        float64 // of Last
	Min, Max float64 // of the finite values; NaN if there are none
	Last     float64 // the last value, or the first that is NaN or ±Inf
}

// Buckets divides a series into at most n runs of equal length, in order. A
// band from Min to Max then shows a long series without hiding an outlier.
func Buckets(x, y []float64, n int) []Bucket {
	total := min(len(x), len(y))
	if total == 0 || n < 1 {
		return nil
	}
	length := (total + n - 1) / n
	buckets := make([]Bucket, 0, (total+length-1)/length)
	for start := 0; start < total; start += length {
		end := min(start+length, total)
		b := Bucket{X: x[end-1], Min: math.NaN(), Max: math.NaN(), Last: y[end-1]}
		broken := false
		for i := start; i < end; i++ {
			v := y[i]
			if !finite(v) {
				if !broken {
					b.X, b.Last, broken = x[i], v, true
				}
				continue
			}
			if !(b.Min <= v) {
				b.Min = v
			}
			if !(b.Max >= v) {
				b.Max = v
			}
		}
		buckets = append(buckets, b)
	}
	return buckets
}

// EMA returns the exponential moving average of y, the weight of a new value
// being 2/(span+1): about the mean of the last span values. It is corrected for
// its start (Kingma and Ba, Adam, arXiv:1412.6980, section 3) and passes NaN
// and ±Inf on without being changed by them.
func EMA(y []float64, span float64) []float64 {
	weight := 2 / (max(span, 1) + 1)
	out := make([]float64, len(y))
	mean, mass := 0.0, 0.0
	for i, v := range y {
		if !finite(v) {
			out[i] = v
			continue
		}
		mean += weight * (v - mean)
		mass += weight * (1 - mass)
		out[i] = mean / mass
	}
	return out
}
