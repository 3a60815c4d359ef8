package asm

// denseB is a float32 matrix: B[p,j] is b[p·row + j·col].
type denseB struct {
	b        []float32
	row, col int
}

func (d *denseB) place(p0, j int) (*float32, int) {
	if d.col != 1 {
		return nil, 0
	}
	return &d.b[p0*d.row+j], d.row
}

func (d *denseB) pack(g *gemmKernel, panel []float32, p0, k, j, cols int) {
	b := d.b[p0*d.row+j*d.col:]
	if d.col != 1 {
		g.transpose(panel, g.width, b, d.col, cols, k)
		return
	}
	if cols == g.width {
		g.copyRows(panel, b, d.row, k)
		return
	}
	for p := range k {
		copy(panel[p*g.width:][:cols], b[p*d.row:])
	}
}

// ternaryB is t·γ, its columns from first on.
type ternaryB struct {
	w     *Ternary
	first int // a multiple of unitCols
	table [16]float32
}

func (*ternaryB) place(int, int) (*float32, int) { return nil, 0 }

func (b *ternaryB) pack(g *gemmKernel, panel []float32, p0, k, j, cols int) {
	bytes := b.w.panelBytes()
	for u := 0; u < cols; u += unitCols {
		at := p0/PanelRows*bytes + (b.first+j+u)*4
		g.decode(panel[u:], g.width, b.w.Data[at:], bytes, &b.table, k)
	}
}

// ternaryTable is what the crumbs 0, 1, 2 stand for, four times over.
func ternaryTable(gamma float32) (table [16]float32) {
	for i := 0; i < 16; i += 4 {
		table[i], table[i+1], table[i+2] = -gamma, 0*gamma, gamma // 0·γ: NaN stays NaN
	}
	return table
}

// int8B is q/s with a scale for each row.
type int8B struct {
	q   []int8
	ldq int
	s   []float32
}

func (*int8B) place(int, int) (*float32, int) { return nil, 0 }

func (b *int8B) pack(g *gemmKernel, panel []float32, p0, k, j, cols int) {
	g.dequantize(panel, g.width, b.q[p0*b.ldq+j:], b.ldq, b.s[p0:], k, cols)
}
