//go:build !noasm && (amd64 || arm64)

package asm

// fullTile is a microkernel that computes 16 columns, no fewer.
type fullTile = func(k int, a *float32, aRow, aCol int, b *float32, bRow int, c *float32, ldc, accumulate int)

// fullWidth is its width, fullHeight the most rows of one.
const fullWidth, fullHeight = 16, 6

// full runs a microkernel that has no masks: a narrower tile goes through a full
// one beside C.
func (t *gemmTile) full(tile fullTile) {
	if t.cols == fullWidth {
		tile(t.k, t.a, t.aRow, t.aCol, t.b, t.bRow, t.c, t.ldc, t.accumulate)
		return
	}
	c := span(t.c, (t.rows-1)*t.ldc+t.cols)
	if t.accumulate != 0 {
		for i := range t.rows {
			copy(t.edge[i*fullWidth:], c[i*t.ldc:][:t.cols])
		}
	}
	tile(t.k, t.a, t.aRow, t.aCol, t.b, t.bRow, &t.edge[0], fullWidth, t.accumulate)
	for i := range t.rows {
		copy(c[i*t.ldc:][:t.cols], t.edge[i*fullWidth:])
	}
}
