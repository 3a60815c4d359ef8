package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// ternary makes the product of int8 activations and packed ternary weights.
//
// A tile multiplies m rows of activations with one or two panels of 16 weight
// rows, a 64-byte unit of each (16 rows × 16 columns) at a time. A unit yields
// its four groups of four columns by a shift and a mask; a dot-product
// instruction then takes the crumbs t+1 (unsigned) times four activations
// (signed), spread over all 16 rows. The sums begin at -Σq, which takes the +1
// away again.
func ternary(g *gen) {
	sumBytes(g)
	for m := 1; m <= 14; m++ {
		for panels := 1; panels <= 2; panels++ {
			ternaryTileAVX512(g, m, panels)
		}
	}
	for m := 1; m <= 4; m++ {
		ternaryTileAVX2(g, m)
	}
	for m := 1; m <= 5; m++ {
		ternaryTileVNNI(g, m)
	}
	for panels := 1; panels <= 4; panels++ {
		ternaryVectorAVX512(g, panels)
	}
	ternaryVector2AVX2(g)
}

// ternaryVectorAVX512 multiplies one row of activations with several panels. It
// masks the crumbs where they are, so that the sums of group s come out 4ˢ times
// too large; they are exact in 32 bits up to 2¹⁶ columns.
func ternaryVectorAVX512(g *gen, panels int) {
	g.function(fmt.Sprintf("ternaryVector%dAVX512", panels),
		"func(units int, q *int8, w *byte, wPanel int, start int32, scale float32, y *float32, mask uint32)",
		fmt.Sprintf("multiplies one row with %d panels; the mask names the columns in use of", panels),
		"the last.")
	units, q, w, wPanel := g.arg("units"), g.arg("q"), g.arg("w"), g.arg("wPanel")
	far := g.GP64()
	g.LEAQ(mem(wPanel, wPanel, 2, 0), far)
	var mask [4]reg.VecVirtual
	for s := range mask {
		mask[s] = g.ZMM()
		g.VPBROADCASTD(g.constant32(fmt.Sprintf("crumbs%d", s), 0x03030303<<(2*s)), mask[s])
	}
	acc := make([][4]reg.VecVirtual, panels)
	for p := range acc {
		for s := range acc[p] {
			acc[p][s] = g.ZMM()
			g.VPXORD(acc[p][s], acc[p][s], acc[p][s])
		}
	}
	var four [4]reg.VecVirtual
	for s := range four {
		four[s] = g.ZMM()
	}
	crumbs := g.ZMM()
	raw := g.ZMM()
	g.Label("unit")
	for s := range four {
		g.VPBROADCASTD(at(q, 4*s), four[s])
	}
	for p := range acc {
		from := []operand.Mem{at(w, 0), mem(w, wPanel, 1, 0), mem(w, wPanel, 2, 0), mem(w, far, 1, 0)}[p]
		g.VMOVDQU32(from, raw)
		g.PREFETCHT0(from.Offset(aheadVector))
		for s := range four {
			g.VPANDD(mask[s], raw, crumbs)
			g.VPDPBUSD(four[s], crumbs, acc[p][s])
		}
	}
	g.ADDQ(imm(16), q)
	g.ADDQ(imm(64), w)
	g.DECQ(units)
	g.JNZ(ref("unit"))

	start, scale := g.ZMM(), g.ZMM()
	g.VPBROADCASTD(g.Load(g.Param("start"), g.GP32()), start)
	g.VBROADCASTSS(g.floatArg("scale"), scale)
	y, columns := g.arg("y"), g.K()
	g.KMOVW(g.Load(g.Param("mask"), g.GP32()), columns)
	for p := range acc {
		for s := 1; s < 4; s++ {
			g.VPSRAD(imm(2*s), acc[p][s], acc[p][s])
			g.VPADDD(acc[p][s], acc[p][0], acc[p][0])
		}
		g.VPADDD(start, acc[p][0], acc[p][0])
		g.VCVTDQ2PS(acc[p][0], acc[p][0])
		g.VMULPS(scale, acc[p][0], acc[p][0])
		if p == panels-1 {
			g.VMOVUPS(acc[p][0], columns, at(y, 64*p))
		} else {
			g.VMOVUPS(acc[p][0], at(y, 64*p))
		}
	}
	g.ret()
}

// How many bytes ahead of a panel's weights its next ones are fetched. From memory
// that is worth a fifth to a half of the time of a few tokens, and in the caches
// nothing is lost; four panels at once need it less far.
const (
	aheadVector = 512
	aheadTile   = 1024
	aheadAVX2   = 2048
)

const ternarySignature = "(units int, q *int8, qRow int, w *byte, wPanel int, start *int32, scale *float32, y *float32, ldy int"

func ternaryTileAVX512(g *gen, m, panels int) {
	g.function(fmt.Sprintf("ternaryTile%dx%dAVX512", m, panels*16), "func"+ternarySignature+", mask uint32)",
		fmt.Sprintf("multiplies %d rows with %d panels; the mask names the columns in use", m, panels),
		"of the last. Sums begin at start[i] and are multiplied by scale[i].")
	crumbs := g.crumbMask()
	units := g.arg("units")
	q := g.rows(m, g.arg("q"), g.arg("qRow"))
	w, wPanel := g.arg("w"), g.arg("wPanel")
	start := g.arg("start")

	acc := make([][]reg.VecVirtual, m)
	for i := range acc {
		acc[i] = append(acc[i], g.ZMM())
		g.VPBROADCASTD(at(start, 4*i), acc[i][0])
		if panels == 2 {
			acc[i] = append(acc[i], g.ZMM())
			g.VMOVDQA32(acc[i][0], acc[i][1])
		}
	}
	var raw, four []reg.VecVirtual
	for range panels {
		raw, four = append(raw, g.ZMM()), append(four, g.ZMM())
	}
	g.Label("unit")
	g.VMOVDQU32(at(w, 0), raw[0])
	g.PREFETCHT0(at(w, 0).Offset(aheadTile))
	if panels == 2 {
		g.VMOVDQU32(mem(w, wPanel, 1, 0), raw[1])
		g.PREFETCHT0(mem(w, wPanel, 1, 0).Offset(aheadTile))
	}
	for s := range 4 {
		for v := range raw {
			if s > 0 {
				g.VPSRLD(imm(2), raw[v], raw[v])
			}
			g.VPANDD_BCST(crumbs, raw[v], four[v])
		}
		for i := range acc {
			for v := range four {
				g.VPDPBUSD_BCST(q.at(i, 4*s), four[v], acc[i][v])
			}
		}
	}
	g.advance(q, m, imm(16))
	g.ADDQ(imm(64), w)
	g.DECQ(units)
	g.JNZ(ref("unit"))

	scale := g.arg("scale")
	y, ldy := g.arg("y"), g.arg("ldy")
	g.SHLQ(imm(2), ldy)
	out := g.rows(m, y, ldy)
	mask := g.K()
	g.KMOVW(g.Load(g.Param("mask"), g.GP32()), mask)
	for i := range acc {
		for v := range acc[i] {
			g.VCVTDQ2PS(acc[i][v], acc[i][v])
			g.VMULPS_BCST(at(scale, 4*i), acc[i][v], acc[i][v])
			if v == panels-1 {
				g.VMOVUPS(acc[i][v], mask, out.at(i, v*64))
			} else {
				g.VMOVUPS(acc[i][v], out.at(i, v*64))
			}
		}
	}
	g.VZEROUPPER()
	g.RET()
}

// crumbMask is the constant 3 in every byte of a dword.
func (g *gen) crumbMask() operand.Mem { return g.constant32("crumbs", 0x03030303) }

// ternaryTileAVX2 has no dot product of bytes into 32 bits. VPMADDUBSW adds two
// products into 16 bits, at most 2·2·128 = 512 in magnitude, so 60 of them fit
// before they are widened: 15 units.
func ternaryTileAVX2(g *gen, m int) {
	g.function(fmt.Sprintf("ternaryTile%dx16AVX2", m), "func(units int, q *int8, qRow int, w *byte, start *int32, scale *float32, y *float32, ldy int)",
		fmt.Sprintf("multiplies %d rows with one panel. Sums begin at start[i] and are", m),
		"multiplied by scale[i].")
	ones := g.constant32("ones16", 0x00010001)
	units := g.arg("units")
	q := g.rows(m, g.arg("q"), g.arg("qRow"))
	w := g.arg("w")
	sums := g.AllocLocal(64 * m) // 16 of each row
	start := g.arg("start")
	crumbs := g.YMM()
	g.VPBROADCASTD(g.crumbMask(), crumbs)
	spread := g.YMM()
	for i := range m {
		g.VPBROADCASTD(at(start, 4*i), spread)
		g.VMOVDQU(spread, sums.Offset(64*i))
		g.VMOVDQU(spread, sums.Offset(64*i+32))
	}
	acc := make([][2]reg.VecVirtual, m)
	for i := range acc {
		acc[i] = [2]reg.VecVirtual{g.YMM(), g.YMM()}
	}
	raw, four := [2]reg.VecVirtual{g.YMM(), g.YMM()}, [2]reg.VecVirtual{g.YMM(), g.YMM()}
	product := g.YMM()
	turn := g.GP64()

	g.Label("run") // of at most 15 units
	g.MOVQ(operand.U32(15), turn)
	g.CMPQ(units, turn)
	g.CMOVQLT(units, turn)
	g.SUBQ(turn, units)
	for i := range acc {
		for v := range 2 {
			g.VPXOR(acc[i][v], acc[i][v], acc[i][v])
		}
	}
	g.Label("unit")
	for v := range raw {
		g.VMOVDQU(at(w, 32*v), raw[v])
	}
	g.PREFETCHT0(at(w, 0).Offset(aheadAVX2))
	for s := range 4 {
		for v := range raw {
			if s > 0 {
				g.VPSRLD(imm(2), raw[v], raw[v])
			}
			g.VPAND(crumbs, raw[v], four[v])
		}
		for i := range acc {
			g.VPBROADCASTD(q.at(i, 4*s), spread)
			for v := range four {
				g.VPMADDUBSW(spread, four[v], product)
				g.VPADDW(product, acc[i][v], acc[i][v])
			}
		}
	}
	g.advance(q, m, imm(16))
	g.ADDQ(imm(64), w)
	g.DECQ(turn)
	g.JNZ(ref("unit"))

	g.VPBROADCASTD(ones, spread)
	for i := range acc {
		for v := range 2 {
			sum := sums.Offset(64*i + 32*v)
			g.VPMADDWD(spread, acc[i][v], product)
			g.VPADDD(sum, product, product)
			g.VMOVDQU(product, sum)
		}
	}
	g.TESTQ(units, units)
	g.JNZ(ref("run"))

	scale, y, ldy := g.arg("scale"), g.arg("y"), g.arg("ldy")
	g.SHLQ(imm(2), ldy)
	out := g.rows(m, y, ldy)
	for i := range m {
		g.VBROADCASTSS(at(scale, 4*i), spread)
		for v := range 2 {
			g.VCVTDQ2PS(sums.Offset(64*i+32*v), product)
			g.VMULPS(spread, product, product)
			g.VMOVUPS(product, out.at(i, 32*v))
		}
	}
	g.VZEROUPPER()
	g.RET()
}

// ternaryVector2AVX2 multiplies one row with two panels. A shift serves two groups of
// crumbs: those of groups 1 and 3 are masked where they are, four times too large. A
// product of theirs is at most 2·8·128 in magnitude, so that eight units, with two
// of them each, fit in 16 bits: -2¹⁵ does.
func ternaryVector2AVX2(g *gen) {
	g.function("ternaryVector2AVX2", "func(units int, q *int8, w *byte, wPanel int, start int32, scale float32, y *float32)",
		"multiplies one row with two panels.")
	units, q, w, wPanel := g.arg("units"), g.arg("q"), g.arg("w"), g.arg("wPanel")
	sums := g.AllocLocal(128)
	var masks, four [4]reg.VecVirtual
	masks[0], masks[1] = g.YMM(), g.YMM()
	g.VPBROADCASTD(g.crumbMask(), masks[0])
	g.VPBROADCASTD(g.constant32("crumbs1", 0x0c0c0c0c), masks[1])
	for s := range four {
		four[s] = g.YMM()
	}
	raw, crumbs := g.YMM(), g.YMM()
	g.VMOVD(g.Load(g.Param("start"), g.GP32()), raw.AsX())
	g.VPBROADCASTD(raw.AsX(), raw)
	for i := range 4 {
		g.VMOVDQU(raw, sums.Offset(32*i))
	}
	var acc [4][2]reg.VecVirtual // half a panel: groups 0 and 2, groups 1 and 3
	for i := range acc {
		acc[i] = [2]reg.VecVirtual{g.YMM(), g.YMM()}
	}
	turn := g.GP64()

	g.Label("run") // of at most 8 units
	g.MOVQ(operand.U32(8), turn)
	g.CMPQ(units, turn)
	g.CMOVQLT(units, turn)
	g.SUBQ(turn, units)
	for i := range acc {
		g.VPXOR(acc[i][0], acc[i][0], acc[i][0])
		g.VPXOR(acc[i][1], acc[i][1], acc[i][1])
	}
	g.Label("unit")
	for s := range four {
		g.VPBROADCASTD(at(q, 4*s), four[s])
	}
	for i, from := range []operand.Mem{at(w, 0), at(w, 32), mem(w, wPanel, 1, 0), mem(w, wPanel, 1, 32)} {
		g.VMOVDQU(from, raw)
		if i%2 == 0 {
			g.PREFETCHT0(from.Offset(aheadAVX2))
		}
		for s := range four {
			if s == 2 {
				g.VPSRLD(imm(4), raw, raw)
			}
			g.VPAND(masks[s%2], raw, crumbs)
			g.VPMADDUBSW(four[s], crumbs, crumbs)
			g.VPADDW(crumbs, acc[i][s%2], acc[i][s%2])
		}
	}
	g.ADDQ(imm(16), q)
	g.ADDQ(imm(64), w)
	g.DECQ(turn)
	g.JNZ(ref("unit"))

	g.VPBROADCASTD(g.constant32("ones16", 0x00010001), raw)
	for i := range acc {
		g.VPSRAW(imm(2), acc[i][1], acc[i][1])
		g.VPADDW(acc[i][0], acc[i][1], crumbs)
		g.VPMADDWD(raw, crumbs, crumbs)
		g.VPADDD(sums.Offset(32*i), crumbs, crumbs)
		g.VMOVDQU(crumbs, sums.Offset(32*i))
	}
	g.TESTQ(units, units)
	g.JNZ(ref("run"))

	y := g.arg("y")
	g.VBROADCASTSS(g.floatArg("scale"), raw)
	for i := range acc {
		g.VCVTDQ2PS(sums.Offset(32*i), crumbs)
		g.VMULPS(raw, crumbs, crumbs)
		g.VMOVUPS(crumbs, at(y, 32*i))
	}
	g.ret()
}

// sumBytes makes Σ q, by which the sums of t+1 are corrected.
func sumBytes(g *gen) {
	g.function("sumBytesAVX2", "func(q *int8, n int) int32", "is Σ q, n a multiple of 32.")
	q, n := g.arg("q"), g.arg("n")
	ones8, ones16 := g.YMM(), g.YMM()
	g.VPBROADCASTD(g.constant32("ones8", 0x01010101), ones8)
	g.VPBROADCASTD(g.constant32("ones16", 0x00010001), ones16)
	sum, v := g.YMM(), g.YMM()
	g.VPXOR(sum, sum, sum)
	g.Label("turn")
	g.VPMADDUBSW(at(q, 0), ones8, v)
	g.VPMADDWD(v, ones16, v)
	g.VPADDD(v, sum, sum)
	g.ADDQ(imm(32), q)
	g.SUBQ(imm(32), n)
	g.JNZ(ref("turn"))
	low, high := g.XMM(), g.XMM()
	g.VEXTRACTI128(imm(1), sum, high)
	g.VPADDD(sum.AsX(), high, low)
	g.VPHADDD(low, low, low)
	g.VPHADDD(low, low, low)
	total := g.GP32()
	g.VMOVD(low, total)
	g.VZEROUPPER()
	g.Store(total, g.ReturnIndex(0))
	g.RET()
}
