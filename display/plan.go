package display

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// A plan is a chart with everything decided that both renderings must agree
// on: domains, ticks, cleaned data, colours, places of labels.
type plan struct {
	title, subtitle string
	summary         string
	width           float64
	x               scale
	xTitle          string
	panels          []panel
	right           float64 // space right of the data area that labels need
}

// A panel is the main part of a chart or a strip.
type panel struct {
	title  string
	height float64
	y      scale
	marks  []mark
	labels []label
}

// base is the y that bars stand on.
func (pn *panel) base() float64 {
	if pn.y.log {
		return pn.y.min
	}
	return min(max(0, pn.y.min), pn.y.max)
}

const (
	chartWidth, chartHeight, stripHeight = 640, 260, 56

	// maxLine and maxMarks bound what one layer adds to a notebook. A line
	// beyond it keeps the extremes of each bucket.
	maxLine  = 2000
	maxName  = 240 // CSS pixels of a series' name
	maxMarks = 5000
)

func (c *Chart) plan() *plan {
	p := &plan{
		width: float64(size(c.Width, chartWidth)),
	}
	p.title, p.subtitle = titleType.fit(c.Title, max(p.width, chartWidth)), labelType.fit(c.Subtitle, max(p.width, chartWidth))
	p.xTitle = labelType.fit(c.X.Title, p.width)
	strips := append([]Strip{{Height: size(c.Height, chartHeight), Y: c.Y, Layers: c.Layers}}, c.Strips...)

	x := newExtent(c.X.Log)
	marks := make([][]mark, len(strips))
	colors := 0
	for i, s := range strips {
		for _, l := range s.Layers {
			m := l.mark()
			m.name = labelType.fit(m.name, maxName)
			if m.kind == ruleMark && !drawable(m.at, m.horizontal && s.Y.Log || !m.horizontal && c.X.Log) {
				continue
			}
			m.clean(c.X.Log, s.Y.Log)
			marks[i] = append(marks[i], m)
			for _, v := range m.x {
				x.add(v - m.width/2)
				x.add(v + m.width/2)
			}
			x.whole = x.whole && m.wholeX()
		}
		colors = paint(marks[i], colors)
	}
	p.x = newScale(c.X, x.lo, x.hi, max(2, int(p.width/80)), true, x.whole)

	for i, s := range strips {
		height := float64(size(s.Height, stripHeight))
		y := newExtent(s.Y.Log)
		for _, m := range marks[i] {
			m.extend(&y, p.x)
		}
		pn := panel{
			title:  labelType.fit(s.Y.Title, p.width),
			height: height,
			y:      newScale(s.Y, y.lo, y.hi, max(2, int(height/45)), false, y.whole),
			marks:  marks[i],
		}
		slices.SortStableFunc(pn.marks, func(a, b mark) int { return cmp.Compare(a.kind, b.kind) })
		pn.labels = pn.place(p.x, p.width)
		for _, l := range pn.labels {
			p.right = max(p.right, l.right()-p.width)
		}
		p.panels = append(p.panels, pn)
	}
	p.summary = c.Summary
	if p.summary == "" {
		p.summary = p.summarize()
	}
	p.summary = oneLine(p.summary)
	return p
}

// size keeps a picture between a thumbnail and a wall.
func size(wanted, standard int) int {
	if wanted <= 0 {
		return standard
	}
	return min(max(wanted, 20), 4000)
}

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

// paint gives colours, dashes and shapes to the marks of a panel, from the
// palette's next colour on, and returns the one after.
func paint(marks []mark, next int) int {
	lines, points := 0, 0
	for i := range marks {
		m := &marks[i]
		switch m.kind {
		case bandMark, ruleMark:
			continue
		case lineMark:
			if m.dash == AutoDash {
				m.dash = Solid + Dash(lines)%DashDot
			}
			lines++
		case pointMark:
			m.shape = points % len(shapes)
			points++
		}
		if m.color == "" {
			m.color = palette[next%len(palette)]
			next++
		}
	}
	// From the top down, so that a band finds the colour above it.
	above := ""
	for i := len(marks) - 1; i >= 0; i-- {
		switch m := &marks[i]; {
		case m.kind == ruleMark:
			m.color = Gray
			continue
		case m.color != "":
		case above != "":
			m.color = above
		default:
			m.color = palette[next%len(palette)]
			next++
		}
		above = marks[i].color
	}
	return next
}

// summarize writes the one line that stands for the chart.
func (p *plan) summarize() string {
	var parts []string
	for i, pn := range p.panels {
		for _, m := range pn.marks {
			if m.kind == ruleMark || m.kind == bandMark {
				continue
			}
			if s := m.summarize(cmp.Or(m.name, pn.title, "y"), pn.y, p.x, cmp.Or(p.xTitle, "x")); s != "" && (i == 0 || m.kind != lineMark || m.name != "") {
				parts = append(parts, s)
			}
		}
	}
	if len(parts) == 0 {
		parts = []string{"no data"}
	}
	if len(parts) > 4 {
		parts = append(parts[:4], fmt.Sprintf("and %d more series", len(parts)-4))
	}
	title := cmp.Or(p.title, "Chart")
	return title + ": " + strings.Join(parts, "; ")
}

// summarize says where m starts and ends, and its extremes.
func (m *mark) summarize(name string, y, x scale, xName string) string {
	first, last, lo, hi := -1, -1, -1, -1
	for i, v := range m.hi {
		if math.IsNaN(v) {
			continue
		}
		if first < 0 {
			first, lo, hi = i, i, i
		}
		last = i
		if v < m.hi[lo] {
			lo = i
		}
		if v > m.hi[hi] {
			hi = i
		}
	}
	if first < 0 {
		return ""
	}
	s := fmt.Sprintf("%s %s", name, y.say(m.hi[first]))
	if last > first {
		s = fmt.Sprintf("%s %s → %s over %s %s–%s (lowest %s at %s, highest %s at %s)", name,
			y.say(m.hi[first]), y.say(m.hi[last]), xName, x.say(m.x[first]), x.say(m.x[last]),
			y.say(m.hi[lo]), x.say(m.x[lo]), y.say(m.hi[hi]), x.say(m.x[hi]))
	}
	if m.broken != nil {
		s += fmt.Sprintf(", %s at %s", m.broken.what, x.say(m.broken.x))
	}
	return s
}
