//go:build !noasm && (amd64 || arm64)

package asm

// fullTernary is a microkernel that computes one whole panel of columns.
type fullTernary = func(units int, q *int8, qRow int, w *byte, start *int32, scale *float32, y *float32, ldy int)

// full runs a microkernel that has no masks: where fewer columns are wanted, the
// tile goes through a full one beside y.
func (t *ternaryTile) full(tile fullTernary) {
	if t.cols == PanelRows {
		tile(t.units, t.q, t.qRow, t.w, t.start, t.scale, t.y, t.ldy)
		return
	}
	tile(t.units, t.q, t.qRow, t.w, t.start, t.scale, &t.edge[0], PanelRows)
	y := span(t.y, (t.rows-1)*t.ldy+t.cols)
	for i := range t.rows {
		copy(y[i*t.ldy:][:t.cols], t.edge[i*PanelRows:])
	}
}
