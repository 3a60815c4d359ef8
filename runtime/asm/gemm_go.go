package asm

import "unsafe"

const goWidth = 32

// gemmPureGo is the product in Go: one row at a time, the row's chains side by
// side.
var gemmPureGo = gemmKernel{
	height: 1, width: goWidth,
	direct:     func(int) bool { return true },
	tile:       gemmTileGo,
	copyRows:   copyRowsGo,
	transpose:  transposeGo,
	decode:     decodeGo,
	dequantize: dequantizeRowsGo,
}

func gemmTileGo(t *gemmTile) {
	row := span(t.c, t.cols)
	if t.accumulate == 0 {
		clear(row)
	}
	a, b := span(t.a, (t.k-1)*t.aCol+1), span(t.b, (t.k-1)*t.bRow+t.cols)
	for p := range t.k {
		axpyGo(row, a[p*t.aCol], b[p*t.bRow:][:t.cols])
	}
}

func copyRowsGo(panel, b []float32, ldb, k int) {
	for p := range k {
		copy(panel[p*goWidth:][:goWidth], b[p*ldb:])
	}
}

func transposeGo(panel []float32, width int, b []float32, ldb, cols, k int) {
	for j := range cols {
		for p, v := range b[j*ldb:][:k] {
			panel[p*width+j] = v
		}
	}
}

// span is the n elements that begin at p, which lies in a slice that has them.
func span(p *float32, n int) []float32 { return unsafe.Slice(p, n) }
