package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// quantize makes the steps from float32 to int8, ternary and packed weights.
func quantize(g *gen) {
	v := vector{g, "AVX2", 8}

	g.function("quantizeAVX2", "func(q *int8, x *float32, s float32, n int)", "sets q = round(x·s), half to even, n a multiple of 32.")
	q, x, s := g.arg("q"), g.arg("x"), v.spread("s")
	order := v.load(v.dwordList("order", 0, 4, 1, 5, 2, 6, 3, 7))
	v.each(32, func(i reg.GPVirtual) {
		var part [4]reg.VecVirtual
		for h := range part {
			part[h] = v.reg()
			g.VMULPS(mem(x, i, 4, 32*h), s, part[h])
			g.VCVTPS2DQ(part[h], part[h])
		}
		v.toBytes(part, order)
		g.VMOVDQU(part[0], mem(q, i, 1, 0))
	})
	g.ret()

	g.function("quantizeAVX512", "func(q *int8, x *float32, s float32, n int)", "sets q = round(x·s), half to even, n a multiple of 16.")
	wide := vector{g, "AVX512", 16}
	q, x, s = g.arg("q"), g.arg("x"), wide.spread("s")
	wide.each(16, func(i reg.GPVirtual) {
		r := wide.reg()
		g.VMULPS(mem(x, i, 4, 0), s, r)
		g.VCVTPS2DQ(r, r)
		g.VPMOVSDB(r, mem(q, i, 1, 0))
	})
	g.ret()

	g.function("quantizeScaledAVX512", "func(q *int8, x *float32, rstd, s float32, n int)", "sets q = round(x·rstd·s), half to even, n a multiple of 16.")
	q, x = g.arg("q"), g.arg("x")
	factor, wideS := wide.spread("rstd"), wide.spread("s")
	wide.each(16, func(i reg.GPVirtual) {
		r := wide.reg()
		g.VMULPS(mem(x, i, 4, 0), factor, r)
		g.VMULPS(r, wideS, r)
		g.VCVTPS2DQ(r, r)
		g.VPMOVSDB(r, mem(q, i, 1, 0))
	})
	g.ret()

	g.function("quantizeScaledAVX2", "func(q *int8, x *float32, rstd, s float32, n int)", "sets q = round(x·rstd·s), half to even, n a multiple of 32.")
	q, x = g.arg("q"), g.arg("x")
	rstd := v.spread("rstd")
	s = v.spread("s")
	order = v.load(v.dwordList("order", 0, 4, 1, 5, 2, 6, 3, 7))
	v.each(32, func(i reg.GPVirtual) {
		var part [4]reg.VecVirtual
		for h := range part {
			part[h] = v.reg()
			g.VMULPS(mem(x, i, 4, 32*h), rstd, part[h])
			g.VMULPS(part[h], s, part[h])
			g.VCVTPS2DQ(part[h], part[h])
		}
		v.toBytes(part, order)
		g.VMOVDQU(part[0], mem(q, i, 1, 0))
	})
	g.ret()

	g.function("ternarizeAVX2", "func(t *int8, w *float32, u float32, n int)", "sets t = ±1 where ±w·u > 0.5, else 0, n a multiple of 32.")
	t, w, u := g.arg("t"), g.arg("w"), v.spread("u")
	order = v.load(v.dwordList("order", 0, 4, 1, 5, 2, 6, 3, 7))
	half, minusHalf := v.load(v.floats("half", 0.5)), v.load(v.floats("minusHalf", -0.5))
	v.each(32, func(i reg.GPVirtual) {
		var part [4]reg.VecVirtual
		above := v.reg()
		for h := range part {
			part[h] = v.reg()
			g.VMULPS(mem(w, i, 4, 32*h), u, part[h])
			const lessThan = 0x11 // quiet; true is -1
			g.VCMPPS(imm(lessThan), part[h], half, above)
			g.VCMPPS(imm(lessThan), minusHalf, part[h], part[h])
			g.VPSUBD(above, part[h], part[h])
		}
		v.toBytes(part, order)
		g.VMOVDQU(part[0], mem(t, i, 1, 0))
	})
	g.ret()

	packPanel(g)
}

// toBytes narrows 32 dwords to bytes in part[0]. The packs work inside 128-bit
// lanes; order brings the dwords of the result back into line.
func (v vector) toBytes(part [4]reg.VecVirtual, order reg.VecVirtual) {
	v.VPACKSSDW(part[1], part[0], part[0])
	v.VPACKSSDW(part[3], part[2], part[2])
	v.VPACKSSWB(part[2], part[0], part[0])
	v.VPERMD(part[0], order, part[0])
}

// packPanel makes the packing of 16 whole rows of ternary weights. A row's 16
// columns become one dword: a shuffle brings the columns b, 4+b, 8+b and 12+b
// together, two multiply-adds weigh them by 1, 4, 16 and 64 and add them up.
func packPanel(g *gen) {
	v := vector{g, "AVX2", 8}
	g.function("packPanelAVX2", "func(panel *byte, t *int8, cols, units int)",
		"packs units of 16 columns of 16 rows of t, which lie cols apart.")
	panel, t, cols, units := g.arg("panel"), g.arg("t"), g.arg("cols"), g.arg("units")
	one := v.load(v.dwords("ones8", 0x01010101))
	together := v.load(v.dwordList("together", 0x0c080400, 0x0d090501, 0x0e0a0602, 0x0f0b0703, 0x0c080400, 0x0d090501, 0x0e0a0602, 0x0f0b0703))
	weights := v.load(v.dwords("weights", 0x40100401))
	ones16 := v.load(v.dwords("ones16", 0x00010001))
	order := v.load(v.dwordList("order", 0, 4, 1, 5, 2, 6, 3, 7))
	g.Label("unit")
	rows := g.GP64()
	g.MOVQ(t, rows)
	for half := range 2 {
		var part [4]reg.VecVirtual
		for h := range part {
			part[h] = v.reg()
			// Two rows: their 16 bytes side by side.
			g.VMOVDQU(at(rows, 0), part[h].AsX())
			g.VINSERTI128(imm(1), mem(rows, cols, 1, 0), part[h], part[h])
			g.LEAQ(operand.Mem{Base: rows, Index: cols, Scale: 2}, rows)
			g.VPADDB(one, part[h], part[h])
			g.VPSHUFB(together, part[h], part[h])
			g.VPMADDUBSW(weights, part[h], part[h])
			g.VPMADDWD(ones16, part[h], part[h])
		}
		// Values reach 170: the second narrowing must be unsigned.
		v.VPACKSSDW(part[1], part[0], part[0])
		v.VPACKSSDW(part[3], part[2], part[2])
		v.VPACKUSWB(part[2], part[0], part[0])
		v.VPERMD(part[0], order, part[0])
		g.VMOVDQU(part[0], at(panel, 32*half))
	}
	g.ADDQ(imm(64), panel)
	g.ADDQ(imm(16), t)
	g.DECQ(units)
	g.JNZ(ref("unit"))
	g.ret()
}
