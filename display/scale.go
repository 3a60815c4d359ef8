package display

import (
	"math"
	"slices"
)

// A scale maps the values of an axis to [0, 1].
type scale struct {
	min, max float64
	log      bool
	ticks    []float64
	format   format // of the ticks
	tip      string // d3-format specifier of a value in a tooltip
	say      func(float64) string
}

// newScale makes the scale of axis a for data between lo and hi (lo > hi: no
// data) with about n ticks. With snug the domain is the data's; otherwise it is
// widened to round numbers. whole says that the values are integers.
func newScale(a Axis, lo, hi float64, n int, snug, whole bool) scale {
	s := scale{log: a.Log, tip: ",.4~g", say: short}
	if a.Format == Percent {
		s.tip, s.say = ".2%", shortPercent
	} else if whole {
		s.tip = ",.0f"
	}
	dataLo, dataHi := lo, hi
	fixedDomain := a.Max-a.Min > 1e-12*max(math.Abs(a.Min), math.Abs(a.Max)) && drawable(a.Min, a.Log) && drawable(a.Max, a.Log)
	alike := hi-lo <= 1e-12*max(math.Abs(lo), math.Abs(hi))
	switch {
	case fixedDomain:
		lo, hi, snug = a.Min, a.Max, true
	case lo > hi && a.Log:
		lo, hi = 0.1, 1
	case lo > hi:
		lo, hi = 0, 1
	case alike && a.Log:
		lo, hi = lo/2, hi*2
	case lo == 0 && hi == 0:
		hi = 1
	case alike:
		pad := math.Abs(lo) / 20
		if whole {
			pad = max(pad, 1)
		}
		lo, hi = lo-pad, hi+pad
	}
	if s.log {
		s.logTicks(lo, hi, n, snug)
	} else {
		s.linearTicks(lo, hi, n, snug, whole)
	}
	if a.Format == Percent {
		if !fixedDomain && dataLo >= 0 && dataHi <= 1 {
			s.clip(0, 1) // no axis to 105%
		}
		s.format = percent(max(0, s.format.decimals-2))
		if s.log {
			s.format = format{d3: "~p"}
		}
	}
	return s
}

// clip cuts the domain to [lo, hi].
func (s *scale) clip(lo, hi float64) {
	s.min, s.max = max(s.min, lo), min(s.max, hi)
	s.ticks = slices.DeleteFunc(s.ticks, func(v float64) bool { return v < s.min-1e-9 || v > s.max+1e-9 })
}

// at returns where v lies, 0 at min and 1 at max.
func (s scale) at(v float64) float64 {
	if s.log {
		if v <= 0 {
			return math.Inf(-1)
		}
		return (math.Log(v) - math.Log(s.min)) / (math.Log(s.max) - math.Log(s.min))
	}
	return (v - s.min) / (s.max - s.min)
}

func (s scale) contains(v float64) bool { return s.min <= v && v <= s.max }

func (s *scale) linearTicks(lo, hi float64, n int, snug, whole bool) {
	step := niceStep((hi - lo) / float64(n))
	if whole {
		step = max(step, 1)
	}
	first, last := math.Ceil(lo/step-1e-9), math.Floor(hi/step+1e-9)
	if !snug {
		first, last = math.Floor(lo/step+1e-9), math.Ceil(hi/step-1e-9)
		last = max(last, first+1)
		lo, hi = first*step, last*step
	}
	s.min, s.max = lo, hi
	for i := first; i <= last && len(s.ticks) < 50; i++ {
		s.ticks = append(s.ticks, round(i*step, 12))
	}
	s.format = linearFormat(max(math.Abs(lo), math.Abs(hi)), step)
}

// linearFormat chooses digits so that ticks a step apart differ.
func linearFormat(largest, step float64) format {
	decimals := int(max(0, -math.Floor(math.Log10(step)+1e-9)))
	switch {
	case largest >= 1e15 || largest < 1e-3:
		digits := math.Floor(math.Log10(largest)+1e-9) - math.Floor(math.Log10(step)+1e-9)
		f := scientific(int(min(max(digits, 0), 6)))
		return f
	case largest >= 1e5 && step >= 1e3:
		return siPrefixed
	}
	return fixed(min(decimals, 12))
}

// niceStep returns the least of 1, 2 and 5 times a power of ten that is not
// below v.
func niceStep(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range [...]float64{1, 2, 5} {
		if m*power >= v*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// logTicks puts ticks on powers of ten, on 1, 2 and 5 times these when the
// domain spans few of them, and on round steps when it lies within one.
func (s *scale) logTicks(lo, hi float64, n int, snug bool) {
	if !snug {
		lo, hi = logNice(lo, false), logNice(hi, true)
	}
	s.min, s.max = lo, hi
	low, high := int(math.Floor(math.Log10(lo)+1e-9)), int(math.Floor(math.Log10(hi)+1e-9))
	multiples := []float64{1}
	if decades := math.Log10(hi) - math.Log10(lo); 3*decades <= 2*float64(n) {
		multiples = []float64{1, 2, 5}
	}
	every := 1 + (high-low)/(n+1)
	for e := low; e <= high; e++ {
		if e%every != 0 {
			continue
		}
		for _, m := range multiples {
			if v := round(m*math.Pow(10, float64(e)), 12); v >= lo*(1-1e-9) && v <= hi*(1+1e-9) {
				s.ticks = append(s.ticks, v)
			}
		}
	}
	s.format = plainly
	if lo < 1e-4 || hi >= 1e6 {
		s.format = scientific(0)
	}
	if len(s.ticks) < 2 {
		linear := scale{}
		linear.linearTicks(lo, hi, n, true, false)
		s.ticks, s.format = linear.ticks, linear.format
	}
}

// logNice moves v outward to the next of 1, 2 and 5 times a power of ten.
func logNice(v float64, up bool) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)+1e-12))
	nice := power
	for _, m := range [...]float64{1, 2, 5, 10} {
		if up && m*power >= v*(1-1e-9) {
			return round(m*power, 12)
		}
		if m*power <= v*(1+1e-9) {
			nice = m * power
		}
	}
	return round(nice, 12)
}
