//go:build !noasm

package asm

var ternaryAVX512 = ternaryKernel{height: 14, panels: 2, tile: ternaryTileAVX512, vector: ternaryVectorAVX512, vectorPanels: 4, vectorRows: 2, sum: sumInt8(sumBytesAVX2)}

// ternaryVNNI is for CPUs with AVX-VNNI but not AVX-512.
var ternaryVNNI = ternaryKernel{height: 5, panels: 1, tile: ternaryTileVNNI, sum: sumInt8(sumBytesAVX2)}

var ternaryAVX2 = ternaryKernel{height: 4, panels: 1, tile: ternaryTileAVX2, vector: ternaryVectorAVX2, vectorPanels: 2, vectorRows: 1, sum: sumInt8(sumBytesAVX2)}

type ternaryFuncAVX512 = func(units int, q *int8, qRow int, w *byte, wPanel int, start *int32, scale *float32, y *float32, ldy int, mask uint32)

// The microkernels by height, and on AVX-512 by one or two panels.
var (
	ternaryTilesAVX512 = [15][2]ternaryFuncAVX512{
		1:  {ternaryTile1x16AVX512, ternaryTile1x32AVX512},
		2:  {ternaryTile2x16AVX512, ternaryTile2x32AVX512},
		3:  {ternaryTile3x16AVX512, ternaryTile3x32AVX512},
		4:  {ternaryTile4x16AVX512, ternaryTile4x32AVX512},
		5:  {ternaryTile5x16AVX512, ternaryTile5x32AVX512},
		6:  {ternaryTile6x16AVX512, ternaryTile6x32AVX512},
		7:  {ternaryTile7x16AVX512, ternaryTile7x32AVX512},
		8:  {ternaryTile8x16AVX512, ternaryTile8x32AVX512},
		9:  {ternaryTile9x16AVX512, ternaryTile9x32AVX512},
		10: {ternaryTile10x16AVX512, ternaryTile10x32AVX512},
		11: {ternaryTile11x16AVX512, ternaryTile11x32AVX512},
		12: {ternaryTile12x16AVX512, ternaryTile12x32AVX512},
		13: {ternaryTile13x16AVX512, ternaryTile13x32AVX512},
		14: {ternaryTile14x16AVX512, ternaryTile14x32AVX512},
	}
	ternaryTilesVNNI = [6]fullTernary{
		1: ternaryTile1x16VNNI, 2: ternaryTile2x16VNNI, 3: ternaryTile3x16VNNI, 4: ternaryTile4x16VNNI, 5: ternaryTile5x16VNNI,
	}
	ternaryTilesAVX2 = [5]fullTernary{
		1: ternaryTile1x16AVX2, 2: ternaryTile2x16AVX2, 3: ternaryTile3x16AVX2, 4: ternaryTile4x16AVX2,
	}
)

// The kernels for one row by panels.
var ternaryVectorsAVX512 = [5]func(units int, q *int8, w *byte, wPanel int, start int32, scale float32, y *float32, mask uint32){
	1: ternaryVector1AVX512, 2: ternaryVector2AVX512, 3: ternaryVector3AVX512, 4: ternaryVector4AVX512,
}

func ternaryVectorAVX512(t *ternaryTile) {
	last := (t.cols - 1) / PanelRows
	mask := uint32(1)<<(t.cols-PanelRows*last) - 1
	ternaryVectorsAVX512[last+1](t.units, t.q, t.w, t.panelBytes, *t.start, *t.scale, t.y, mask)
}

func ternaryTileAVX512(t *ternaryTile) {
	second := (t.cols - 1) / PanelRows
	mask := uint32(1)<<(t.cols-PanelRows*second) - 1
	ternaryTilesAVX512[t.rows][second](t.units, t.q, t.qRow, t.w, t.panelBytes, t.start, t.scale, t.y, t.ldy, mask)
}

func ternaryTileVNNI(t *ternaryTile) { t.full(ternaryTilesVNNI[t.rows]) }

func ternaryTileAVX2(t *ternaryTile) { t.full(ternaryTilesAVX2[t.rows]) }

// ternaryVectorAVX2 has two panels at once, and without masks.
func ternaryVectorAVX2(t *ternaryTile) {
	if t.cols <= PanelRows {
		t.full(ternaryTile1x16AVX2)
		return
	}
	y := t.y
	if t.cols < 2*PanelRows {
		y = &t.edge[0]
	}
	ternaryVector2AVX2(t.units, t.q, t.w, t.panelBytes, *t.start, *t.scale, y)
	if t.cols < 2*PanelRows {
		copy(span(t.y, t.cols), t.edge[:])
	}
}
