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
	lineSpacing = 15 // CSS pixels between the middles of two labels
	labelGap    = 7  // between a point and its label
)

func (l label) left() float64  { return l.x - float64(l.align)*labelType.width(l.text) }
func (l label) right() float64 { return l.left() + labelType.width(l.text) }

// place finds room for the labels of a panel.
func (pn *panel) place(x scale, width float64) []label {
	var labels []label
	add := func(px, py float64, text, color string, a align) {
		if text != "" && finite(px) && finite(py) {
			labels = append(labels, label{px, py, text, color, a})
		}
	}
	down := func(v float64) float64 { return (1 - pn.y.at(v)) * pn.height }
	for _, m := range pn.marks {
		switch m.kind {
		case ruleMark:
			if m.horizontal {
				add(width+labelGap, down(m.at), m.name, m.color, 0)
			} else if x.contains(m.at) {
				add(x.at(m.at)*width+4, 8, m.name, m.color, 0)
			}
		case barMark:
			if i := top(m.hi); i >= 0 {
				add(x.at(m.x[i])*width, down(max(m.hi[i], 0))-9, m.name, m.color, 0.5)
			}
		default:
			if i := m.lastIn(x); i >= 0 {
				middle := (m.lo[i] + m.hi[i]) / 2
				if pn.y.log {
					middle = math.Sqrt(m.lo[i]) * math.Sqrt(m.hi[i])
				}
				add(x.at(m.x[i])*width+labelGap, down(middle), m.name, m.color, 0)
			}
		}
		if b := m.broken; b != nil && x.contains(b.x) {
			add(x.at(b.x)*width+labelGap, down(b.y)-lineSpacing, b.what+" at "+x.say(b.x), Vermillion, 0)
		}
	}
	spread(labels, pn.height)
	return labels
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

func top(v []float64) int {
	best := -1
	for i, y := range v {
		if !math.IsNaN(y) && (best < 0 || y > v[best]) {
			best = i
		}
	}
	return best
}

// spread moves labels that would overlap apart, and all into the panel.
func spread(labels []label, height float64) {
	order := make([]*label, len(labels))
	for i := range labels {
		order[i] = &labels[i]
		labels[i].y = min(max(labels[i].y, 0), height)
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
	bottom := height
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
