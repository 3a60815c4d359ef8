//go:build !purego

package asm

// The ternary product with the dot-product instructions of ARMv8.2, and without.
var (
	ternaryNEONDot = ternaryKernel{height: 4, panels: 1, tile: ternaryTileNEONDot, sum: sumInt8(sumBytesNEON)}
	ternaryNEON    = ternaryKernel{height: 2, panels: 1, tile: ternaryTileNEON, sum: sumInt8(sumBytesNEON)}
)

// The microkernels by height.
var (
	ternaryTilesNEONDot = [5]ternaryFuncNEON{
		1: ternaryTile1x16NEONDot, 2: ternaryTile2x16NEONDot, 3: ternaryTile3x16NEONDot, 4: ternaryTile4x16NEONDot,
	}
	ternaryTilesNEON = [3]ternaryFuncNEON{1: ternaryTile1x16NEON, 2: ternaryTile2x16NEON}
)

type ternaryFuncNEON = func(units int, q *int8, qRow int, w *byte, start *int32, scale *float32, y *float32, ldy int)

func ternaryTileNEONDot(t *ternaryTile) {
	t.full(func(t *ternaryTile, y *float32, ldy int) {
		ternaryTilesNEONDot[t.rows](t.units, t.q, t.qRow, t.w, t.start, t.scale, y, ldy)
	})
}

func ternaryTileNEON(t *ternaryTile) {
	t.full(func(t *ternaryTile, y *float32, ldy int) {
		ternaryTilesNEON[t.rows](t.units, t.q, t.qRow, t.w, t.start, t.scale, y, ldy)
	})
}
