package display

import (
	"cmp"
	"slices"
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

	maxName = 240 // CSS pixels of a series' name
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
