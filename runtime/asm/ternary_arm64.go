//go:build !noasm

package asm

// The ternary product with the dot-product instructions of ARMv8.2, and without.
var (
	ternaryNEONDot = ternaryKernel{height: 4, panels: 1, tile: ternaryTileNEONDot, sum: sumInt8(sumBytesNEON)}
	ternaryNEON    = ternaryKernel{height: 2, panels: 1, tile: ternaryTileNEON, sum: sumInt8(sumBytesNEON)}
)

// The microkernels by height.
var (
	ternaryTilesNEONDot = [5]fullTernary{
		1: ternaryTile1x16NEONDot, 2: ternaryTile2x16NEONDot, 3: ternaryTile3x16NEONDot, 4: ternaryTile4x16NEONDot,
	}
	ternaryTilesNEON = [3]fullTernary{1: ternaryTile1x16NEON, 2: ternaryTile2x16NEON}
)

func ternaryTileNEONDot(t *ternaryTile) { t.full(ternaryTilesNEONDot[t.rows]) }

func ternaryTileNEON(t *ternaryTile) { t.full(ternaryTilesNEON[t.rows]) }
