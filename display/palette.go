package display

import (
	"image/color"
	"strconv"
)

// Blue, Vermillion, Green and Purple are those colours of Okabe and Ito's
// palette (jfly.uni-koeln.de/color, 2008) that reach a contrast of 3:1 both on
// white and on near-black. In grey they are close: give series a dash or a
// shape too.
const (
	Blue       = "#0072B2"
	Vermillion = "#D55E00"
	Green      = "#009E73"
	Purple     = "#CC79A7"
	Gray       = "#7F7F7F"
)

// The colours of the ternary codes.
const (
	MinusOne = Blue
	Zero     = Gray
	PlusOne  = Vermillion
)

var palette = [...]string{Blue, Vermillion, Green, Purple}

// shapes are Vega's names of the point shapes; png.go draws the same.
var shapes = [...]string{"circle", "square", "triangle-up", "diamond"}

// pattern returns the dash in CSS pixels, on and off; nil for solid.
func (d Dash) pattern() []float64 {
	switch d {
	case Dashed:
		return []float64{7, 4}
	case Dotted:
		return []float64{2, 3}
	case DashDot:
		return []float64{8, 3, 2, 3}
	}
	return nil
}

// rgb reads "#RRGGBB"; anything else is gray.
func rgb(hex string, opacity float64) color.NRGBA {
	alpha := uint8(opacity*0xff + 0.5)
	if len(hex) == 7 && hex[0] == '#' {
		if v, err := strconv.ParseUint(hex[1:], 16, 32); err == nil {
			return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), alpha}
		}
	}
	return color.NRGBA{0x7f, 0x7f, 0x7f, alpha}
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
