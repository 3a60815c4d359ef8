package asm

// ConvShape describes a two-dimensional convolution of one image.
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

// Patch is the number of elements under one kernel: the rows of Im2Col.
func (s ConvShape) Patch() int { return s.Channels * s.KernelHeight * s.KernelWidth }

// Im2Col lays the patches of x[Channels×Height×Width] out as the columns of
// cols[Patch×(outHeight·outWidth)], 0 where the kernel reaches over the edge: a
// convolution is then the product of the weights [filters×Patch] with cols.
//
//	for c, i, j over the kernel and y, x over the result {
//		cols[(c,i,j), (y,x)] = x[c, y·Stride+i-Pad, x·Stride+j-Pad]
//	}
func Im2Col(cols, x []float32, s ConvShape) {
	height, width := s.check("Im2Col", len(cols), len(x))
	s.rows(height, width, func(col, from, first, last, step int) {
		row := cols[col : col+width]
		clear(row[:first])
		clear(row[last:])
		if step == 1 {
			copy(row[first:last], x[from:])
			return
		}
		for o := first; o < last; o++ {
			row[o] = x[from+(o-first)*step]
		}
	}, func(col int) { clear(cols[col : col+width]) })
}

// Col2Im adds every element of cols to the element of dx that Im2Col took it
// from, in the order of cols: the backward of Im2Col.
func Col2Im(dx, cols []float32, s ConvShape) {
	height, width := s.check("Col2Im", len(cols), len(dx))
	s.rows(height, width, func(col, from, first, last, step int) {
		row := cols[col+first : col+last]
		if step == 1 {
			out := dx[from : from+len(row)]
			Add(out, out, row)
			return
		}
		for o, v := range row {
			dx[from+o*step] += v
		}
	}, func(int) {})
}

func (s ConvShape) check(op string, cols, x int) (height, width int) {
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
	needMatrix(op, "x", x, product(s.Channels, s.Height), s.Width, s.Width)
	area := product(height, width)
	needMatrix(op, "cols", cols, product(s.Channels, product(s.KernelHeight, s.KernelWidth)), area, area)
	return height, width
}

// rows walks the rows of the result under every element of the kernel: col is
// where that row lies in cols, and the outputs first to last read from x at from,
// step apart. Rows beyond the edge go to outside.
func (s ConvShape) rows(height, width int, inside func(col, from, first, last, step int), outside func(col int)) {
	if height == 0 || width == 0 {
		return
	}
	for c := range s.Channels {
		for i := range s.KernelHeight {
			for j := range s.KernelWidth {
				patch := (c*s.KernelHeight+i)*s.KernelWidth + j
				// Outputs o with 0 ≤ o·Stride + j - Pad < Width.
				first := min(width, max(0, (s.Pad-j+s.Stride-1)/s.Stride))
				last := min(width, max(first, (s.Width+s.Pad-j+s.Stride-1)/s.Stride))
				for y := range height {
					col := (patch*height + y) * width
					at := y*s.Stride + i - s.Pad
					if at < 0 || at >= s.Height || first == last {
						outside(col)
						continue
					}
					from := (c*s.Height+at)*s.Width + first*s.Stride + j - s.Pad
					inside(col, from, first, last, s.Stride)
				}
			}
		}
	}
}
