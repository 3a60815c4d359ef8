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
	ternarizeRow(g)
}

// ternarizeRow makes weights into crumbs without bytes in between. The crumb t+1
// counts how many of w·u > 0.5 and not w·u < -0.5 are true. A comparison yields 16
// such answers, one bit each, which PDEP spreads over the crumbs of a dword. It keeps
// their order; so the columns are brought, before, into the order in which a dword of
// a unit has them.
func ternarizeRow(g *gen) {
	v := vector{g, "AVX512", 16}
	g.function("ternarizeRowAVX512", "func(panel *byte, x *float32, u float32, n int)",
		"packs a row of n > 0 weights x·u, ternarised: a dword for 16 columns, each 64",
		"bytes from the one before.")
	panel, x, n, u := g.arg("panel"), g.arg("x"), g.arg("n"), v.spread("u")
	order := v.load(v.dwordList("columns", 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15))
	half, minusHalf := v.load(v.floats("half", 0.5)), v.load(v.floats("minusHalf", -0.5))
	each := g.GP32()
	g.MOVL(operand.U32(0x55555555), each)
	rest, count, ones := g.K(), reg.RCX, g.GP64()
	unit := func(w reg.VecVirtual) {
		g.VPERMPS(w, order, w)
		g.VMULPS(u, w, w)
		above, notBelow := g.K(), g.K()
		const lessThan, notLessThan = 0x11, 0x15 // quiet
		g.VCMPPS(imm(lessThan), w, half, above)
		g.VCMPPS(imm(notLessThan), minusHalf, w, notBelow)
		crumbs, more := g.GP32(), g.GP32()
		g.KMOVW(above, crumbs)
		g.KMOVW(notBelow, more)
		g.PDEPL(each, crumbs, crumbs)
		g.PDEPL(each, more, more)
		g.ADDL(more, crumbs)
		g.MOVL(crumbs, at(panel, 0))
	}
	g.SUBQ(imm(16), n)
	g.JL(ref("rest"))
	g.Label("unit")
	unit(v.load(at(x, 0)))
	g.ADDQ(imm(64), x)
	g.ADDQ(imm(64), panel)
	g.SUBQ(imm(16), n)
	g.JGE(ref("unit"))
	g.Label("rest")
	g.MOVQ(n, count)
	g.ADDQ(imm(16), count)
	g.JZ(ref("done"))
	g.MOVQ(operand.U32(1), ones)
	g.SHLQ(reg.CL, ones)
	g.DECQ(ones)
	g.KMOVW(ones.As32(), rest)
	w := v.reg()
	g.VMOVUPS_Z(at(x, 0), rest, w) // the weights beside the matrix are 0
	unit(w)
	g.Label("done")
	g.ret()
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
