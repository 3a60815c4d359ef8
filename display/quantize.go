package display

import (
	"cmp"
	"encoding/binary"
	"image"
	"image/color"
	"slices"
)

// paletted reduces a picture to at most 256 colours, the most frequent first.
// Colours that differ by no more than alike in each channel share an entry, so
// that all the edges of a chart find one near: the eye sees no difference, and
// the PNG is half the size and made in half the time.
func paletted(src *image.RGBA, alike int) *image.Paletted {
	counts := map[uint32]int{}
	eachRun(src, func(c uint32, at, n int) { counts[c] += n })
	colors := make([]uint32, 0, len(counts))
	for c := range counts {
		colors = append(colors, c)
	}
	slices.SortFunc(colors, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})

	var kept []uint32
	index := make(map[uint32]uint8, len(colors))
	for _, c := range colors {
		i, d := nearest(kept, c)
		if d > 3*alike*alike && len(kept) < 256 {
			i, kept = len(kept), append(kept, c)
		}
		index[c] = uint8(i)
	}
	dst := image.NewPaletted(src.Rect, make(color.Palette, len(kept)))
	for i, c := range kept {
		dst.Palette[i] = color.RGBA{uint8(c >> 24), uint8(c >> 16), uint8(c >> 8), uint8(c)}
	}
	eachRun(src, func(c uint32, at, n int) {
		i := index[c]
		for k := range n {
			dst.Pix[at+k] = i
		}
	})
	return dst
}

// eachRun calls f for every run of n equal pixels, from pixel number at on.
// Images of this package start at (0, 0) and have no gaps between rows.
func eachRun(src *image.RGBA, f func(c uint32, at, n int)) {
	pixels := len(src.Pix) / 4
	for start := 0; start < pixels; {
		c := binary.BigEndian.Uint32(src.Pix[4*start:])
		end := start + 1
		for end < pixels && binary.BigEndian.Uint32(src.Pix[4*end:]) == c {
			end++
		}
		f(c, start, end-start)
		start = end
	}
}

// nearest returns which of kept is closest to c, and the square of the distance.
func nearest(kept []uint32, c uint32) (best, distance int) {
	distance = 1 << 30
	for i, k := range kept {
		d := 0
		for shift := 0; shift < 32; shift += 8 {
			e := int(k>>shift&0xff) - int(c>>shift&0xff)
			d += e * e
		}
		if d < distance {
			best, distance = i, d
		}
	}
	return best, distance
}
