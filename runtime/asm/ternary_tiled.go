//go:build !noasm && (amd64 || arm64)

package asm

import "sync"

// ternaryKernel is a ternary product made of register tiles: tile multiplies up
// to height rows of activations with up to panels panels of weights.
type ternaryKernel struct {
	height, panels int
	tile           func(t *ternaryTile)
	sum            func(q []int8) int32

	// vector multiplies one row with up to vectorPanels panels; it does the products
	// of up to vectorRows rows, one after the other while the panels are in the cache.
	vector                   func(t *ternaryTile)
	vectorPanels, vectorRows int
}

// ternaryTile is one call of the microkernel. Activations come in whole units of
// 16 columns; qRow counts bytes, ldy elements.
type ternaryTile struct {
	rows, cols, units int
	q                 *int8
	qRow              int
	w                 *byte
	panelBytes        int
	start             *int32   // -Σq of each row
	scale             *float32 // gamma/s of each row
	y                 *float32
	ldy               int
	edge              [5 * PanelRows]float32 // a full tile, for kernels without masks
}

// ternaryRows bounds the rows that one block copies and scales.
const ternaryRows = 224

// vectorCols is up to how many columns the sums of vector are exact.
const vectorCols = 1 << 16

// ternaryScratch holds what one running product prepares of its activations.
type ternaryScratch struct {
	start [ternaryRows]int32
	scale [ternaryRows]float32
	q     []int8 // grows to the largest block seen
	tile  ternaryTile
}

var ternaryPool = sync.Pool{New: func() any { return new(ternaryScratch) }}

func (g *ternaryKernel) gemm(m int, q []int8, s []float32, w *Ternary, gamma float32, y []float32, ldy int) {
	if w.Cols == 0 {
		ternaryGEMMGo(m, q, s, w, gamma, y, ldy)
		return
	}
	x := ternaryPool.Get().(*ternaryScratch)
	defer ternaryPool.Put(x)
	t := &x.tile
	t.units, t.panelBytes, t.ldy = w.units(), w.panelBytes(), ldy
	for i0, i1 := range even(m, ternaryRows) {
		block := q[i0*w.Cols : i1*w.Cols]
		t.qRow = w.Cols
		if stride := unitStride(w.Cols); stride != w.Cols {
			block = x.copyQ(block, w.Cols, stride)
			t.qRow = stride
		}
		for i := range i1 - i0 {
			x.start[i] = -g.sum(block[i*t.qRow:][:w.Cols])
			x.scale[i] = gamma / s[i0+i]
		}
		if i1-i0 <= g.vectorRows && w.Cols <= vectorCols {
			t.rows = 1
			for j := 0; j < w.Rows; j += g.vectorPanels * PanelRows {
				t.cols = min(g.vectorPanels*PanelRows, w.Rows-j)
				t.w = &w.Data[j/PanelRows*t.panelBytes]
				for i := range i1 - i0 {
					t.q = &block[i*t.qRow]
					t.start, t.scale = &x.start[i], &x.scale[i]
					t.y = &y[(i0+i)*ldy+j]
					g.vector(t)
				}
			}
			continue
		}
		for j := 0; j < w.Rows; j += g.panels * PanelRows {
			t.cols = min(g.panels*PanelRows, w.Rows-j)
			t.w = &w.Data[j/PanelRows*t.panelBytes]
			for r0, r1 := range even(i1-i0, g.height) {
				t.rows = r1 - r0
				t.q = &block[r0*t.qRow]
				t.start, t.scale = &x.start[r0], &x.scale[r0]
				t.y = &y[(i0+r0)*ldy+j]
				g.tile(t)
			}
		}
	}
	t.q, t.w, t.y = nil, nil, nil // in the pool, hold nothing of the caller's
}

// unitStride is the distance at which rows of activations are read: whole units,
// and not so near a multiple of 4 KB that the rows of a tile fight for the same
// lines of L1.
func unitStride(cols int) int {
	const page, line = 4096, 64
	stride := (cols + unitCols - 1) / unitCols * unitCols
	if d := stride % page; stride >= page/2 && min(d, page-d) < line {
		stride += 2 * line
	}
	return stride
}

// copyQ copies rows of cols activations to the scratch, stride apart, the gaps
// zero.
func (x *ternaryScratch) copyQ(q []int8, cols, stride int) []int8 {
	rows := len(q) / cols
	if cap(x.q) < rows*stride {
		x.q = make([]int8, rows*stride)
	}
	out := x.q[:rows*stride]
	for i := range rows {
		row := out[i*stride : (i+1)*stride]
		clear(row[copy(row, q[i*cols:(i+1)*cols]):])
	}
	return out
}
