package asm

import "sync"

// gemmKernel is a product made of register tiles: tile computes up to height
// rows of up to width columns of C, with one panel of B, width columns wide,
// packed row by row.
type gemmKernel struct {
	height, width int

	// direct says that tile can read B in place for a panel of cols columns.
	direct func(cols int) bool
	tile   func(t *gemmTile)

	// The ways to pack a panel: whole rows of B, a B stored as n×k, units of
	// ternary weights (16 columns), rows of int8 with their scales.
	copyRows   func(panel, b []float32, ldb, k int)
	transpose  func(panel []float32, width int, b []float32, ldb, cols, k int)
	decode     func(panel []float32, width int, units []byte, panelBytes int, table *[16]float32, k int)
	dequantize func(x []float32, xRow int, q []int8, qRow int, s []float32, rows, cols int)

	// swap transposes src[rows×k] to dst, up to 16 rows; nil where a product
	// never runs transposed.
	swap func(dst []float32, dstRow int, src []float32, ld, rows, k int)
}

// gemmTile is one call of the microkernel. Strides count elements.
type gemmTile struct {
	rows, cols, k int
	a             *float32
	aRow, aCol    int
	b             *float32
	bRow          int
	c, next       *float32 // next: what will be c of the next call, to be fetched ahead
	ldc           int
	accumulate    int
	edge          [14 * maxWidth]float32 // a tile beside C, where it cannot be in C
}

// Blocking: a group of panels of B, gemmDepth deep, stays in L2 while the rows of A
// pass by; those of one tile are read from memory once for the group, then from
// L1 and L2. The sizes of caches are not asked of the CPU: virtual machines misreport
// them.
const (
	gemmDepth = 1024
	gemmGroup = 4
	gemmRows  = 1120
	gemmPad   = 16 // keeps copied rows of A off multiples of 4 KB
	maxWidth  = 32

	// With no more tiles than this on a panel of B, packing it does not pay.
	directTiles = 20
)

// gemmScratch holds what one running product packs.
type gemmScratch struct {
	packed [gemmGroup * gemmDepth * maxWidth]float32
	a      []float32 // grows to the largest block copied
	tile   gemmTile
	panels [gemmGroup]struct { // of the running group, packed or in place
		b   *float32
		row int
	}

	// The right-hand side of the running product.
	dense   denseB
	ternary ternaryB
	int8    int8B
}

// gemmPool keeps scratch between calls, so that a steady state allocates none.
var gemmPool = sync.Pool{New: func() any { return new(gemmScratch) }}

// rightSide is B: something that yields panels of float32.
type rightSide interface {
	// place is where a panel can be read without packing, and the distance of
	// its rows; nil if it must be packed.
	place(p0, j int) (*float32, int)
	// pack writes the rows p0 to p0+k and the columns j to j+cols to panel.
	pack(g *gemmKernel, panel []float32, p0, k, j, cols int)
}

func (g *gemmKernel) gemm(s gemmShape, a, b, c []float32) {
	scratch := gemmPool.Get().(*gemmScratch)
	defer gemmPool.Put(scratch)
	if g.swap != nil && s.bCol != 1 && s.m*(s.n+s.k) < s.n*s.k && 4*s.m > 3*((s.m+15)&^15) {
		// B lies the wrong way round and is the larger part: compute Cᵀ = Bᵀ·Aᵀ,
		// where it is A that must be packed, and turn every tile as it is stored.
		s.m, s.n = s.n, s.m
		s.aRow, s.aCol, s.bRow, s.bCol = s.bCol, s.bRow, s.aCol, s.aRow
		s.swapped = true
		a, b = b, a
	}
	scratch.dense = denseB{b, s.bRow, s.bCol}
	g.run(scratch, s, a, &scratch.dense, c)
	scratch.dense = denseB{}
}

func (g *gemmKernel) run(scratch *gemmScratch, s gemmShape, a []float32, b rightSide, c []float32) {
	// Depths are multiples of a ternary unit, so that none is cut.
	blocks := (s.k + gemmDepth - 1) / gemmDepth
	depth := (s.k + blocks*unitCols - 1) / (blocks * unitCols) * unitCols
	for i0, i1 := range even(s.m, gemmRows) {
		for p0 := 0; p0 < s.k; p0 += depth {
			g.block(scratch, s, i0, i1, p0, min(p0+depth, s.k), a, b, c)
		}
	}
	// In the pool, scratch holds nothing of the caller's.
	scratch.tile.a, scratch.tile.b, scratch.tile.c, scratch.tile.next = nil, nil, nil, nil
	clear(scratch.panels[:])
}

// block adds the product of A[i0:i1, p0:p1] and B[p0:p1, :] to C[i0:i1, :]; the
// first block of k starts C instead, unless the product accumulates.
func (g *gemmKernel) block(scratch *gemmScratch, s gemmShape, i0, i1, p0, p1 int, a []float32, b rightSide, c []float32) {
	t := &scratch.tile
	t.k, t.ldc = p1-p0, s.ldc
	t.accumulate = 0
	if s.accumulate || p0 > 0 {
		t.accumulate = 1
	}
	a = a[i0*s.aRow+p0*s.aCol:]
	t.aRow, t.aCol = s.aRow, s.aCol
	if s.n > g.width && s.aCol == 1 && RowsCollide(s.aRow) {
		a = scratch.copyA(t, s, a, i1-i0)
	}
	rows, direct := i1-i0, i1-i0 <= directTiles*g.height
	for j0 := 0; j0 < s.n; j0 += gemmGroup * g.width {
		j1 := min(j0+gemmGroup*g.width, s.n)
		for j := j0; j < j1; j += g.width {
			scratch.panel(g, b, direct, p0, t.k, j, min(g.width, s.n-j), (j-j0)/g.width)
		}
		for r0, r1 := range even(rows, g.height) {
			t.rows = r1 - r0
			t.a = &a[r0*t.aRow]
			for j := j0; j < j1; j += g.width {
				t.cols = min(g.width, s.n-j)
				p := &scratch.panels[(j-j0)/g.width]
				t.b, t.bRow = p.b, p.row
				if s.swapped {
					g.swappedTile(t, c[j*s.ldc+i0+r0:], s.ldc)
					continue
				}
				t.c = &c[(i0+r0)*s.ldc+j]
				t.next = t.c
				if j+g.width < j1 {
					t.next = &c[(i0+r0)*s.ldc+j+g.width]
				} else if r1 < rows {
					t.next = &c[(i0+r1)*s.ldc+j0]
				}
				g.tile(t)
			}
		}
	}
}

// panel makes the panel of B that begins at column j the i-th of its group.
func (x *gemmScratch) panel(g *gemmKernel, b rightSide, direct bool, p0, k, j, cols, i int) {
	p := &x.panels[i]
	p.b = nil
	if direct && g.direct(cols) {
		p.b, p.row = b.place(p0, j)
	}
	if p.b == nil {
		packed := x.packed[i*gemmDepth*maxWidth:][:gemmDepth*maxWidth]
		b.pack(g, packed, p0, k, j, cols)
		p.b, p.row = &packed[0], g.width
	}
}

// swappedTile computes a tile of Cᵀ beside C, whose rows lie ldc apart.
func (g *gemmKernel) swappedTile(t *gemmTile, c []float32, ldc int) {
	t.c, t.next, t.ldc = &t.edge[0], &t.edge[0], maxWidth
	if t.accumulate != 0 {
		for j := 0; j < t.cols; j += 16 {
			g.swap(t.edge[j:], maxWidth, c[j*ldc:], ldc, min(16, t.cols-j), t.rows)
		}
	}
	g.tile(t)
	g.swap(c, ldc, t.edge[:], maxWidth, t.rows, t.cols)
}

// RowsCollide reports whether rows a stride apart lie so near a multiple of 4 KB
// apart that those of a tile fight for the same lines of L1. GEMM copies such an A;
// a caller that shares one A among several products can copy it once for all of
// them, with rows RowPitch apart.
func RowsCollide(stride int) bool {
	const page = 4096 / 4
	d := stride % page
	return stride >= page/2 && min(d, page-d) < gemmPad
}

// RowPitch is a stride of rows of cols elements that do not collide.
func RowPitch(cols int) int {
	pitch := cols + gemmPad
	if RowsCollide(pitch) {
		pitch += 2 * gemmPad
	}
	return pitch
}

// copyA copies a block of A to the scratch, with a stride that does not collide.
func (x *gemmScratch) copyA(t *gemmTile, s gemmShape, a []float32, rows int) []float32 {
	t.aRow = RowPitch(t.k)
	if size := rows * t.aRow; len(x.a) < size {
		x.a = make([]float32, size)
	}
	for i := range rows {
		copy(x.a[i*t.aRow:][:t.k], a[i*s.aRow:])
	}
	return x.a
}

// even yields the bounds of n split into the fewest, evenest parts of at most
// most.
func even(n, most int) func(func(int, int) bool) {
	return func(yield func(int, int) bool) {
		parts := (n + most - 1) / most
		for i := range parts {
			if !yield(i*n/parts, (i+1)*n/parts) {
				return
			}
		}
	}
}
