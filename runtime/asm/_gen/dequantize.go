package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// dequantize makes the ways back: from packed weights to int8 and float32, and
// from int8 activations to float32.
func dequantize(g *gen) {
	unpackPanel(g)
	for _, v := range g.widths() {
		decode(v)
		dequantizeRows(v)
	}
}

// unpackPanel makes the inverse of packPanel: a shift and a mask yield the dwords
// of columns 4s..4s+3 of eight rows, a 4×4 transpose of dwords the rows.
func unpackPanel(g *gen) {
	v := vector{g, "AVX2", 8}
	g.function("unpackPanelAVX2", "func(t *int8, cols int, panel *byte, units int)",
		"unpacks units of 16 columns of 16 rows to rows that lie cols apart.")
	t, cols, panel, units := g.arg("t"), g.arg("cols"), g.arg("panel"), g.arg("units")
	crumbs, one := v.load(v.dwords("crumbs", 0x03030303)), v.load(v.dwords("ones8", 0x01010101))
	rows := g.GP64()
	far := g.GP64() // from a row to the one four below, which shares its registers
	g.Label("unit")
	g.MOVQ(t, rows)
	g.LEAQ(operand.Mem{Base: rows, Index: cols, Scale: 4}, far)
	for half := range 2 {
		raw := v.load(at(panel, 32*half))
		var s [4]reg.VecVirtual
		for i := range s {
			s[i] = v.reg()
			g.VPAND(crumbs, raw, s[i])
			g.VPSUBB(one, s[i], s[i])
			if i < 3 {
				g.VPSRLD(imm(2), raw, raw)
			}
		}
		var a, out [4]reg.VecVirtual
		for i := range a {
			a[i], out[i] = v.reg(), v.reg()
		}
		g.VPUNPCKLDQ(s[1], s[0], a[0])
		g.VPUNPCKLDQ(s[3], s[2], a[1])
		g.VPUNPCKHDQ(s[1], s[0], a[2])
		g.VPUNPCKHDQ(s[3], s[2], a[3])
		g.VPUNPCKLQDQ(a[1], a[0], out[0])
		g.VPUNPCKHQDQ(a[1], a[0], out[1])
		g.VPUNPCKLQDQ(a[3], a[2], out[2])
		g.VPUNPCKHQDQ(a[3], a[2], out[3])
		for i := range out { // rows i and i+4
			g.VMOVDQU(out[i].AsX(), at(rows, 0))
			g.VEXTRACTI128(imm(1), out[i], at(far, 0))
			g.ADDQ(cols, rows)
			g.ADDQ(cols, far)
		}
		if half == 0 {
			g.MOVQ(far, rows)
			g.LEAQ(operand.Mem{Base: rows, Index: cols, Scale: 4}, far)
		}
	}
	g.ADDQ(imm(64), panel)
	g.ADDQ(imm(16), t)
	g.DECQ(units)
	g.JNZ(ref("unit"))
	g.ret()
}

// decode makes the float32 form of a column of units. A row's dword is spread
// over the lanes, each lane shifts its own crumb down, and a permutation of the
// table {-γ, 0, γ, 0} looks its value up. The permutation heeds only the lowest
// bits of an index, so with a table that repeats itself nothing need be masked.
func decode(v vector) {
	v.function("decode"+v.suffix, "func(x *float32, xRow int, unit *byte, panelBytes int, table *float32, rows int)",
		"writes 16 columns of rows rows, from a unit and those panelBytes on, to x,",
		"whose rows lie xRow elements apart. table is {-γ, 0, γ, 0} four times.")
	x, xRow := v.arg("x"), v.arg("xRow")
	unit, panelBytes, table, rows := v.arg("unit"), v.arg("panelBytes"), v.arg("table"), v.arg("rows")
	v.SHLQ(imm(2), xRow)
	shifts := v.dwordList("shifts", 0, 8, 16, 24, 2, 10, 18, 26, 4, 12, 20, 28, 6, 14, 22, 30)
	var shift []reg.VecVirtual
	for part := range 16 / v.lanes {
		shift = append(shift, v.load(shifts.Offset(part*v.lanes*4)))
	}
	values := v.load(at(table, 0))
	v.Label("panel")
	dword, value := v.reg(), v.reg()
	for r := range 16 {
		v.VPBROADCASTD(at(unit, 4*r), dword)
		for part := range shift {
			v.VPSRLVD(shift[part], dword, value)
			v.VPERMPS(values, value, value)
			v.VMOVUPS(value, at(x, part*v.lanes*4))
		}
		v.DECQ(rows)
		v.JZ(ref("done"))
		v.ADDQ(xRow, x)
	}
	v.ADDQ(panelBytes, unit)
	v.JMP(ref("panel"))
	v.Label("done")
	v.ret()
}

// dequantizeRows makes x = q/s.
func dequantizeRows(v vector) {
	v.function("dequantizeRows"+v.suffix, "func(x *float32, xRow int, q *int8, qRow int, s *float32, rows, n int)",
		"sets x = q/s for n columns, a multiple of the vector, of each row. Rows lie",
		"xRow and qRow elements apart.")
	x, xRow, q, qRow := v.arg("x"), v.arg("xRow"), v.arg("q"), v.arg("qRow")
	s, rows, n := v.arg("s"), v.arg("rows"), v.arg("n")
	v.SHLQ(imm(2), xRow)
	i := v.GP64()
	scale, value := v.reg(), v.reg()
	v.Label("row")
	v.VBROADCASTSS(at(s, 0), scale)
	v.XORQ(i, i)
	v.Label("turn")
	v.VPMOVSXBD(mem(q, i, 1, 0), value)
	v.VCVTDQ2PS(value, value)
	v.VDIVPS(scale, value, value)
	v.VMOVUPS(value, mem(x, i, 4, 0))
	v.ADDQ(imm(v.lanes), i)
	v.CMPQ(i, n)
	v.JL(ref("turn"))
	v.ADDQ(imm(4), s)
	v.ADDQ(xRow, x)
	v.ADDQ(qRow, q)
	v.DECQ(rows)
	v.JNZ(ref("row"))
	v.ret()
}
