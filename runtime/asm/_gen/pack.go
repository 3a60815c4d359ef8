package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// pack makes what brings B into panels: a copy of rows, and the transposes of a
// matrix stored as n×k.
func pack(g *gen) {
	for _, v := range g.widths() {
		copyRows(v)
	}
	transpose16AVX512(g)
	transpose8AVX2(g)
}

// sourceRows loads the vectors of count rows that lie ld apart, or the last row
// again where there are fewer, so that nothing outside the matrix is read.
func (g *gen) sourceRows(count int, src, ld, rows reg.GPVirtual, load func(i int, p operand.Mem)) {
	p, step, zero := g.GP64(), g.GP64(), g.GP64()
	g.MOVQ(src, p)
	g.MOVQ(ld, step)
	g.XORQ(zero, zero)
	for i := range count {
		load(i, at(p, 0))
		if i+1 < count {
			g.CMPQ(rows, imm(i+2))
			g.CMOVQLT(zero, step)
			g.ADDQ(step, p)
		}
	}
}

func transpose16AVX512(g *gen) {
	g.function("transpose16AVX512", "func(dst *float32, dstRow int, src *float32, ld, rows, k int)",
		"writes dst[p·dstRow+i] = src[i·ld+p] for i in 0..rows-1 and p in 0..k-1,",
		"rows at most 16.")
	dst, dstRow := g.arg("dst"), g.arg("dstRow")
	src, ld, rows, k := g.arg("src"), g.arg("ld"), g.arg("rows"), g.arg("k")
	g.SHLQ(imm(2), dstRow)
	g.SHLQ(imm(2), ld)
	var r, t [16]reg.VecVirtual
	for i := range r {
		r[i], t[i] = g.ZMM(), g.ZMM()
	}
	mask, kept := g.K(), g.K()
	ones, count := g.GP64(), reg.RCX
	g.MOVQ(rows, count)
	g.MOVQ(operand.U32(1), ones)
	g.SHLQ(reg.CL, ones)
	g.DECQ(ones)
	g.KMOVW(ones.As32(), kept)

	g.Label("turn")
	// The mask of the columns left, at most 16.
	g.MOVQ(k, count)
	limit := g.GP64()
	g.MOVQ(operand.U32(16), limit)
	g.CMPQ(count, limit)
	g.CMOVQGT(limit, count)
	g.MOVQ(operand.U32(1), ones)
	g.SHLQ(reg.CL, ones)
	g.DECQ(ones)
	g.KMOVW(ones.As32(), mask)

	g.sourceRows(16, src, ld, rows, func(i int, p operand.Mem) { g.VMOVUPS_Z(p, mask, r[i]) })
	// 4×4 blocks inside the 128-bit lanes, then the lanes.
	for i := 0; i < 16; i += 2 {
		g.VUNPCKLPS(r[i+1], r[i], t[i])
		g.VUNPCKHPS(r[i+1], r[i], t[i+1])
	}
	for i := 0; i < 16; i += 4 {
		g.VUNPCKLPD(t[i+2], t[i], r[i])
		g.VUNPCKHPD(t[i+2], t[i], r[i+1])
		g.VUNPCKLPD(t[i+3], t[i+1], r[i+2])
		g.VUNPCKHPD(t[i+3], t[i+1], r[i+3])
	}
	for i := range 4 {
		g.VSHUFF32X4(imm(0x88), r[i+4], r[i], t[i])
		g.VSHUFF32X4(imm(0xdd), r[i+4], r[i], t[i+4])
		g.VSHUFF32X4(imm(0x88), r[i+12], r[i+8], t[i+8])
		g.VSHUFF32X4(imm(0xdd), r[i+12], r[i+8], t[i+12])
	}
	for i := range 4 {
		g.VSHUFF32X4(imm(0x88), t[i+8], t[i], r[i])
		g.VSHUFF32X4(imm(0xdd), t[i+8], t[i], r[i+8])
		g.VSHUFF32X4(imm(0x88), t[i+12], t[i+4], r[i+4])
		g.VSHUFF32X4(imm(0xdd), t[i+12], t[i+4], r[i+12])
	}
	for i := range 16 {
		g.VMOVUPS(r[i], kept, at(dst, 0))
		g.ADDQ(dstRow, dst)
		g.DECQ(k)
		if i < 15 {
			g.JZ(ref("done"))
		}
	}
	g.ADDQ(imm(64), src)
	g.TESTQ(k, k)
	g.JNZ(ref("turn"))
	g.Label("done")
	g.VZEROUPPER()
	g.RET()
}

func transpose8AVX2(g *gen) {
	g.function("transpose8AVX2", "func(dst *float32, dstRow int, src *float32, ld, rows, k int)",
		"writes dst[p·dstRow+i] = src[i·ld+p] for i in 0..7 and p in 0..k-1,",
		"k a multiple of 8. Where there are fewer than 8 rows, the last is written again.")
	dst, dstRow := g.arg("dst"), g.arg("dstRow")
	src, ld, rows, k := g.arg("src"), g.arg("ld"), g.arg("rows"), g.arg("k")
	g.SHLQ(imm(2), dstRow)
	g.SHLQ(imm(2), ld)
	// Sixteen registers: the eight of r are used up as the eight of t fill.
	g.Label("turn")
	var r, t [8]reg.VecVirtual
	for i := range r {
		r[i] = g.YMM()
	}
	g.sourceRows(8, src, ld, rows, func(i int, p operand.Mem) { g.VMOVUPS(p, r[i]) })
	for i := 0; i < 8; i += 2 {
		t[i], t[i+1] = g.YMM(), g.YMM()
		g.VUNPCKLPS(r[i+1], r[i], t[i])
		g.VUNPCKHPS(r[i+1], r[i], t[i+1])
	}
	var u [8]reg.VecVirtual
	for i := 0; i < 8; i += 4 {
		for j := range 4 {
			u[i+j] = g.YMM()
		}
		g.VUNPCKLPD(t[i+2], t[i], u[i])
		g.VUNPCKHPD(t[i+2], t[i], u[i+1])
		g.VUNPCKLPD(t[i+3], t[i+1], u[i+2])
		g.VUNPCKHPD(t[i+3], t[i+1], u[i+3])
	}
	var out [8]reg.VecVirtual
	for i := range 4 {
		out[i], out[i+4] = g.YMM(), g.YMM()
		g.VPERM2F128(imm(0x20), u[i+4], u[i], out[i])
		g.VPERM2F128(imm(0x31), u[i+4], u[i], out[i+4])
	}
	for i := range 8 {
		g.VMOVUPS(out[i], at(dst, 0))
		g.ADDQ(dstRow, dst)
	}
	g.ADDQ(imm(32), src)
	g.SUBQ(imm(8), k)
	g.JNZ(ref("turn"))
	g.VZEROUPPER()
	g.RET()
}

// copyRows makes the copy of two vectors' width of each row. Rows lie far apart,
// where the hardware does not look ahead by itself.
func copyRows(v vector) {
	width := 2 * v.lanes * 4
	v.function("copyRows"+v.suffix, "func(panel, b *float32, ldb, k int)",
		"copies k rows, which lie ldb apart, to a panel of two vectors' width.")
	panel, b, ldb, k := v.arg("panel"), v.arg("b"), v.arg("ldb"), v.arg("k")
	v.SHLQ(imm(2), ldb)
	ahead := v.GP64()
	v.MOVQ(ldb, ahead)
	v.SHLQ(imm(4), ahead) // 16 rows
	v.ADDQ(b, ahead)
	r := [2]reg.VecVirtual{v.reg(), v.reg()}
	v.Label("row")
	for i := range r {
		v.VMOVUPS(at(b, i*width/2), r[i])
		v.VMOVUPS(r[i], at(panel, i*width/2))
	}
	for line := 0; line < width; line += 64 {
		v.PREFETCHT0(at(ahead, line))
	}
	v.ADDQ(ldb, b)
	v.ADDQ(ldb, ahead)
	v.ADDQ(operand.U32(uint32(width)), panel)
	v.DECQ(k)
	v.JNZ(ref("row"))
	v.ret()
}
