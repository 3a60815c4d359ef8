package asm

import (
	"bytes"
	"math"
	"sync"
)

// PanelRows is the height of a panel of packed ternary rows. Slices of a Ternary
// begin at a multiple of it.
const PanelRows = 16

// unitCols is the number of columns that one 64-byte unit of a panel holds.
const unitCols = 16

// Ternary is a matrix of weights -1, 0, +1 at two bits each.
//
// A weight t is stored as the crumb t+1, so that it can be the unsigned side of
// a dot-product instruction: Σ q·t = Σ q·(t+1) - Σ q. The rows lie in panels of
// 16, a panel in units of 16 rows × 16 columns, a unit in 64 bytes: byte 4r+b
// holds, for row r, the columns b, 4+b, 8+b and 12+b, lowest bits first. So one
// 64-byte load under the mask 3<<2s yields, for all 16 rows, the four
// neighbouring columns 4s..4s+3. Rows and columns that pad the last panel and
// unit hold the weight 0.
type Ternary struct {
	Rows, Cols int
	Data       []byte
}

// NewTernary returns a matrix of zero weights. It panics with SizeError beyond 2³⁶
// of them.
func NewTernary(rows, cols int) *Ternary {
	const op = "NewTernary"
	w := &Ternary{Rows: rows, Cols: cols}
	w.checkShape(op)
	if cols > 0 && rows > mostWeights/cols {
		panic(SizeError{op, "rows", rows, atMost(mostWeights / cols)})
	}
	w.Data = bytes.Repeat([]byte{0x55}, w.panels()*w.panelBytes()) // four crumbs of t+1 = 1
	return w
}

func (w *Ternary) panels() int     { return (w.Rows + PanelRows - 1) / PanelRows }
func (w *Ternary) units() int      { return (w.Cols + unitCols - 1) / unitCols }
func (w *Ternary) panelBytes() int { return w.units() * 64 }

// Pack stores the Rows×Cols weights t, row-major, each -1, 0 or +1.
func (w *Ternary) Pack(t []int8) {
	w.check("Ternary.Pack")
	needLen("Ternary.Pack", "t", len(t), w.Rows*w.Cols)
	if w.Cols == 0 {
		return
	}
	for p := range w.panels() {
		panel := w.Data[p*w.panelBytes() : (p+1)*w.panelBytes()]
		active.packPanel(panel, t[p*PanelRows*w.Cols:], min(PanelRows, w.Rows-p*PanelRows), w.Cols)
	}
}

// Quantize stores Ternarize(x, gamma), panel by panel, and needs no int8 copy of
// the weights x, row-major, of length Rows·Cols.
func (w *Ternary) Quantize(x []float32, gamma float32) {
	const op = "Ternary.Quantize"
	w.check(op)
	needLen(op, "x", len(x), w.Rows*w.Cols)
	if w.Rows == 0 || w.Cols == 0 {
		return
	}
	u := 1 / max(gamma, scaleFloor)
	if active.ternarizeRow != nil {
		for i := range w.Rows {
			active.ternarizeRow(w.Data[i/PanelRows*w.panelBytes()+i%PanelRows*4:], x[i*w.Cols:(i+1)*w.Cols], u)
		}
		return
	}
	scratch := codesPool.Get().(*[]int8)
	defer codesPool.Put(scratch)
	if len(*scratch) < PanelRows*w.Cols {
		*scratch = make([]int8, PanelRows*w.Cols)
	}
	for p := range w.panels() {
		rows := min(PanelRows, w.Rows-p*PanelRows)
		t := (*scratch)[:rows*w.Cols]
		active.ternarize(t, x[p*PanelRows*w.Cols:][:len(t)], u)
		active.packPanel(w.Data[p*w.panelBytes():(p+1)*w.panelBytes()], t, rows, w.Cols)
	}
}

// codesPool holds the int8 weights of a panel on their way to two bits.
var codesPool = sync.Pool{New: func() any { return new([]int8) }}

// packPanelGo packs up to 16 rows of weights that lie one after the other.
func packPanelGo(panel []byte, t []int8, rows, cols int) {
	packColumnsGo(panel, t, rows, cols, 0)
}

// packColumnsGo packs the columns from the first one on, a multiple of unitCols.
func packColumnsGo(panel []byte, t []int8, rows, cols, first int) {
	for r := range rows {
		row := t[r*cols : (r+1)*cols]
		for k := first; k < cols; k += unitCols {
			unit := panel[k*4+r*4:][:4]
			for b := range unit {
				code := byte(0x55)
				for s := range 4 {
					if c := k + 4*s + b; c < cols {
						code += byte(row[c]) << (2 * s)
					}
				}
				unit[b] = code
			}
		}
	}
}

// Unpack writes the Rows×Cols weights to t, row-major.
func (w *Ternary) Unpack(t []int8) {
	w.check("Ternary.Unpack")
	needLen("Ternary.Unpack", "t", len(t), w.Rows*w.Cols)
	if w.Cols == 0 {
		return
	}
	for p := range w.panels() {
		panel := w.Data[p*w.panelBytes() : (p+1)*w.panelBytes()]
		active.unpack(t[p*PanelRows*w.Cols:], panel, min(PanelRows, w.Rows-p*PanelRows), w.Cols)
	}
}

// unpackPanelGo unpacks up to 16 rows, one after the other.
func unpackPanelGo(t []int8, panel []byte, rows, cols int) {
	unpackColumnsGo(t, panel, rows, cols, 0)
}

// unpackColumnsGo unpacks the columns from the first one on, a multiple of
// unitCols.
func unpackColumnsGo(t []int8, panel []byte, rows, cols, first int) {
	for r := range rows {
		row := t[r*cols : (r+1)*cols]
		for k := first; k < cols; k++ {
			u, c := k/unitCols, k%unitCols
			row[k] = int8(panel[u*64+r*4+c%4]>>(c/4*2)&3) - 1
		}
	}
}

// Slice returns a view of the rows r0 to r1. r0 must be a multiple of PanelRows
// (16), and r1 too unless it is the last row's end: panels are not cut.
func (w *Ternary) Slice(r0, r1 int) Ternary {
	w.check("Ternary.Slice")
	switch {
	case r0 < 0:
		panic(SizeError{"Ternary.Slice", "r0", r0, atLeast(0)})
	case r1 < r0:
		panic(SizeError{"Ternary.Slice", "r1", r1, atLeast(r0)})
	case r1 > w.Rows:
		panic(SizeError{"Ternary.Slice", "r1", r1, atMost(w.Rows)})
	case r0%PanelRows != 0 && r0 != w.Rows:
		panic(SizeError{"Ternary.Slice", "r0", r0, multipleOf(PanelRows)})
	case r1%PanelRows != 0 && r1 != w.Rows:
		panic(SizeError{"Ternary.Slice", "r1", r1, multipleOf(PanelRows)})
	}
	v := Ternary{Rows: r1 - r0, Cols: w.Cols}
	first := (r0 + PanelRows - 1) / PanelRows
	v.Data = w.Data[first*w.panelBytes():][:v.panels()*v.panelBytes()]
	return v
}

// mostWeights is 16 GiB of them: more is a mistake, and would end the process.
const mostWeights = min(1<<36, math.MaxInt>>8)

func (w *Ternary) checkShape(op string) {
	for _, d := range []struct {
		name string
		size int
	}{{"Rows", w.Rows}, {"Cols", w.Cols}} {
		if d.size < 0 {
			panic(SizeError{op, d.name, d.size, atLeast(0)})
		}
		if d.size > mostWeights {
			panic(SizeError{op, d.name, d.size, atMost(mostWeights)})
		}
	}
}

// check panics unless Data holds the matrix (a Ternary is a plain struct that
// anyone can fill in).
func (w *Ternary) check(op string) {
	w.checkShape(op)
	if w.Rows > 0 && w.Cols > 0 {
		needMatrix(op, "Data", len(w.Data), w.panels(), w.panelBytes(), w.panelBytes())
	}
}

// Ternarize sets t[i] = clamp(round(w[i]·u), -1, 1) with u = 1/max(gamma, 1e-5),
// rounding half to even (weight_quant of "The Era of 1-bit LLMs: Training Tips,
// Code and FAQ"; gamma is the AbsMean of the weights). NaN becomes 0.
//
//	for i := range w { t[i] = +1 if w[i]·u > 0.5, -1 if w[i]·u < -0.5, else 0 }
func Ternarize(t []int8, w []float32, gamma float32) {
	needLen("Ternarize", "t", len(t), len(w))
	u := 1 / max(gamma, scaleFloor)
	active.ternarize(t[:len(w)], w, u)
}

// scaleFloor keeps scales finite: the 1e-5 of the paper.
const scaleFloor float32 = 1e-5

// ternarizeGo needs no rounding: half goes to even, so ±0.5 is 0, and everything
// beyond ±1.5 is clamped.
func ternarizeGo(t []int8, w []float32, u float32) {
	for i, v := range w {
		var q int8
		if v := float32(v * u); v > 0.5 {
			q = 1
		} else if v < -0.5 {
			q = -1
		}
		t[i] = q
	}
}
