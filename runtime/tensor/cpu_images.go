package tensor

import (
	"math"

	"setun/runtime/asm"
)

// The kernels of the processors for images: each a task over the images of a
// batch.

// patches is Im2Row, of floats or of quantised images, or Row2Im.
type patches struct {
	rows, x []float32
	q, qx   []int8
	s       asm.ConvShape
}

type (
	patchesOut  patches
	patchesInt8 patches
	patchesBack patches
)

var patchTasks Recycled[patches]

func im2Row(rows, x []float32, images int, s asm.ConvShape) {
	t := patchTasks.Take()
	*t = patches{rows: rows, x: x, s: s}
	Share(images, 1, (*patchesOut)(t))
	patchTasks.Give(t)
}

func im2RowInt8(rows, x []int8, images int, s asm.ConvShape) {
	t := patchTasks.Take()
	*t = patches{q: rows, qx: x, s: s}
	Share(images, 1, (*patchesInt8)(t))
	patchTasks.Give(t)
}

func row2Im(dx, rows []float32, images int, s asm.ConvShape) {
	t := patchTasks.Take()
	*t = patches{rows: rows, x: dx, s: s}
	Share(images, 1, (*patchesBack)(t))
	patchTasks.Give(t)
}

// sizes are those of an image and of its patches.
func (t *patches) sizes() (image, rows int) {
	height, width := t.s.Out()
	return t.s.Height * t.s.Width * t.s.Channels, height * width * t.s.Patch()
}

func (t *patchesOut) Piece(lo, hi int) {
	image, rows := (*patches)(t).sizes()
	for i := lo; i < hi; i++ {
		asm.Im2Row(t.rows[i*rows:(i+1)*rows], t.x[i*image:(i+1)*image], t.s)
	}
}

func (t *patchesInt8) Piece(lo, hi int) {
	image, rows := (*patches)(t).sizes()
	for i := lo; i < hi; i++ {
		asm.Im2RowInt8(t.q[i*rows:(i+1)*rows], t.qx[i*image:(i+1)*image], t.s)
	}
}

func (t *patchesBack) Piece(lo, hi int) {
	image, rows := (*patches)(t).sizes()
	for i := lo; i < hi; i++ {
		asm.Row2Im(t.x[i*image:(i+1)*image], t.rows[i*rows:(i+1)*rows], t.s)
	}
}

// pools is a pooling at work: y and x, or their gradients.
type pools struct {
	y, x, dy, dx []float32
	places       []byte
	s            ConvShape
}

type (
	maxPools         pools
	maxPoolsBackward pools
	avgPools         pools
	avgPoolsBackward pools
)

var poolTasks Recycled[pools]

func maxPool(y []float32, places []byte, x []float32, s ConvShape) {
	t := poolTasks.Take()
	*t = pools{y: y, x: x, places: places, s: s}
	Share(s.Batch, 1, (*maxPools)(t))
	poolTasks.Give(t)
}

func maxPoolBackward(dx, dy []float32, places []byte, s ConvShape) {
	t := poolTasks.Take()
	*t = pools{dx: dx, dy: dy, places: places, s: s}
	Share(s.Batch, 1, (*maxPoolsBackward)(t))
	poolTasks.Give(t)
}

func avgPool(y, x []float32, s ConvShape) {
	t := poolTasks.Take()
	*t = pools{y: y, x: x, s: s}
	Share(s.Batch, 1, (*avgPools)(t))
	poolTasks.Give(t)
}

func avgPoolBackward(dx, dy []float32, s ConvShape) {
	t := poolTasks.Take()
	*t = pools{dx: dx, dy: dy, s: s}
	Share(s.Batch, 1, (*avgPoolsBackward)(t))
	poolTasks.Give(t)
}

// place is where the pixel of the result starts in y, and the first pixel under
// its window in x.
func (t *pools) place(image, i, j int) (out, in int) {
	s := &t.s
	out = ((image*s.OutHeight+i)*s.OutWidth + j) * s.Channels
	in = ((image*s.Height+i*s.Stride)*s.Width + j*s.Stride) * s.Channels
	return out, in
}

// line is how far apart the rows of an image are.
func (t *pools) line() int { return t.s.Width * t.s.Channels }

// offsets are where the pixels of a window lie in x, from its first on.
func (t *pools) offsets() (at [maxPoolWindow]int) {
	for u := range t.s.KernelHeight {
		for v := range t.s.KernelWidth {
			at[u*t.s.KernelWidth+v] = u*t.line() + v*t.s.Channels
		}
	}
	return at
}

// ordered maps the bits of a float32 to an integer that is larger for a larger
// one, and back. Integers are compared without a jump, and which of the pixels is
// the largest no processor can foresee.
func ordered(bits int32) int32 { return bits ^ bits>>31&math.MaxInt32 }

func (t *maxPools) Piece(lo, hi int) {
	c, window := t.s.Channels, t.s.KernelHeight*t.s.KernelWidth
	offsets := (*pools)(t).offsets()
	for image := lo; image < hi; image++ {
		for i := range t.s.OutHeight {
			for j := range t.s.OutWidth {
				out, in := (*pools)(t).place(image, i, j)
				y := t.y[out : out+c]
				for n := range y {
					x := t.x[in+n:]
					most, place := ordered(int32(math.Float32bits(x[0]))), 0
					for k := 1; k < window; k++ {
						if v := ordered(int32(math.Float32bits(x[offsets[k]]))); v > most {
							most, place = v, k
						}
					}
					y[n] = math.Float32frombits(uint32(ordered(most)))
					if t.places != nil {
						t.places[out+n] = byte(place)
					}
				}
			}
		}
	}
}

func (t *maxPoolsBackward) Piece(lo, hi int) {
	c, size := t.s.Channels, t.s.Image()
	offsets := (*pools)(t).offsets()
	clear(t.dx[lo*size : hi*size])
	for image := lo; image < hi; image++ {
		for i := range t.s.OutHeight {
			for j := range t.s.OutWidth {
				out, in := (*pools)(t).place(image, i, j)
				places := t.places[out : out+c]
				for n, d := range t.dy[out : out+c] {
					t.dx[in+n+offsets[places[n]]] += d
				}
			}
		}
	}
}

func (t *avgPools) Piece(lo, hi int) {
	c, line := t.s.Channels, (*pools)(t).line()
	share := 1 / float32(t.s.KernelHeight*t.s.KernelWidth)
	for image := lo; image < hi; image++ {
		for i := range t.s.OutHeight {
			for j := range t.s.OutWidth {
				out, in := (*pools)(t).place(image, i, j)
				y := t.y[out : out+c]
				clear(y)
				for u := range t.s.KernelHeight {
					for v := range t.s.KernelWidth {
						asm.Add(y, y, t.x[in+u*line+v*c:][:c])
					}
				}
				asm.Scale(y, share, y)
			}
		}
	}
}

func (t *avgPoolsBackward) Piece(lo, hi int) {
	c, line := t.s.Channels, (*pools)(t).line()
	size := t.s.Image()
	clear(t.dx[lo*size : hi*size])
	share := 1 / float32(t.s.KernelHeight*t.s.KernelWidth)
	for image := lo; image < hi; image++ {
		for i := range t.s.OutHeight {
			for j := range t.s.OutWidth {
				out, in := (*pools)(t).place(image, i, j)
				for u := range t.s.KernelHeight {
					for v := range t.s.KernelWidth {
						dx := t.dx[in+u*line+v*c:][:c]
						for n, d := range t.dy[out : out+c] {
							dx[n] += float32(d * share)
						}
					}
				}
			}
		}
	}
}
