package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// bf16 makes the approximate product on pairs of bfloat16. Go's assembler does
// not know these instructions, so they are written as their bytes, on registers
// that are chosen here and not by avo.
func bf16(g *gen) {
	bf16Rows(g)
	bf16Pairs(g)
	for m := 1; m <= 14; m++ {
		for _, vectors := range []int{1, 2} {
			bf16Tile(g, m, vectors)
		}
	}
}

var zmm = [32]reg.VecPhysical{
	reg.Z0, reg.Z1, reg.Z2, reg.Z3, reg.Z4, reg.Z5, reg.Z6, reg.Z7, reg.Z8, reg.Z9, reg.Z10, reg.Z11, reg.Z12, reg.Z13, reg.Z14, reg.Z15,
	reg.Z16, reg.Z17, reg.Z18, reg.Z19, reg.Z20, reg.Z21, reg.Z22, reg.Z23, reg.Z24, reg.Z25, reg.Z26, reg.Z27, reg.Z28, reg.Z29, reg.Z30, reg.Z31,
}

// evex emits a 512-bit instruction of map 0F38 on zmm registers by their numbers
// (Intel SDM volume 2, section 2.7); prefix is 2 for F3, 3 for F2.
func (g *gen) evex(comment string, prefix, opcode, dst, src1, src2 int) {
	not := func(x, bit int) int { return ^x >> bit & 1 }
	b := []int{
		0x62,
		not(dst, 3)<<7 | not(src2, 4)<<6 | not(src2, 3)<<5 | not(dst, 4)<<4 | 2,
		(^src1&15)<<3 | 1<<2 | prefix,
		2<<5 | not(src1, 4)<<3,
		opcode,
		0xc0 | dst&7<<3 | src2&7,
	}
	g.Comment(fmt.Sprintf("%s Z%d, Z%d, Z%d", comment, src2, src1, dst))
	g.Instruction(&ir.Instruction{Opcode: "LONG", Operands: []operand.Op{operand.U32(uint32(b[0] | b[1]<<8 | b[2]<<16 | b[3]<<24))}})
	g.Instruction(&ir.Instruction{Opcode: "WORD", Operands: []operand.Op{operand.U16(uint16(b[4] | b[5]<<8))}})
}

// toBF16 rounds the float32 of lo and hi to bfloat16, the 16 of lo first.
func (g *gen) toBF16(dst, lo, hi int) { g.evex("VCVTNE2PS2BF16", 3, 0x72, dst, hi, lo) }

// bf16Rows makes rows of pairs: neighbours in a row share a dword.
func bf16Rows(g *gen) {
	g.function("bf16RowsAVX512", "func(dst *float32, dstRow int, src *float32, ld, rows, n int)",
		"rounds n floats of each row, a multiple of 32, to dwords of two.")
	dst, dstRow, src, ld := g.arg("dst"), g.arg("dstRow"), g.arg("src"), g.arg("ld")
	rows, n, i := g.arg("rows"), g.arg("n"), g.GP64()
	g.SHLQ(imm(2), dstRow)
	g.SHLQ(imm(2), ld)
	g.Label("row")
	g.XORQ(i, i)
	g.Label("turn")
	g.VMOVUPS(mem(src, i, 4, 0), reg.Z0)
	g.VMOVUPS(mem(src, i, 4, 64), reg.Z1)
	g.toBF16(2, 0, 1)
	g.VMOVUPS(reg.Z2, mem(dst, i, 2, 0))
	g.ADDQ(imm(32), i)
	g.CMPQ(i, n)
	g.JL(ref("turn"))
	g.ADDQ(dstRow, dst)
	g.ADDQ(ld, src)
	g.DECQ(rows)
	g.JNZ(ref("row"))
	g.ret()
}

// bf16Pairs makes pairs across rows: an element and the one below share a dword.
func bf16Pairs(g *gen) {
	g.function("bf16PairsAVX512", "func(dst *float32, dstRow int, src *float32, ld, pairs, n int)",
		"rounds n columns, a multiple of 16, of pairs of rows to dwords of two.")
	dst, dstRow, src, ld := g.arg("dst"), g.arg("dstRow"), g.arg("src"), g.arg("ld")
	pairs, n, i, below := g.arg("pairs"), g.arg("n"), g.GP64(), g.GP64()
	g.SHLQ(imm(2), dstRow)
	g.SHLQ(imm(2), ld)
	var words []uint32 // word i beside word 16+i
	for w := range uint32(16) {
		words = append(words, (16+w)<<16|w)
	}
	g.VMOVDQU32(g.dwordList("interleave", words...), reg.Z3)
	g.Label("pair")
	g.LEAQ(mem(src, ld, 1, 0), below)
	g.XORQ(i, i)
	g.Label("turn")
	g.VMOVUPS(mem(src, i, 4, 0), reg.Z0)
	g.VMOVUPS(mem(below, i, 4, 0), reg.Z1)
	g.toBF16(2, 0, 1)
	g.VPERMW(reg.Z2, reg.Z3, reg.Z2)
	g.VMOVUPS(reg.Z2, mem(dst, i, 4, 0))
	g.ADDQ(imm(16), i)
	g.CMPQ(i, n)
	g.JL(ref("turn"))
	g.ADDQ(dstRow, dst)
	g.LEAQ(mem(src, ld, 2, 0), src)
	g.DECQ(pairs)
	g.JNZ(ref("pair"))
	g.ret()
}

// bf16Tile is gemmTileAVX512 on dwords of two bfloat16.
func bf16Tile(g *gen, m, vectors int) {
	g.function(fmt.Sprintf("bf16Tile%dx%dAVX512", m, vectors*16), "func"+tileSignature+", mask uint32)",
		fmt.Sprintf("computes %d rows of C, %d columns wide, of which the mask names the", m, vectors*16),
		"columns in use of the last 16. k counts pairs, strides of A and B dwords.")
	k, a, aCol, b, bRow, c := g.tileArgs(m)
	mask := g.K()
	g.KMOVW(g.Load(g.Param("mask"), g.GP32()), mask)
	accumulate := g.arg("accumulate")
	acc := func(i, v int) int { return 2*i + v }
	const bv, spread = 28, 30
	last := vectors - 1
	g.TESTQ(accumulate, accumulate)
	g.JNZ(ref("load"))
	for i := range m {
		for v := range vectors {
			z := zmm[acc(i, v)]
			g.VPXORD(z, z, z)
			g.PREFETCHT0(c.at(i, v*64))
		}
	}
	g.JMP(ref("begin"))
	g.Label("load")
	for i := range m {
		for v := range vectors {
			if v == last {
				g.VMOVUPS_Z(c.at(i, v*64), mask, zmm[acc(i, v)])
			} else {
				g.VMOVUPS(c.at(i, v*64), zmm[acc(i, v)])
			}
		}
	}
	g.Label("begin")
	g.kLoop(k, func() {
		for v := range vectors {
			g.VMOVUPS(at(b, v*64), zmm[bv+v])
		}
		for i := range m {
			s := spread + i%2
			g.VBROADCASTSS(a.at(i, 0), zmm[s])
			for v := range vectors {
				g.evex("VDPBF16PS", 2, 0x52, acc(i, v), s, bv+v)
			}
		}
		g.advance(a, m, aCol)
		g.ADDQ(bRow, b)
	})
	for i := range m {
		for v := range vectors {
			if v == last {
				g.VMOVUPS(zmm[acc(i, v)], mask, c.at(i, v*64))
			} else {
				g.VMOVUPS(zmm[acc(i, v)], c.at(i, v*64))
			}
		}
	}
	g.ret()
}
