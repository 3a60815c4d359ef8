package display

import (
	"cmp"
	"fmt"
	"math"
	"strings"
)

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
