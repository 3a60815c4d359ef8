package display

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// maxLine and maxMarks bound the values that one layer adds to a notebook: a
// line or band beyond it keeps the extremes of each bucket, other marks are
// every so many.
const (
	maxLine  = 2000
	maxMarks = 5000
)

// An extent is the range of values seen.
type extent struct {
	lo, hi float64
	log    bool // for a log axis
	whole  bool // all were integers
}

func newExtent(log bool) extent {
	return extent{lo: math.Inf(1), hi: math.Inf(-1), log: log, whole: true}
}

func (e *extent) add(v float64) {
	if !drawable(v, e.log) {
		return
	}
	e.lo, e.hi = min(e.lo, v), max(e.hi, v)
	e.whole = e.whole && v == math.Trunc(v)
}

// extend adds the values of m that lie in the x domain.
func (m *mark) extend(e *extent, x scale) {
	if m.kind == ruleMark {
		if m.horizontal {
			e.add(m.at)
		}
		return
	}
	for i, v := range m.x {
		if x.contains(v) {
			e.add(m.lo[i])
			e.add(m.hi[i])
		}
	}
	if m.kind == barMark && len(m.x) > 0 {
		e.add(0)
	}
}

func (m *mark) wholeX() bool {
	return m.kind != barMark && !slices.ContainsFunc(m.x, func(v float64) bool { return v != math.Trunc(v) })
}

// clean copies the data of m sorted by x, drops what has no place on the x
// axis, sets what has none on the y axis to NaN, and bounds the length.
func (m *mark) clean(logX, logY bool) {
	if m.kind == ruleMark {
		return
	}
	type row struct{ x, lo, hi float64 }
	flush := func(v float64) float64 {
		if math.Abs(v) < tiny {
			return 0
		}
		return v
	}
	n := min(len(m.x), len(m.lo), len(m.hi))
	rows := make([]row, 0, n)
	for i := range n {
		if drawable(m.x[i], logX) {
			rows = append(rows, row{flush(m.x[i]), flush(m.lo[i]), flush(m.hi[i])})
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(a.x, b.x) })

	if m.kind == lineMark {
		last := math.NaN()
		for _, r := range rows {
			if !finite(r.hi) && !math.IsNaN(last) {
				m.broken = &broken{x: r.x, y: last, what: short(r.hi)}
				break
			}
			if drawable(r.hi, logY) {
				last = r.hi
			}
		}
	}
	m.x, m.lo, m.hi = make([]float64, len(rows)), make([]float64, len(rows)), make([]float64, len(rows))
	for i, r := range rows {
		m.x[i], m.lo[i], m.hi[i] = r.x, r.lo, r.hi
		if !drawable(r.lo, logY) || !drawable(r.hi, logY) {
			m.lo[i], m.hi[i] = math.NaN(), math.NaN()
		}
	}
	m.thin()
	if m.kind == barMark && !(m.width > 0 && finite(m.width)) {
		m.width = spacing(m.x)
	}
}

// spacing is the smallest distance between neighbours of a sorted x.
func spacing(x []float64) float64 {
	d := math.Inf(1)
	for i := 1; i < len(x); i++ {
		if x[i] > x[i-1] {
			d = min(d, x[i]-x[i-1])
		}
	}
	if math.IsInf(d, 1) {
		return 1
	}
	return d
}

// thin bounds the number of values.
func (m *mark) thin() {
	switch n := len(m.x); {
	case m.kind == bandMark && n > maxLine:
		lo, hi := Buckets(m.x, m.lo, maxLine/2), Buckets(m.x, m.hi, maxLine/2)
		m.x, m.lo, m.hi = nil, nil, nil
		for i := range lo {
			m.x = append(m.x, lo[i].X)
			m.lo = append(m.lo, lo[i].Min)
			m.hi = append(m.hi, hi[i].Max)
		}
	case m.kind == lineMark && n > maxLine:
		var x, y []float64
		for chunk := range slices.Chunk(indices(n), (n+maxLine/2-1)/(maxLine/2)) {
			for _, i := range extremes(m.hi, chunk) {
				x, y = append(x, m.x[i]), append(y, m.hi[i])
			}
		}
		m.x, m.lo, m.hi = x, y, y
	case n > maxMarks:
		every := (n + maxMarks - 1) / maxMarks
		var x, y []float64
		for i := 0; i < n; i += every {
			x, y = append(x, m.x[i]), append(y, m.hi[i])
		}
		m.name = strings.TrimSpace(fmt.Sprintf("%s (1 in %d)", m.name, every))
		m.x, m.lo, m.hi = x, y, y
	}
}

func indices(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// extremes returns the places of the least and the largest value in order of
// place, or the first place if no value can be drawn.
func extremes(v []float64, at []int) []int {
	lo, hi := -1, -1
	for _, i := range at {
		if math.IsNaN(v[i]) {
			continue
		}
		if lo < 0 || v[i] < v[lo] {
			lo = i
		}
		if hi < 0 || v[i] > v[hi] {
			hi = i
		}
	}
	switch {
	case lo < 0:
		return at[:1]
	case lo == hi:
		return []int{lo}
	}
	return []int{min(lo, hi), max(lo, hi)}
}
