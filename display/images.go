package display

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
)

// Images is a grid of grayscale tiles of one size, such as digits of MNIST,
// shown as one PNG.
type Images struct {
	// Pixels holds a tile each, row by row, Width·Height bytes, 0 black.
	Pixels        [][]uint8
	Width, Height int
	Columns       int      // tiles in a row; 0 chooses
	Labels        []string // below the tiles; may be shorter than Pixels
	Title         string   // above the tiles
	Summary       string   // one line; empty: written from the sizes
}

const (
	maxTiles    = 400     // a picture beyond this says no more than its first tiles
	maxPixels   = 1 << 24 // device pixels of all tiles
	tileGap     = 8       // CSS pixels between tiles
	tileWanted  = 56      // CSS pixels that a tile is enlarged to, at least
	gridWanted  = 640     // CSS pixels that a row may be wide
	maxGrid     = 4000    // CSS pixels that a row is at most, when Columns asks
	maxTileSide = 1024
	maxLabel    = 100 // CSS pixels that a label may widen a tile to
)

// Display renders the tiles as image/png and text/plain. Tiles of the wrong
// length are left grey and counted in the text.
func (im *Images) Display() Bundle {
	n := min(len(im.Pixels), maxTiles)
	if n == 0 || im.Width < 1 || im.Height < 1 || im.Width > maxTileSide || im.Height > maxTileSide {
		return Text(im.summary(0, 0))
	}
	// Whole device pixels per pixel, so that tiles stay crisp.
	zoom := max(1, int(math.Ceil(tileWanted*sheetScale/float64(max(im.Width, im.Height)))))
	tileW, tileH := im.Width*zoom, im.Height*zoom
	n = min(n, maxPixels/(tileW*tileH))
	cellW := float64(tileW)/sheetScale + tileGap
	cellH := float64(tileH)/sheetScale + tileGap
	labels := make([]string, min(n, len(im.Labels)))
	if len(labels) > 0 {
		cellH += labelType.size + 2
		for i := range labels {
			labels[i] = labelType.fit(im.Labels[i], max(maxLabel, cellW-tileGap))
			cellW = max(cellW, math.Ceil(labelType.width(labels[i]))+tileGap)
		}
	}
	columns := im.Columns
	if columns <= 0 {
		columns = max(1, int(gridWanted/cellW))
	}
	columns = min(columns, n, max(1, int(maxGrid/cellW)))
	rows := (n + columns - 1) / columns

	width, top := cellW*float64(columns)+tileGap, 0.0
	title := labelType.fit(im.Title, max(gridWanted, width))
	if title != "" {
		top = labelType.size + tileGap
		width = max(width, labelType.width(title)+2*tileGap)
	}
	s := newSheet(width, top+cellH*float64(rows)+tileGap)
	s.text(tileGap, top, title, labelType, ink, 0)
	page := s.img.Image()
	wrong := 0
	for i, pixels := range im.Pixels[:n] {
		x := tileGap + cellW*float64(i%columns)
		y := top + tileGap + cellH*float64(i/columns)
		mid := x + (cellW-tileGap)/2
		left := int(math.Round(mid*sheetScale)) - tileW/2
		at := image.Rect(left, int(y*sheetScale), left+tileW, int(y*sheetScale)+tileH)
		if len(pixels) == im.Width*im.Height {
			enlarge(page, at, pixels, im.Width, zoom)
		} else {
			wrong++
			draw.Draw(page, at, image.NewUniform(color.Gray{0x80}), image.Point{}, draw.Src)
		}
		s.text(mid, y+float64(tileH)/sheetScale+labelType.size, cell(labels, i), labelType, ink, 0.5)
	}
	return Bundle{
		Data:     map[string]any{MIMEPNG: s.png(0), MIMEText: im.summary(n, wrong)},
		Metadata: map[string]any{MIMEPNG: sheetMetadata(s.width, s.height)},
	}
}

// enlarge paints each pixel as a square of zoom × zoom, without smoothing.
func enlarge(dst draw.Image, at image.Rectangle, pixels []uint8, width, zoom int) {
	for y := range at.Dy() {
		for x := range at.Dx() {
			dst.Set(at.Min.X+x, at.Min.Y+y, color.Gray{pixels[y/zoom*width+x/zoom]})
		}
	}
}

func (im *Images) summary(shown, wrong int) string {
	s := im.Summary
	if s == "" {
		s = fmt.Sprintf("%d images of %d×%d", len(im.Pixels), im.Width, im.Height)
	}
	if shown < len(im.Pixels) {
		s += fmt.Sprintf(" (%d shown)", shown)
	}
	if wrong > 0 {
		s += fmt.Sprintf(" (%d without %d bytes, left grey)", wrong, im.Width*im.Height)
	}
	return s
}
