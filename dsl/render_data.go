package dsl

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/png"
	"strconv"
	"strings"

	"setun/display"
	"setun/runtime/qat/data"
)

// datasetBundle is samples of the training split as pictures, with the numbers
// of samples as text.
func datasetBundle(d *data.Dataset) display.Bundle {
	var parts []string
	for _, s := range []struct {
		name  string
		split *data.Split
	}{{"training", d.Train}, {"test", d.Test}} {
		if s.split != nil {
			parts = append(parts, count(s.split.Len())+" "+s.name)
		}
	}
	split := d.Train
	if split == nil {
		split = d.Test
	}
	name := cmp.Or(d.Name, "Dataset")
	if split == nil {
		return display.Text(name + ": empty")
	}
	summary := fmt.Sprintf("%s: %s images of %d×%d, %s", name, strings.Join(parts, " and "), split.Height, split.Width, pluralES(max(len(d.Classes), len(split.Counts())), "class"))
	return samples(split, d.Classes, summary)
}

func splitBundle(s *data.Split) display.Bundle {
	summary := fmt.Sprintf("%s images of %d×%d, %s", count(s.Len()), s.Height, s.Width, pluralES(len(s.Counts()), "class"))
	return samples(s, nil, summary)
}

func pluralES(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return count(n) + " " + noun + "es"
}

const (
	sampleRows    = 2  // samples of each class
	sampleClasses = 10 // classes in a row
)

// samples is a grid of the first samples of each class, a class a column, and
// the number of samples of each class as text.
func samples(s *data.Split, classes []string, summary string) display.Bundle {
	counts := s.Counts()
	className := func(c int) string {
		if c < len(classes) {
			return classes[c]
		}
		return strconv.Itoa(c)
	}
	columns := min(len(counts), sampleClasses)
	first := make([][]int, columns) // indices, by class
	found := 0
	for i := 0; i < s.Len() && found < columns*sampleRows; i++ {
		if c := s.Label(i); c < columns && len(first[c]) < sampleRows {
			first[c] = append(first[c], i)
			found++
		}
	}
	im := display.Images{Width: s.Width, Height: s.Height, Columns: columns, Title: summary, Summary: summary}
	for row := range sampleRows {
		for c := range columns {
			// A class with too few samples leaves a blank tile.
			tile, label := make([]uint8, s.Features()), ""
			if row < len(first[c]) {
				tile, label = s.Image(first[c][row]), className(c)
			}
			im.Pixels = append(im.Pixels, tile)
			im.Labels = append(im.Labels, label)
		}
	}
	b := im.Display()
	lines := make([]string, 0, len(counts))
	for c, n := range counts {
		lines = append(lines, fmt.Sprintf("%s×%s", count(n), className(c)))
	}
	b.Data[display.MIMEText] = cut(plainText(b)+"\n"+strings.Join(lines, "  "), maxText)
	return b
}

// maxImage is the largest side of a picture that is shown.
const maxImage = 4096

func imageBundle(img image.Image) display.Bundle {
	size := img.Bounds().Size()
	text := fmt.Sprintf("%T of %d×%d", img, size.X, size.Y)
	if size.X < 1 || size.Y < 1 || size.X > maxImage || size.Y > maxImage {
		return display.Text(fmt.Sprintf("%s, not shown: want sides of 1 to %d", text, maxImage))
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return display.Text(fmt.Sprintf("%s, not shown: %v", text, err))
	}
	return display.Bundle{
		Data: map[string]any{display.MIMEPNG: b.Bytes(), display.MIMEText: text},
		Metadata: map[string]any{
			display.MIMEPNG: map[string]any{"width": size.X, "height": size.Y},
		},
	}
}
