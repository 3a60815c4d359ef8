//go:build !noasm

package asm

var gemmNEON = gemmKernel{
	height: fullHeight, width: fullWidth,
	direct:     func(cols int) bool { return cols == fullWidth },
	tile:       func(t *gemmTile) { t.full(tilesNEON[t.rows]) },
	copyRows:   copyRowsNEON,
	transpose:  transposeNEON,
	decode:     decodeRowsNEON,
	dequantize: dequantizeNEON,
}

// The microkernels by height.
var tilesNEON = [7]fullTile{
	1: gemmTile1x16NEON, 2: gemmTile2x16NEON, 3: gemmTile3x16NEON,
	4: gemmTile4x16NEON, 5: gemmTile5x16NEON, 6: gemmTile6x16NEON,
}

func copyRowsNEON(panel, b []float32, ldb, k int) {
	for p := range k {
		copy(panel[p*fullWidth:][:fullWidth], b[p*ldb:])
	}
}

func transposeNEON(panel []float32, width int, b []float32, ldb, cols, k int) {
	whole, fours := k&^3, cols&^3
	for j := 0; j < fours && whole > 0; j += 4 {
		transpose4NEON(&panel[j], width, &b[j*ldb], ldb, whole)
	}
	for j := range cols {
		p := whole
		if j >= fours {
			p = 0
		}
		for ; p < k; p++ {
			panel[p*width+j] = b[j*ldb+p]
		}
	}
}

func decodeRowsNEON(panel []float32, width int, units []byte, panelBytes int, table *[16]float32, k int) {
	decodeNEON(&panel[0], width, &units[0], panelBytes, table[2], k)
}

func dequantizeNEON(x []float32, xRow int, q []int8, qRow int, s []float32, rows, cols int) {
	n := cols &^ 15
	if n > 0 {
		dequantizeRowsNEON(&x[0], xRow, &q[0], qRow, &s[0], rows, n)
	}
	if n < cols {
		dequantizeRowsGo(x[n:], xRow, q[n:], qRow, s, rows, cols-n)
	}
}
