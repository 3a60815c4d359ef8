package display

import "math"

// A Layer is one thing drawn in a panel: Line, Band, Points, Bars or Rule.
//
// Slices of one layer that differ in length are cut to the shortest. A Color is
// "#RRGGBB"; an empty one takes the next of the palette, which also gives lines
// a dash and points a shape of their own, so that a chart reads without colour.
type Layer interface {
	mark() mark
}

// A Line joins points from left to right and is labelled at its end.
type Line struct {
	Name  string
	X, Y  []float64
	Color string
	Dash  Dash
}

// A Band fills the space between Lo and Hi, such as the range of a bucket or a
// confidence interval. Without a Color it takes that of the layer above it.
type Band struct {
	Name      string
	X, Lo, Hi []float64
	Color     string
}

// Points are single marks.
type Points struct {
	Name  string
	X, Y  []float64
	Color string
}

// Bars stand on zero, centred on X. Width is in units of x; 0 means the
// smallest distance between neighbours.
type Bars struct {
	Name  string
	X, Y  []float64
	Width float64
	Color string
}

// A Rule is a thin line across the panel: vertical at x = At, or horizontal at
// y = At.
type Rule struct {
	At         float64
	Horizontal bool
	Label      string
}

// Dash is the pattern of a line.
type Dash int

// The patterns. AutoDash is solid for the first series of a panel and differs
// for the others.
const (
	AutoDash Dash = iota
	Solid
	Dashed
	Dotted
	DashDot
)

type kind int

// In the order in which they are painted.
const (
	barMark kind = iota
	bandMark
	lineMark
	pointMark
	ruleMark
)

// A mark is a layer in the form that both renderings read: lo and hi are equal
// but for bands, and hold NaN where nothing is to be drawn.
type mark struct {
	kind       kind
	name       string
	x, lo, hi  []float64
	width      float64 // of bars
	at         float64 // of rules
	horizontal bool
	color      string
	dash       Dash
	shape      int     // of points, an index into shapes
	broken     *broken // of lines
}

// broken is where a line first ran into NaN or ±Inf.
type broken struct {
	x, y float64 // y: the last value that could be drawn
	what string
}

// A run is a stretch of a mark without a gap: [start, end).
type run struct{ start, end int }

func (m *mark) runs() []run {
	var runs []run
	for i := 0; i < len(m.hi); i++ {
		if math.IsNaN(m.hi[i]) {
			continue
		}
		r := run{start: i}
		for i < len(m.hi) && !math.IsNaN(m.hi[i]) {
			i++
		}
		r.end = i
		runs = append(runs, r)
	}
	return runs
}

// lone are the places in the domain of values between gaps, which no line shows.
func (m *mark) lone(x, y scale) []int {
	var lone []int
	for _, r := range m.runs() {
		if r.end == r.start+1 && x.contains(m.x[r.start]) && y.contains(m.hi[r.start]) {
			lone = append(lone, r.start)
		}
	}
	return lone
}

func (l Line) mark() mark {
	return mark{kind: lineMark, name: l.Name, x: l.X, lo: l.Y, hi: l.Y, color: l.Color, dash: l.Dash}
}

func (b Band) mark() mark {
	return mark{kind: bandMark, name: b.Name, x: b.X, lo: b.Lo, hi: b.Hi, color: b.Color}
}

func (p Points) mark() mark {
	return mark{kind: pointMark, name: p.Name, x: p.X, lo: p.Y, hi: p.Y, color: p.Color}
}

func (b Bars) mark() mark {
	return mark{kind: barMark, name: b.Name, x: b.X, lo: b.Y, hi: b.Y, width: b.Width, color: b.Color}
}

func (r Rule) mark() mark {
	return mark{kind: ruleMark, name: r.Label, at: r.At, horizontal: r.Horizontal}
}
