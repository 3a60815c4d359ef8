//go:build !noasm

package asm

var gemmAVX512 = gemmKernel{
	height: 14, width: 32,
	direct:     func(int) bool { return true }, // tiles mask the columns they load
	tile:       gemmTileAVX512,
	copyRows:   func(panel, b []float32, ldb, k int) { copyRowsAVX512(&panel[0], &b[0], ldb, k) },
	transpose:  transposeAVX512,
	decode:     decodeWide,
	dequantize: dequantizeRowsWide,
	swap: func(dst []float32, dstRow int, src []float32, ld, rows, k int) {
		transpose16AVX512(&dst[0], dstRow, &src[0], ld, rows, k)
	},
}

var gemmAVX2 = gemmKernel{
	height: 6, width: 16,
	direct:     func(cols int) bool { return cols == 16 },
	tile:       gemmTileAVX2,
	copyRows:   func(panel, b []float32, ldb, k int) { copyRowsAVX2(&panel[0], &b[0], ldb, k) },
	transpose:  transposeAVX2,
	decode:     decodeAVX,
	dequantize: dequantizeRowsAVX,
}

type tileAVX512 = func(k int, a *float32, aRow, aCol int, b *float32, bRow int, c *float32, ldc, accumulate int, mask uint32, next *float32)

// The microkernels by height, and on AVX-512 by 16 or 32 columns.
var (
	tilesAVX512 = [15][2]tileAVX512{
		1:  {gemmTile1x16AVX512, gemmTile1x32AVX512},
		2:  {gemmTile2x16AVX512, gemmTile2x32AVX512},
		3:  {gemmTile3x16AVX512, gemmTile3x32AVX512},
		4:  {gemmTile4x16AVX512, gemmTile4x32AVX512},
		5:  {gemmTile5x16AVX512, gemmTile5x32AVX512},
		6:  {gemmTile6x16AVX512, gemmTile6x32AVX512},
		7:  {gemmTile7x16AVX512, gemmTile7x32AVX512},
		8:  {gemmTile8x16AVX512, gemmTile8x32AVX512},
		9:  {gemmTile9x16AVX512, gemmTile9x32AVX512},
		10: {gemmTile10x16AVX512, gemmTile10x32AVX512},
		11: {gemmTile11x16AVX512, gemmTile11x32AVX512},
		12: {gemmTile12x16AVX512, gemmTile12x32AVX512},
		13: {gemmTile13x16AVX512, gemmTile13x32AVX512},
		14: {gemmTile14x16AVX512, gemmTile14x32AVX512},
	}
	tilesAVX2 = [7]fullTile{
		1: gemmTile1x16AVX2, 2: gemmTile2x16AVX2, 3: gemmTile3x16AVX2,
		4: gemmTile4x16AVX2, 5: gemmTile5x16AVX2, 6: gemmTile6x16AVX2,
	}
)

func gemmTileAVX512(t *gemmTile) {
	wide := (t.cols - 1) / 16
	mask := uint32(1)<<(t.cols-16*wide) - 1
	tilesAVX512[t.rows][wide](t.k, t.a, t.aRow, t.aCol, t.b, t.bRow, t.c, t.ldc, t.accumulate, mask, t.next)
}

func gemmTileAVX2(t *gemmTile) { t.full(tilesAVX2[t.rows]) }

func transposeAVX512(panel []float32, width int, b []float32, ldb, cols, k int) {
	for j := 0; j < cols; j += 16 {
		transpose16AVX512(&panel[j], width, &b[j*ldb], ldb, min(16, cols-j), k)
	}
}

func transposeAVX2(panel []float32, width int, b []float32, ldb, cols, k int) {
	whole := k &^ 7
	for j := 0; j < cols && whole > 0; j += 8 {
		transpose8AVX2(&panel[j], width, &b[j*ldb], ldb, min(8, cols-j), whole)
	}
	for j := range cols {
		for p := whole; p < k; p++ {
			panel[p*width+j] = b[j*ldb+p]
		}
	}
}

func decodeAVX(panel []float32, width int, units []byte, panelBytes int, table *[16]float32, k int) {
	decodeAVX2(&panel[0], width, &units[0], panelBytes, &table[0], k)
}

func decodeWide(panel []float32, width int, units []byte, panelBytes int, table *[16]float32, k int) {
	decodeAVX512(&panel[0], width, &units[0], panelBytes, &table[0], k)
}

func dequantizeRowsAVX(x []float32, xRow int, q []int8, qRow int, s []float32, rows, cols int) {
	n := cols &^ 7
	if n > 0 {
		dequantizeRowsAVX2(&x[0], xRow, &q[0], qRow, &s[0], rows, n)
	}
	if n < cols {
		dequantizeRowsGo(x[n:], xRow, q[n:], qRow, s, rows, cols-n)
	}
}

func dequantizeRowsWide(x []float32, xRow int, q []int8, qRow int, s []float32, rows, cols int) {
	n := cols &^ 15
	if n > 0 {
		dequantizeRowsAVX512(&x[0], xRow, &q[0], qRow, &s[0], rows, n)
	}
	if n < cols {
		dequantizeRowsAVX(x[n:], xRow, q[n:], qRow, s, rows, cols-n)
	}
}
