package asm

// ConvShape describes a two-dimensional convolution of one image, whose channels
// come last: a pixel is Channels numbers side by side.
type ConvShape struct {
	Channels, Height, Width   int
	KernelHeight, KernelWidth int
	Stride, Pad               int
}

// Out is the height and width of the result; 0 where the kernel does not fit.
func (s ConvShape) Out() (height, width int) {
	if s.Stride < 1 {
		return 0, 0
	}
	span := func(size, kernel int) int { return max(0, (size+2*s.Pad-kernel)/s.Stride+1) }
	if s.Height+2*s.Pad < s.KernelHeight || s.Width+2*s.Pad < s.KernelWidth {
		return 0, 0
	}
	return span(s.Height, s.KernelHeight), span(s.Width, s.KernelWidth)
}

// Patch is the number of elements under one kernel: the width of the rows of
// Im2Row.
func (s ConvShape) Patch() int { return s.KernelHeight * s.KernelWidth * s.Channels }

// Im2Row lays the patches of x[Height×Width×Channels] out as the rows of
// rows[(outHeight·outWidth)×Patch], 0 where the kernel reaches over the edge: a
// convolution is then the product of rows with the weights [filters×Patch].
//
//	for y, x over the result and i, j, c over the kernel {
//		rows[(y,x), (i,j,c)] = x[y·Stride+i-Pad, x·Stride+j-Pad, c]
//	}
func Im2Row(rows, x []float32, s ConvShape) { im2Row("Im2Row", rows, x, s) }

// Im2RowInt8 is Im2Row of quantised images.
func Im2RowInt8(rows, x []int8, s ConvShape) { im2Row("Im2RowInt8", rows, x, s) }

// shortRun is the longest run that is copied in one move of so many elements: what
// is too much is overwritten by the runs after it.
const shortRun = 16

func im2Row[E float32 | int8](op string, rows, x []E, s ConvShape) {
	height, width := s.check(op, len(rows), len(x))
	if s.Channels == 0 {
		return
	}
	span := s.KernelWidth * s.Channels // of a row of the kernel
	at := 0
	for y := range height {
		for o := range width {
			first, last := s.inside(o)
			whole := first == 0 && last == span && span <= shortRun
			for i := range s.KernelHeight {
				line := y*s.Stride + i - s.Pad
				from := (line*s.Width + o*s.Stride - s.Pad) * s.Channels
				if whole && line >= 0 && line < s.Height && from+shortRun <= len(x) && at+shortRun <= len(rows) {
					*(*[shortRun]E)(rows[at:]) = *(*[shortRun]E)(x[from:])
					at += span
					continue
				}
				row := rows[at : at+span]
				at += span
				if line < 0 || line >= s.Height || first == last {
					clear(row)
					continue
				}
				clear(row[:first])
				copy(row[first:last], x[from+first:])
				clear(row[last:])
			}
		}
	}
}

// Row2Im adds every element of rows to the element of dx that Im2Row took it
// from, in the order of rows: the backward of Im2Row.
func Row2Im(dx, rows []float32, s ConvShape) {
	height, width := s.check("Row2Im", len(rows), len(dx))
	if s.Channels == 0 {
		return
	}
	span := s.KernelWidth * s.Channels
	at := 0
	for y := range height {
		for o := range width {
			first, last := s.inside(o)
			for i := range s.KernelHeight {
				row := rows[at+first : at+last]
				at += span
				line := y*s.Stride + i - s.Pad
				if line < 0 || line >= s.Height || first == last {
					continue
				}
				from := (line*s.Width + o*s.Stride - s.Pad) * s.Channels
				out := dx[from+first : from+last]
				active.add(out, out, row)
			}
		}
	}
}

// inside returns which elements of a row of the kernel lie in the image, for
// column o of the result.
func (s ConvShape) inside(o int) (first, last int) {
	left := o*s.Stride - s.Pad // of the image, under the kernel's first column
	first = min(s.KernelWidth, max(0, -left))
	last = max(first, min(s.KernelWidth, s.Width-left))
	return first * s.Channels, last * s.Channels
}

func (s ConvShape) check(op string, rows, x int) (height, width int) {
	for _, size := range []struct {
		name     string
		got, min int
	}{
		{"Channels", s.Channels, 0},
		{"Height", s.Height, 0},
		{"Width", s.Width, 0},
		{"KernelHeight", s.KernelHeight, 1},
		{"KernelWidth", s.KernelWidth, 1},
		{"Stride", s.Stride, 1},
		{"Pad", s.Pad, 0},
	} {
		if size.got < size.min {
			panic(SizeError{op, size.name, size.got, atLeast(size.min)})
		}
		if size.got > 1<<20 { // so that no sum below overflows
			panic(SizeError{op, size.name, size.got, atMost(1 << 20)})
		}
	}
	height, width = s.Out()
	needMatrix(op, "x", x, product(s.Height, s.Width), s.Channels, s.Channels)
	area := product(height, width)
	patch := product(s.Channels, product(s.KernelHeight, s.KernelWidth))
	needMatrix(op, "rows", rows, area, patch, patch)
	return height, width
}
