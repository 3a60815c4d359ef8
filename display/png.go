package display

import (
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// What both renderings draw with, in CSS pixels.
const (
	lineWidth   = 2.0
	dotRadius   = 2.5 // of a value between gaps
	bandOpacity = 0.4
	barOpacity  = 1.0
	pointSize   = 60.0 // area, as Vega counts
	titleLift   = 8.0  // from the panel's top to the baseline of its title
	pageMargin  = 8.0
	edges       = 7 // levels by which shades of antialiased edges may be off
)

var ruleDash = []float64{4, 3}

// A layout says where the panels are on the page.
type layout struct {
	width, height float64
	left          float64
	tops          []float64 // of the panels' data areas
}

func (p *plan) layout() layout {
	l := layout{left: pageMargin}
	for _, pn := range p.panels {
		for _, t := range pn.y.ticks {
			l.left = max(l.left, pageMargin+labelType.width(pn.y.format.String(t))+6)
		}
	}
	l.left = math.Ceil(l.left)
	right := max(p.right, 12)
	for _, t := range p.x.ticks {
		right = max(right, p.x.at(t)*p.width+labelType.width(p.x.format.String(t))/2-p.width)
	}
	l.width = l.left + p.width + right + pageMargin

	y := pageMargin
	if p.title != "" {
		y += titleType.size + 6
	}
	if p.subtitle != "" {
		y += labelType.size + 6
	}
	for _, pn := range p.panels {
		if pn.title != "" {
			y += labelType.size + titleLift
		}
		y += 8
		l.tops = append(l.tops, y)
		y += pn.height + 8
	}
	y += labelType.size + 6
	if p.xTitle != "" {
		y += labelType.size + 6
	}
	l.height = y + pageMargin
	l.width = max(l.width, l.left+titleType.width(p.title)+pageMargin, l.left+labelType.width(p.subtitle)+pageMargin)
	return l
}

// png renders the plan as a PNG on white, and returns its metadata too.
func (p *plan) png() ([]byte, map[string]any) {
	l := p.layout()
	s := newSheet(l.width, l.height)
	y := pageMargin
	if p.title != "" {
		y += titleType.size
		s.text(l.left, y, p.title, titleType, ink, 0)
		y += 6
	}
	if p.subtitle != "" {
		s.text(l.left, y+labelType.size, p.subtitle, labelType, muted, 0)
	}
	for i := range p.panels {
		f := &frame{sheet: s, panel: &p.panels[i], x: p.x, left: l.left, top: l.tops[i], width: p.width}
		f.draw(i == len(p.panels)-1, p.xTitle)
	}
	return s.png(edges), sheetMetadata(s.width, s.height)
}

// A frame draws one panel on a sheet.
type frame struct {
	*sheet
	panel            *panel
	x                scale
	left, top, width float64
}

// pt is the place of data (x, y) on the page, far outside at most so far that
// clipping still has digits to work with.
func (f *frame) pt(x, y float64) vg.Point {
	const far = 1e4
	near := func(v float64) float64 { return min(max(v, -far), far) }
	return f.at(f.left+near(f.x.at(x))*f.width, f.top+(1-near(f.panel.y.at(y)))*f.panel.height)
}

func (f *frame) draw(last bool, xTitle string) {
	bottom, right := f.top+f.panel.height, f.left+f.width
	if t := f.panel.title; t != "" {
		f.text(f.left, f.top-titleLift, t, labelType, ink, 0)
	}
	for _, t := range f.panel.y.ticks {
		y := f.top + (1-f.panel.y.at(t))*f.panel.height
		f.stroke(faint, 1, nil, f.at(f.left, y), f.at(right, y))
		f.text(f.left-6, y+4, f.panel.y.format.String(t), labelType, ink, 1)
	}
	f.stroke(muted, 1, nil, f.at(f.left, bottom), f.at(right, bottom))
	if last {
		for _, t := range f.x.ticks {
			x := f.left + f.x.at(t)*f.width
			f.stroke(muted, 1, nil, f.at(x, bottom), f.at(x, bottom+5))
			f.text(x, bottom+8+labelType.size, f.x.format.String(t), labelType, ink, 0.5)
		}
		f.text(right, bottom+14+2*labelType.size, xTitle, labelType, ink, 1)
	}
	area := f.area(f.left, f.top, f.width, f.panel.height)
	for i := range f.panel.marks {
		f.mark(&f.panel.marks[i], &area)
	}
	for _, l := range f.panel.labels {
		f.text(f.left+l.x, f.top+l.y+4, l.text, labelType, rgb(l.color, 1), l.align)
	}
}

func (f *frame) mark(m *mark, area *draw.Canvas) {
	solid := rgb(m.color, 1)
	switch m.kind {
	case lineMark:
		area.StrokeLines(lineStyle(solid, lineWidth, m.dash.pattern()), area.ClipLinesXY(f.runs(m)...)...)
		for _, i := range m.lone(f.x, f.panel.y) {
			f.DrawGlyphNoClip(draw.GlyphStyle{Color: solid, Radius: dotRadius * px, Shape: draw.CircleGlyph{}}, f.pt(m.x[i], m.hi[i]))
		}
		if b := m.broken; b != nil && f.x.contains(b.x) {
			f.cross(f.pt(b.x, b.y))
		}
	case bandMark:
		f.band(m, area)
	case barMark:
		for i, x := range m.x {
			if math.IsNaN(m.hi[i]) {
				continue
			}
			base := f.panel.base()
			area.FillPolygon(rgb(m.color, barOpacity), area.ClipPolygonXY([]vg.Point{
				f.pt(x-m.width/2, base), f.pt(x-m.width/2, m.hi[i]), f.pt(x+m.width/2, m.hi[i]), f.pt(x+m.width/2, base),
			}))
		}
	case pointMark:
		glyph := draw.GlyphStyle{Color: solid, Radius: 4.4 * px, Shape: glyphs[m.shape]}
		for i, x := range m.x {
			if f.x.contains(x) && f.panel.y.contains(m.hi[i]) {
				f.DrawGlyphNoClip(glyph, f.pt(x, m.hi[i]))
			}
		}
	case ruleMark:
		sty := lineStyle(solid, 1, ruleDash)
		from, to := f.pt(m.at, f.panel.y.min), f.pt(m.at, f.panel.y.max)
		if m.horizontal {
			from, to = f.pt(f.x.min, m.at), f.pt(f.x.max, m.at)
		}
		area.StrokeLines(sty, area.ClipLinesXY([]vg.Point{from, to})...)
	}
}

// runs are the stretches of a line between gaps.
func (f *frame) runs(m *mark) [][]vg.Point {
	var runs [][]vg.Point
	for _, r := range m.runs() {
		if r.end == r.start+1 {
			continue
		}
		run := make([]vg.Point, 0, r.end-r.start)
		for i := r.start; i < r.end; i++ {
			run = append(run, f.pt(m.x[i], m.hi[i]))
		}
		runs = append(runs, run)
	}
	return runs
}

func (f *frame) band(m *mark, area *draw.Canvas) {
	fill := rgb(m.color, bandOpacity)
	for _, r := range m.runs() {
		outline := make([]vg.Point, 0, 2*(r.end-r.start))
		for i := r.start; i < r.end; i++ {
			outline = append(outline, f.pt(m.x[i], m.hi[i]))
		}
		for i := r.end - 1; i >= r.start; i-- {
			outline = append(outline, f.pt(m.x[i], m.lo[i]))
		}
		area.FillPolygon(fill, area.ClipPolygonXY(outline))
	}
}

// cross marks the place where a line broke off.
func (f *frame) cross(at vg.Point) {
	sty := lineStyle(rgb(Vermillion, 1), 2.5, nil)
	const r = 4.5 * px
	f.StrokeLines(sty,
		[]vg.Point{{X: at.X - r, Y: at.Y - r}, {X: at.X + r, Y: at.Y + r}},
		[]vg.Point{{X: at.X - r, Y: at.Y + r}, {X: at.X + r, Y: at.Y - r}})
}

// glyphs draw what shapes names.
var glyphs = [len(shapes)]draw.GlyphDrawer{draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}, diamond{}}

type diamond struct{}

func (diamond) DrawGlyph(c *draw.Canvas, sty draw.GlyphStyle, pt vg.Point) {
	r := 1.2 * sty.Radius
	c.FillPolygon(sty.Color, []vg.Point{
		{X: pt.X - r, Y: pt.Y}, {X: pt.X, Y: pt.Y + r}, {X: pt.X + r, Y: pt.Y}, {X: pt.X, Y: pt.Y - r},
	})
}
