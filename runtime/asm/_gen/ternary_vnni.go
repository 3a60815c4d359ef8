package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

var ymm = [16]reg.VecPhysical{
	reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6, reg.Y7, reg.Y8, reg.Y9, reg.Y10, reg.Y11, reg.Y12, reg.Y13, reg.Y14, reg.Y15,
}

// vpdpbusd emits the AVX-VNNI form of the instruction, which Go's assembler does
// not know: acc += crumbs (unsigned) · q (signed), on ymm registers by their
// numbers (Intel SDM volume 2, section 2.3).
func (g *gen) vpdpbusd(q, crumbs, acc int) {
	not := func(x, bit int) int { return ^x >> bit & 1 }
	b := []int{
		0xc4,
		not(acc, 3)<<7 | 1<<6 | not(q, 3)<<5 | 2,
		(^crumbs&15)<<3 | 1<<2 | 1,
		0x50,
		0xc0 | acc&7<<3 | q&7,
	}
	g.Comment(fmt.Sprintf("VPDPBUSD Y%d, Y%d, Y%d", q, crumbs, acc))
	g.Instruction(&ir.Instruction{Opcode: "LONG", Operands: []operand.Op{operand.U32(uint32(b[0] | b[1]<<8 | b[2]<<16 | b[3]<<24))}})
	g.Instruction(&ir.Instruction{Opcode: "BYTE", Operands: []operand.Op{operand.U8(uint8(b[4]))}})
}

// ternaryTileVNNI is the tile for CPUs that have the dot product of AVX-VNNI but
// no AVX-512. Its registers are chosen here, as avo does not see that instruction.
func ternaryTileVNNI(g *gen, m int) {
	g.function(fmt.Sprintf("ternaryTile%dx16VNNI", m), "func(units int, q *int8, qRow int, w *byte, start *int32, scale *float32, y *float32, ldy int)",
		fmt.Sprintf("multiplies %d rows with one panel. Sums begin at start[i] and are", m),
		"multiplied by scale[i].")
	const raw, four, spread, crumbs = 10, 12, 14, 15 // 0 to 9 are sums
	acc := func(i, v int) int { return 2*i + v }
	units := g.arg("units")
	q := g.rows(m, g.arg("q"), g.arg("qRow"))
	w, start := g.arg("w"), g.arg("start")
	g.VPBROADCASTD(g.crumbMask(), ymm[crumbs])
	for i := range m {
		g.VPBROADCASTD(at(start, 4*i), ymm[acc(i, 0)])
		g.VMOVDQA(ymm[acc(i, 0)], ymm[acc(i, 1)])
	}
	g.Label("unit")
	for v := range 2 {
		g.VMOVDQU(at(w, 32*v), ymm[raw+v])
	}
	for s := range 4 {
		for v := range 2 {
			if s > 0 {
				g.VPSRLD(imm(2), ymm[raw+v], ymm[raw+v])
			}
			g.VPAND(ymm[crumbs], ymm[raw+v], ymm[four+v])
		}
		for i := range m {
			g.VPBROADCASTD(q.at(i, 4*s), ymm[spread])
			for v := range 2 {
				g.vpdpbusd(spread, four+v, acc(i, v))
			}
		}
	}
	g.advance(q, m, imm(16))
	g.ADDQ(imm(64), w)
	g.DECQ(units)
	g.JNZ(ref("unit"))

	scale, y, ldy := g.arg("scale"), g.arg("y"), g.arg("ldy")
	g.SHLQ(imm(2), ldy)
	out := g.rows(m, y, ldy)
	for i := range m {
		g.VBROADCASTSS(at(scale, 4*i), ymm[spread])
		for v := range 2 {
			sum := ymm[acc(i, v)]
			g.VCVTDQ2PS(sum, sum)
			g.VMULPS(ymm[spread], sum, sum)
			g.VMOVUPS(sum, out.at(i, 32*v))
		}
	}
	g.ret()
}
