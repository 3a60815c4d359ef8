//go:build !noasm

package asm

import (
	"math"
	"sync"
)

// bf16Scratch holds the rounded operands of one running product, two numbers of
// neighbouring k in a dword.
type bf16Scratch struct {
	a, rows, panel []float32
}

var bf16Pool = sync.Pool{New: func() any { return new(bf16Scratch) }}

func gemmBF16AVX512(s gemmShape, a, b, c []float32) {
	x := bf16Pool.Get().(*bf16Scratch)
	defer bf16Pool.Put(x)
	for p0, p1 := range even(s.k, gemmDepth) {
		accumulate := 0
		if s.accumulate || p0 > 0 {
			accumulate = 1
		}
		for i0, i1 := range even(s.m, gemmRows) {
			x.block(s, i0, i1, p0, p1, accumulate, a, b, c)
		}
	}
}

func (x *bf16Scratch) block(s gemmShape, i0, i1, p0, p1, accumulate int, a, b, c []float32) {
	const height, width = 14, 32
	rows, k := i1-i0, p1-p0
	pairs := (k + 1) / 2
	a = a[i0*s.aRow+p0*s.aCol:]
	var aRow, aCol int
	if s.aCol == 1 {
		aRow, aCol = pairs+gemmPad, 1
		bf16Along(grown(&x.a, rows*aRow), aRow, a, s.aRow, rows, k)
	} else {
		aRow, aCol = 1, rows+gemmPad
		bf16Across(grown(&x.a, pairs*aCol), aCol, a, s.aCol, k, rows)
	}
	panel := grown(&x.panel, pairs*width)
	for j := 0; j < s.n; j += width {
		cols := min(width, s.n-j)
		if from := b[p0*s.bRow+j*s.bCol:]; s.bCol == 1 {
			bf16Across(panel, width, from, s.bRow, k, cols)
		} else {
			along := grown(&x.rows, cols*pairs)
			bf16Along(along, pairs, from, s.bCol, cols, k)
			transposeAVX512(panel, width, along, pairs, cols, pairs)
		}
		wide := (cols - 1) / 16
		mask := uint32(1)<<(cols-16*wide) - 1
		for r0, r1 := range even(rows, height) {
			bf16Tiles[r1-r0][wide](pairs, &x.a[r0*aRow], aRow, aCol, &panel[0], width, &c[(i0+r0)*s.ldc+j], s.ldc, accumulate, mask)
		}
	}
}

// bf16Along rounds rows of k numbers to rows of pairs.
func bf16Along(dst []float32, dstRow int, src []float32, ld, rows, k int) {
	n := k &^ 31
	if n > 0 {
		bf16RowsAVX512(&dst[0], dstRow, &src[0], ld, rows, n)
	}
	for i := range rows {
		for p := n; p < k; p += 2 {
			second := float32(0)
			if p+1 < k {
				second = src[i*ld+p+1]
			}
			dst[i*dstRow+p/2] = bf16Pair(src[i*ld+p], second)
		}
	}
}

// bf16Across rounds k rows of n numbers to rows of pairs, each with the one below.
func bf16Across(dst []float32, dstRow int, src []float32, ld, k, n int) {
	whole, pairs := n&^15, k/2
	if whole > 0 && pairs > 0 {
		bf16PairsAVX512(&dst[0], dstRow, &src[0], ld, pairs, whole)
	}
	for p := 0; p < k; p += 2 {
		j := whole
		if p+1 == k {
			j = 0
		}
		for ; j < n; j++ {
			second := float32(0)
			if p+1 < k {
				second = src[(p+1)*ld+j]
			}
			dst[p/2*dstRow+j] = bf16Pair(src[p*ld+j], second)
		}
	}
}

// bf16Pair is a dword of two bfloat16, the first in its low half.
func bf16Pair(first, second float32) float32 {
	return math.Float32frombits(bf16Bits(second)<<16 | bf16Bits(first))
}

// bf16Bits rounds to the nearest bfloat16, half to even; NaN stays NaN.
func bf16Bits(x float32) uint32 {
	b := math.Float32bits(x)
	if x != x {
		return b>>16 | 1<<6
	}
	return (b + 0x7fff + b>>16&1) >> 16
}

// The microkernels by height, and by 16 or 32 columns.
var bf16Tiles = [15][2]func(k int, a *float32, aRow, aCol int, b *float32, bRow int, c *float32, ldc, accumulate int, mask uint32){
	1:  {bf16Tile1x16AVX512, bf16Tile1x32AVX512},
	2:  {bf16Tile2x16AVX512, bf16Tile2x32AVX512},
	3:  {bf16Tile3x16AVX512, bf16Tile3x32AVX512},
	4:  {bf16Tile4x16AVX512, bf16Tile4x32AVX512},
	5:  {bf16Tile5x16AVX512, bf16Tile5x32AVX512},
	6:  {bf16Tile6x16AVX512, bf16Tile6x32AVX512},
	7:  {bf16Tile7x16AVX512, bf16Tile7x32AVX512},
	8:  {bf16Tile8x16AVX512, bf16Tile8x32AVX512},
	9:  {bf16Tile9x16AVX512, bf16Tile9x32AVX512},
	10: {bf16Tile10x16AVX512, bf16Tile10x32AVX512},
	11: {bf16Tile11x16AVX512, bf16Tile11x32AVX512},
	12: {bf16Tile12x16AVX512, bf16Tile12x32AVX512},
	13: {bf16Tile13x16AVX512, bf16Tile13x32AVX512},
	14: {bf16Tile14x16AVX512, bf16Tile14x32AVX512},
}
