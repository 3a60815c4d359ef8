package display

import (
	"cmp"
	"math"
	"slices"
)

// A label names a series where the eye is: beside its last point. Its place is
// in CSS pixels from the top left of the panel, vertically the middle of the
// text.
type label struct {
	x, y  float64
	text  string
	color string
	align align
}

const (
	lineSpacing = 15.0 // CSS pixels between the middles of two labels
	labelGap    = 7.0  // between a point and its label
)

func (l label) left() float64  { return l.x - float64(l.align)*labelType.width(l.text) }
func (l label) right() float64 { return l.left() + labelType.width(l.text) }

// place finds room for the labels of a panel.
func (pn *panel) place(x scale, width float64) []label {
	var labels, above []label
	add := func(px, py float64, text, color string, a align) {
		if text != "" && finite(px) && finite(py) {
			labels = append(labels, label{px, py, text, color, a})
		}
	}
	down := func(v float64) float64 { return (1 - pn.y.at(v)) * pn.height }
	for _, m := range pn.marks {
		switch m.kind {
		case ruleMark:
			switch px := x.at(m.at) * width; {
			case m.horizontal:
				add(width+labelGap, down(m.at), m.name, m.color, 0)
			case !x.contains(m.at) || m.name == "":
			case pn.title != "" && px > labelType.width(pn.title)+3*labelGap:
				// On the line of the panel's title, away from the data.
				above = append(above, label{px, -titleLift - 4, m.name, m.color, 0.5})
			default:
				add(px+4, 0, m.name, m.color, 0)
			}
		case barMark:
			px, y := m.crest(x, width)
			add(px, down(y)-labelGap, m.name, m.color, 0.5)
		default:
			if i := m.lastIn(x); i >= 0 {
				middle := (m.lo[i] + m.hi[i]) / 2
				if pn.y.log {
					middle = math.Sqrt(m.lo[i]) * math.Sqrt(m.hi[i])
				}
				at := m.x[i]
				if m.broken != nil {
					at = max(at, min(m.broken.x, x.max)) // beside the marker
				}
				add(x.at(at)*width+labelGap, down(middle), m.name, m.color, 0)
			}
		}
		if b := m.broken; b != nil && x.contains(b.x) {
			add(x.at(b.x)*width+labelGap, down(b.y)-lineSpacing, b.what+" at "+x.say(b.x), Vermillion, 0)
		}
	}
	if pn.empty() {
		above = append(above, label{width / 2, pn.height / 2, "no data", Gray, 0.5})
	}
	spread(labels, pn.height)
	return append(labels, above...)
}

// empty says whether there is nothing to see.
func (pn *panel) empty() bool {
	for i := range pn.marks {
		m := &pn.marks[i]
		if m.kind == ruleMark || len(m.runs()) > 0 {
			return false
		}
	}
	return true
}

// lastIn returns the last place of m that is drawn within the x domain, or -1.
func (m *mark) lastIn(x scale) int {
	for i := len(m.x) - 1; i >= 0; i-- {
		if x.contains(m.x[i]) && !math.IsNaN(m.hi[i]) {
			return i
		}
	}
	return -1
}

// crest is the place of a label above bars: at their centre of mass in pixels,
// as high as the highest bar that the label covers. NaN without bars.
func (m *mark) crest(x scale, width float64) (px, y float64) {
	sum, mass := 0.0, 0.0
	for i, v := range m.x {
		if x.contains(v) && !math.IsNaN(m.hi[i]) {
			sum += x.at(v) * width * math.Abs(m.hi[i])
			mass += math.Abs(m.hi[i])
		}
	}
	px = sum / mass
	reach := labelType.width(m.name)/2 + labelGap
	for i, v := range m.x {
		if math.Abs(x.at(v)*width-px) <= reach && !math.IsNaN(m.hi[i]) {
			y = max(y, m.hi[i])
		}
	}
	return px, y
}

// spread moves labels that would overlap apart, and all into the panel.
func spread(labels []label, height float64) {
	order := make([]*label, len(labels))
	for i := range labels {
		order[i] = &labels[i]
		labels[i].y = max(labels[i].y, lineSpacing/2)
	}
	slices.SortStableFunc(order, func(a, b *label) int { return cmp.Compare(a.y, b.y) })
	for i, l := range order {
		for _, above := range order[:i] {
			if l.meets(above) {
				l.y = max(l.y, above.y+lineSpacing)
			}
		}
	}
	// What left the panel at the bottom pushes its neighbours up.
	bottom := height - lineSpacing/2
	for i := len(order) - 1; i >= 0; i-- {
		l := order[i]
		l.y = min(l.y, bottom)
		for _, below := range order[i+1:] {
			if l.meets(below) {
				l.y = min(l.y, below.y-lineSpacing)
			}
		}
	}
}

// meets says whether l and m share some x.
func (l *label) meets(m *label) bool { return l.left() < m.right() && m.left() < l.right() }
