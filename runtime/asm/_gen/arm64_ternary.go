package main

import (
	"fmt"
	"math"
)

// neonTernary makes the ternary product and the quantisers for NEON, the product
// with and without the dot-product extension.
func neonTernary(n *neon) {
	for m := 1; m <= 4; m++ {
		neonTernaryDot(n, m)
	}
	for m := 1; m <= 2; m++ {
		neonTernaryPlain(n, m)
	}
	neonSumBytes(n)
	neonQuantize(n)
	neonPack(n)
	neonDequantize(n)
}

var ternaryArgs = []string{
	"units int", "q *int8", "qRow int", "w *byte", "start *int32", "scale *float32", "y *float32", "ldy int",
}

const (
	ternUnits, ternQRow, ternW, ternStart, ternScale, ternY, ternLdy = r(0), r(1), r(2), r(3), r(4), r(5), r(6)
	ternCrumbs                                                       = v(31)
)

// ternaryBegin loads the arguments; the rows of q lie in R8 and on.
func ternaryBegin(n *neon, m int) {
	n.arg("units", ternUnits)
	n.arg("q", 8)
	n.arg("qRow", ternQRow)
	n.arg("w", ternW)
	n.arg("start", ternStart)
	n.arg("scale", ternScale)
	n.arg("y", ternY)
	n.arg("ldy", ternLdy)
	n.line("LSL $2, %s, %s", ternLdy, ternLdy)
	for i := 1; i < m; i++ {
		n.line("ADD %s, %s, %s", ternQRow, r(8+i-1), r(8+i))
	}
	n.constant(ternCrumbs, 0x03030303)
}

// ternaryEnd scales the sums of row i and stores them.
func ternaryEnd(n *neon, m int, sum func(i, j int) v) {
	for i := range m {
		n.loadSpread(30, ternScale)
		for j := range 4 {
			n.two("scvtf.4s", sum(i, j), sum(i, j))
			n.three("fmul.4s", sum(i, j), sum(i, j), 30)
			n.store(sum(i, j), ternY, 16*j)
		}
		n.add(ternScale, 4)
		n.line("ADD %s, %s, %s", ternLdy, ternY, ternY)
	}
	n.ret()
}

// neonTernaryDot takes crumbs as signed bytes: they are small enough.
func neonTernaryDot(n *neon, m int) {
	n.function(fmt.Sprintf("ternaryTile%dx16NEONDot", m),
		fmt.Sprintf("multiplies %d rows with one panel. Sums begin at start[i] and are multiplied by scale[i].", m), ternaryArgs...)
	ternaryBegin(n, m)
	acc := func(i, j int) v { return v(4*i + j) }
	q := func(i int) v { return v(16 + i) }
	const raw, four = v(20), v(21)
	for i := range m {
		n.loadSpread(acc(i, 0), ternStart)
		for j := 1; j < 4; j++ {
			n.two("mov.16b", acc(i, j), acc(i, 0))
		}
		n.add(ternStart, 4)
	}
	n.each(ternUnits, 1, func() {
		for i := range m {
			n.load(q(i), r(8+i), 0)
			n.add(r(8+i), 16)
		}
		for j := range 4 {
			n.load(raw, ternW, 16*j)
			for s := range 4 {
				n.crumbs(four, raw, s)
				for i := range m {
					n.sdot(acc(i, j), four, q(i), s)
				}
			}
		}
		n.add(ternW, 64)
	})
	ternaryEnd(n, m, acc)
}

// crumbs is group s of a unit's crumbs, one a byte.
func (n *neon) crumbs(d, raw v, s int) {
	switch s {
	case 0:
		n.three("and.16b", d, raw, ternCrumbs)
	case 3:
		n.shift("ushr.16b", d, raw, 6)
	default:
		n.shift("ushr.16b", d, raw, 2*s)
		n.three("and.16b", d, d, ternCrumbs)
	}
}

// neonTernaryPlain adds four products, at most 4·2·128, in 16 bits, and pairs of
// those in 32: two registers for every four rows of weights.
func neonTernaryPlain(n *neon, m int) {
	n.function(fmt.Sprintf("ternaryTile%dx16NEON", m),
		fmt.Sprintf("multiplies %d rows with one panel. Sums begin at start[i] and are multiplied by scale[i].", m), ternaryArgs...)
	ternaryBegin(n, m)
	acc := func(i, j, half int) v { return v(8*i + 2*j + half) } // 16 at most
	q := func(i, s int) v { return v(16 + 4*i + s) }             // 8 at most
	const raw, low, high = v(24), v(29), v(30)
	four := func(s int) v { return v(25 + s) }
	for i := range 8 * m {
		n.zero(v(i))
	}
	n.each(ternUnits, 1, func() {
		for i := range m {
			n.load(raw, r(8+i), 0)
			n.add(r(8+i), 16)
			for s := range 4 {
				n.dup(q(i, s), raw, s)
			}
		}
		for j := range 4 {
			n.load(raw, ternW, 16*j)
			for s := range 4 {
				n.crumbs(four(s), raw, s)
			}
			for i := range m {
				n.three("smull.8h", low, four(0), q(i, 0))
				n.three("smull2.8h", high, four(0), q(i, 0))
				for s := 1; s < 4; s++ {
					n.three("smlal.8h", low, four(s), q(i, s))
					n.three("smlal2.8h", high, four(s), q(i, s))
				}
				n.two("sadalp.4s", acc(i, j, 0), low)
				n.two("sadalp.4s", acc(i, j, 1), high)
			}
		}
		n.add(ternW, 64)
	})
	for i := range m {
		n.loadSpread(30, ternStart)
		n.add(ternStart, 4)
		for j := range 4 {
			n.three("addp.4s", acc(i, j, 0), acc(i, j, 0), acc(i, j, 1))
			n.three("add.4s", acc(i, j, 0), acc(i, j, 0), 30)
		}
	}
	ternaryEnd(n, m, func(i, j int) v { return acc(i, j, 0) })
}

func neonSumBytes(n *neon) {
	n.function("sumBytesNEON", "is Σ q, n a multiple of 32.", "q *int8", "n int", "int32")
	n.arg("q", 0)
	n.arg("n", 1)
	n.zero(0)
	n.each(1, 32, func() {
		for i := range v(2) {
			n.load(1+i, 0, 16*int(i))
			n.two("saddlp.8h", 1+i, 1+i)
			n.two("sadalp.4s", 0, 1+i)
		}
		n.add(0, 32)
	})
	n.two("addv.4s", 0, 0)
	n.retW(0)
}

func neonQuantize(n *neon) {
	const q, x, count = r(0), r(1), r(2)
	narrow := func() { // V0..V3 of dwords to V0 of bytes
		n.two("xtn.4h", 0, 0)
		n.two("xtn2.8h", 0, 1)
		n.two("xtn.4h", 2, 2)
		n.two("xtn2.8h", 2, 3)
		n.two("xtn.8b", 0, 0)
		n.two("xtn2.16b", 0, 2)
	}
	n.function("quantizeNEON", "sets q = round(x·s), half to even, n a multiple of 16.", "q *int8", "x *float32", "s float32", "n int")
	n.arg("q", q)
	n.arg("x", x)
	n.spread("s", 16)
	n.arg("n", count)
	n.each(count, 16, func() {
		for i := range v(4) {
			n.load(i, x, 16*int(i))
			n.three("fmul.4s", i, i, 16)
			n.two("fcvtns.4s", i, i)
		}
		narrow()
		n.store(0, q, 0)
		n.add(q, 16)
		n.add(x, 64)
	})
	n.ret()

	n.function("quantizeScaledNEON", "sets q = round(x·rstd·s), half to even, n a multiple of 16.",
		"q *int8", "x *float32", "rstd float32", "s float32", "n int")
	n.arg("q", q)
	n.arg("x", x)
	n.spread("rstd", 17)
	n.spread("s", 16)
	n.arg("n", count)
	n.each(count, 16, func() {
		for i := range v(4) {
			n.load(i, x, 16*int(i))
			n.three("fmul.4s", i, i, 17)
			n.three("fmul.4s", i, i, 16)
			n.two("fcvtns.4s", i, i)
		}
		narrow()
		n.store(0, q, 0)
		n.add(q, 16)
		n.add(x, 64)
	})
	n.ret()

	n.function("ternarizeNEON", "sets t = ±1 where ±w·u > 0.5, else 0, n a multiple of 16.", "t *int8", "w *float32", "u float32", "n int")
	n.arg("t", q)
	n.arg("w", x)
	n.spread("u", 16)
	n.arg("n", count)
	n.constant(17, math.Float32bits(0.5))
	n.constant(18, math.Float32bits(-0.5))
	n.each(count, 16, func() {
		for i := range v(4) {
			n.load(i, x, 16*int(i))
			n.three("fmul.4s", i, i, 16)
			n.three("fcmgt.4s", 4, i, 17) // true is -1
			n.three("fcmgt.4s", i, 18, i)
			n.three("sub.4s", i, i, 4)
		}
		narrow()
		n.store(0, q, 0)
		n.add(q, 16)
		n.add(x, 64)
	})
	n.ret()
}

func neonPack(n *neon) {
	const panel, t, cols, units, row = r(0), r(1), r(2), r(3), r(4)
	n.function("packPanelNEON", "packs units of 16 columns of 16 rows of t, which lie cols apart.",
		"panel *byte", "t *int8", "cols int", "units int")
	n.arg("panel", panel)
	n.arg("t", t)
	n.arg("cols", cols)
	n.arg("units", units)
	const one, together, weights = v(16), v(17), v(18)
	n.constant(one, 0x01010101)
	n.constant(weights, 0x40100401)
	// The bytes b, 4+b, 8+b, 12+b of a row side by side: 0x0c080400 + b in each byte.
	n.constant(together, 0x0c080400)
	n.zero(19)
	for i := range 4 {
		n.line("MOVD $%#x, R17", 0x01010101*i)
		n.word(0x4E001C00|uint32(i<<3|4)<<16|17<<5|19, "ins v19.s[%d], w17", i)
	}
	n.three("add.16b", together, together, 19)
	n.each(units, 1, func() {
		n.line("MOVD %s, %s", t, row)
		for i := range 16 {
			n.load(0, row, 0)
			n.three("add.16b", 0, 0, one)
			n.three("tbl.16b", 0, 0, together)
			n.three("mul.16b", 0, 0, weights)
			n.two("uaddlp.8h", 0, 0)
			n.two("uaddlp.4s", 0, 0)
			n.two("xtn.4h", 0, 0)
			n.two("xtn.8b", 0, 0)
			n.storeS(0, panel, 4*i)
			n.line("ADD %s, %s, %s", cols, row, row)
		}
		n.add(panel, 64)
		n.add(t, 16)
	})
	n.ret()

	n.function("unpackPanelNEON", "unpacks units of 16 columns of 16 rows to rows that lie cols apart.",
		"t *int8", "cols int", "panel *byte", "units int")
	n.arg("t", t)
	n.arg("cols", cols)
	n.arg("panel", panel)
	n.arg("units", units)
	n.constant(one, 0x01010101)
	n.constant(ternCrumbs, 0x03030303)
	n.each(units, 1, func() {
		n.line("MOVD %s, %s", t, row)
		for j := range 4 {
			n.load(8, panel, 16*j)
			for s := range 4 {
				n.crumbs(v(s), 8, s)
				n.three("sub.16b", v(s), v(s), one)
			}
			n.transpose4x4([4]v{0, 1, 2, 3}, [4]v{4, 5, 6, 7})
			for i := range v(4) {
				n.store(i, row, 0)
				n.line("ADD %s, %s, %s", cols, row, row)
			}
		}
		n.add(panel, 64)
		n.add(t, 16)
	})
	n.ret()
}

func neonDequantize(n *neon) {
	n.function("decodeNEON", "writes 16 columns of rows rows of t·gamma, from a unit and those panelBytes on, to x, whose rows lie xRow elements apart.",
		"x *float32", "xRow int", "unit *byte", "panelBytes int", "gamma float32", "rows int")
	const x, xRow, unit, panelBytes, rows, dword = r(0), r(1), r(2), r(3), r(4), r(5)
	n.arg("x", x)
	n.arg("xRow", xRow)
	n.arg("unit", unit)
	n.arg("panelBytes", panelBytes)
	n.arg("rows", rows)
	n.spread("gamma", 20)
	n.line("LSL $2, %s, %s", xRow, xRow)
	// Left shifts by 0, -8, -16, -24 and so on are right shifts.
	for s := range 4 {
		for b := range 4 {
			n.line("MOVD $%#x, R17", uint32(-(8*b + 2*s))) // two's complement
			n.word(0x4E001C00|uint32(b<<3|4)<<16|17<<5|uint32(16+s), "ins v%d.s[%d], w17", 16+s, b)
		}
	}
	n.constant(21, 3)
	n.constant(22, 1)
	panel, done := n.newLabel("panel"), n.newLabel("done")
	n.at(panel)
	n.line("MOVD %s, %s", unit, dword)
	for range 16 {
		n.loadSpread(0, dword)
		n.add(dword, 4)
		for s := range v(4) {
			n.three("ushl.4s", 1, 0, 16+s)
			n.three("and.16b", 1, 1, 21)
			n.three("sub.4s", 1, 1, 22)
			n.two("scvtf.4s", 1, 1)
			n.three("fmul.4s", 1, 1, 20)
			n.store(1, x, 16*int(s))
		}
		n.line("SUBS $1, %s, %s", rows, rows)
		n.line("BEQ %s", done)
		n.line("ADD %s, %s, %s", xRow, x, x)
	}
	n.line("ADD %s, %s, %s", panelBytes, unit, unit)
	n.line("B %s", panel)
	n.at(done)
	n.ret()

	n.function("dequantizeRowsNEON", "sets x = q/s for n columns, a multiple of 16, of each row. Rows lie xRow and qRow elements apart.",
		"x *float32", "xRow int", "q *int8", "qRow int", "s *float32", "rows int", "n int")
	const q, qRow, s, count, left, from, to = r(2), r(3), r(4), r(6), r(7), r(8), r(9)
	for i, name := range []string{"x", "xRow", "q", "qRow", "s"} {
		n.arg(name, r(i))
	}
	n.arg("rows", 5)
	n.arg("n", count)
	n.line("LSL $2, %s, %s", xRow, xRow)
	n.each(5, 1, func() {
		n.loadSpread(16, s)
		n.add(s, 4)
		n.line("MOVD %s, %s", count, left)
		n.line("MOVD %s, %s", q, from)
		n.line("MOVD %s, %s", x, to)
		n.each(left, 16, func() {
			n.load(0, from, 0)
			n.two("sxtl.8h", 1, 0)
			n.two("sxtl2.8h", 2, 0)
			n.two("sxtl.4s", 4, 1)
			n.two("sxtl2.4s", 5, 1)
			n.two("sxtl.4s", 6, 2)
			n.two("sxtl2.4s", 7, 2)
			for i := range v(4) {
				n.two("scvtf.4s", 4+i, 4+i)
				n.three("fdiv.4s", 4+i, 4+i, 16)
				n.store(4+i, to, 16*int(i))
			}
			n.add(from, 16)
			n.add(to, 64)
		})
		n.line("ADD %s, %s, %s", xRow, x, x)
		n.line("ADD %s, %s, %s", qRow, q, q)
	})
	n.ret()
}
