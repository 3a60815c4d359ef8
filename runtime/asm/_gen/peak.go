package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// peak makes the loops that measure what the machine can do: nothing but the
// instruction in question, on registers that do not wait for each other.
func peak(g *gen) {
	for _, v := range g.widths() {
		chains := 12
		peakLoop(v, "peakFloat"+v.suffix, "runs 12·lanes float32 multiply-adds a turn.", chains,
			func(a, b, acc reg.VecVirtual) { v.VFMADD231PS(a, b, acc) })
	}
	v := vector{g, "AVX512", 16}
	peakLoop(v, "peakInt8AVX512", "runs 12·64 int8 multiply-adds a turn.", 12,
		func(a, b, acc reg.VecVirtual) { v.VPDPBUSD(a, b, acc) })
	v = vector{g, "AVX2", 8}
	peakLoop(v, "peakInt8AVX2", "runs 12·32 int8 multiply-adds a turn, as AVX2 does them.", 12,
		func(a, b, acc reg.VecVirtual) {
			product := v.reg()
			v.VPMADDUBSW(a, b, product)
			v.VPADDW(product, acc, acc)
		})

	for _, v := range g.widths() {
		g.function("read"+v.suffix, "func(p *byte, n int)", "reads n bytes, a multiple of 512.")
		p, n := g.arg("p"), g.arg("n")
		sum := [2]reg.VecVirtual{v.zero(), v.zero()}
		g.Label("turn")
		for i := 0; i < 512; i += v.lanes * 4 {
			s := sum[i/(v.lanes*4)%2]
			if v.lanes == 8 {
				g.VPOR(at(p, i), s, s)
			} else {
				g.VPORD(at(p, i), s, s)
			}
		}
		g.ADDQ(operand.U32(512), p)
		g.SUBQ(operand.U32(512), n)
		g.JNZ(ref("turn"))
		g.ret()
	}
}

func peakLoop(v vector, name, doc string, chains int, step func(a, b, acc reg.VecVirtual)) {
	v.function(name, "func(turns int)", doc)
	turns := v.arg("turns")
	a, b := v.zero(), v.zero()
	var acc []reg.VecVirtual
	for range chains {
		acc = append(acc, v.zero())
	}
	v.Label("turn")
	for _, r := range acc {
		step(a, b, r)
	}
	v.DECQ(turns)
	v.JNZ(ref("turn"))
	v.ret()
}
