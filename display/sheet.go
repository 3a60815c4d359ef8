package display

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"sort"
	"strings"
	"sync"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	xfont "golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// maxText bounds the bytes of one text.
const maxText = 1000

// px is one CSS pixel in the points that package vg counts in.
const px = vg.Length(72.0 / 96)

// sheetScale is how many device pixels a CSS pixel becomes: sharp on dense
// screens.
const sheetScale = 2

var (
	ink   = color.NRGBA{0x1f, 0x23, 0x28, 0xff}
	muted = color.NRGBA{0x59, 0x63, 0x6e, 0xff}
	faint = color.NRGBA{0x1f, 0x23, 0x28, 0x20}
)

// A sheet is a white page to draw on, measured in CSS pixels from its top left.
type sheet struct {
	draw.Canvas
	img           *vgimg.Canvas
	width, height float64
}

func newSheet(width, height float64) *sheet {
	width, height = math.Ceil(width), math.Ceil(height)
	img := vgimg.NewWith(
		vgimg.UseWH(vg.Length(width)*px, vg.Length(height)*px),
		vgimg.UseDPI(96*sheetScale),
		vgimg.UseBackgroundColor(color.White),
	)
	return &sheet{Canvas: draw.New(img), img: img, width: width, height: height}
}

func (s *sheet) at(x, y float64) vg.Point {
	return vg.Point{X: vg.Length(x) * px, Y: vg.Length(s.height-y) * px}
}

// area returns the canvas cropped to a rectangle, for its clipping methods.
func (s *sheet) area(x, y, width, height float64) draw.Canvas {
	return draw.Canvas{Canvas: s.img, Rectangle: vg.Rectangle{Min: s.at(x, y+height), Max: s.at(x+width, y)}}
}

func (s *sheet) stroke(c color.Color, width float64, dash []float64, from, to vg.Point) {
	s.StrokeLines(lineStyle(c, width, dash), []vg.Point{from, to})
}

func lineStyle(c color.Color, width float64, dash []float64) draw.LineStyle {
	sty := draw.LineStyle{Color: c, Width: vg.Length(width) * px}
	for _, d := range dash {
		sty.Dashes = append(sty.Dashes, vg.Length(d)*px)
	}
	return sty
}

// align says which part of a text its x is: 0 the left end, 0.5 the middle, 1
// the right end.
type align float64

// text writes s with its baseline at y.
func (s *sheet) text(x, y float64, str string, f typeface, c color.Color, a align) {
	s.SetColor(c)
	s.FillString(f.face(), s.at(x-float64(a)*f.width(str), y), str)
}

// png encodes the sheet; shades that differ by no more than alike may be merged.
func (s *sheet) png(alike int) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, paletted(s.img.Image().(*image.RGBA), alike)); err != nil {
		panic(fmt.Errorf("display: encoding a PNG of %v×%v: %w", s.width, s.height, err))
	}
	return b.Bytes()
}

// sheetMetadata says that an image of these CSS pixels is to be shown at half
// its resolution and wants white behind it also in a dark theme.
func sheetMetadata(width, height float64) map[string]any {
	return map[string]any{
		"width":            int(width),
		"height":           int(height),
		"needs_background": "light",
	}
}

// A typeface is Liberation Sans at a size in CSS pixels.
type typeface struct {
	size float64
	bold bool
}

var (
	titleType = typeface{size: 14, bold: true}
	labelType = typeface{size: 12}
)

func (f typeface) face() font.Face {
	desc := font.Font{Typeface: "Liberation", Variant: "Sans"}
	if f.bold {
		desc.Weight = xfont.WeightBold
	}
	return fonts().Lookup(desc, vg.Length(f.size)*px)
}

func (f typeface) width(s string) float64 {
	if s == "" {
		return 0
	}
	face := f.face()
	return float64(face.Width(s) / px)
}

// fit cuts s to a width in CSS pixels.
func (f typeface) fit(s string, width float64) string {
	s = oneLine(s)
	if len(s) <= maxText && f.width(s) <= width {
		return s
	}
	runes := []rune(s[:min(len(s), maxText)])
	n := sort.Search(len(runes), func(n int) bool { return f.width(string(runes[:n+1])+"…") > width })
	return strings.TrimRight(string(runes[:n]), " ") + "…"
}

// fonts parses the two fonts when the first picture needs them, so that the
// start of a kernel does not pay for them.
var fonts = sync.OnceValue(func() *font.Cache {
	parse := func(ttf []byte, weight xfont.Weight) font.Face {
		f, err := opentype.Parse(ttf)
		if err != nil {
			panic(fmt.Errorf("display: the embedded Liberation Sans is damaged: %w", err))
		}
		return font.Face{Font: font.Font{Typeface: "Liberation", Variant: "Sans", Weight: weight}, Face: f}
	}
	return font.NewCache(font.Collection{
		parse(liberationsansregular.TTF, xfont.WeightNormal),
		parse(liberationsansbold.TTF, xfont.WeightBold),
	})
})
