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
	"setun/runtime/tensor"
)

// datasetBundle is the numbers of samples of a data set and, of images, some of
// the training split as pictures.
func datasetBundle(d *data.Dataset) display.Bundle {
	var parts []string
	var first *data.Split
	for _, s := range []struct {
		name  string
		split *data.Split
	}{{"training", d.Train}, {"validation", d.Validation}, {"test", d.Test}} {
		if s.split != nil {
			first = cmp.Or(first, s.split)
			parts = append(parts, count(s.split.Len())+" "+s.name)
		}
	}
	name := cmp.Or(d.Name, "Dataset")
	if first == nil {
		return display.Text(name + ": empty")
	}
	classes := max(len(d.Classes), len(first.Counts()))
	b := samples(first, d.Classes, fmt.Sprintf("%s: %s %s", name, enumerate(parts), kindOf(first, classes)))
	if d.Tokenizer != nil && first.Tokens(0) != nil {
		b.Data[display.MIMEText] = cut(fmt.Sprintf("%s\n%q…", plainText(b), d.Tokenizer.Decode(first.Tokens(0))), maxText)
	}
	return b
}

func splitBundle(s *data.Split) display.Bundle {
	return samples(s, nil, count(s.Len())+" "+kindOf(s, len(s.Counts())))
}

// kindOf says what the samples of a split are.
func kindOf(s *data.Split, classes int) string {
	if height, width := s.Pixels(); height > 0 {
		return fmt.Sprintf("images of %d×%d, %s", height, width, pluralES(classes, "class"))
	}
	if s.Labels() > 1 || s.Tokens(0) != nil {
		return fmt.Sprintf("sequences of %s tokens, %s different ones", count(s.Labels()), count(classes))
	}
	return fmt.Sprintf("samples of %s, %s", tensor.FormatShape(s.Shape()), pluralES(classes, "class"))
}

// enumerate writes a list as "a, b and c".
func enumerate(parts []string) string {
	n := len(parts) - 1
	if n < 1 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:n], ", ") + " and " + parts[n]
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

// samples is the number of samples of each class as text and, of images, a grid
// of the first samples of each class, a class a column.
func samples(s *data.Split, classes []string, summary string) display.Bundle {
	if s.Labels() > 1 {
		return display.Text(summary)
	}
	counts := s.Counts()
	className := func(c int) string {
		if c < len(classes) {
			return classes[c]
		}
		return strconv.Itoa(c)
	}
	b := display.Text(summary)
	if height, width := s.Pixels(); height > 0 {
		im := display.Images{Width: width, Height: height, Title: summary, Summary: summary}
		pickImages(&im, s, len(counts), className)
		b = im.Display()
	}
	lines := make([]string, 0, len(counts))
	for c, n := range counts {
		lines = append(lines, fmt.Sprintf("%s×%s", count(n), className(c)))
	}
	b.Data[display.MIMEText] = cut(plainText(b)+"\n"+strings.Join(lines, "  "), maxText)
	return b
}

// pickImages adds the first samples of each class of s to im.
func pickImages(im *display.Images, s *data.Split, classes int, className func(int) string) {
	columns := min(classes, sampleClasses)
	first := make([][]int, columns) // indices, by class
	found := 0
	for i := 0; i < s.Len() && found < columns*sampleRows; i++ {
		if c := s.Label(i); c < columns && len(first[c]) < sampleRows {
			first[c] = append(first[c], i)
			found++
		}
	}
	im.Columns = columns
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
