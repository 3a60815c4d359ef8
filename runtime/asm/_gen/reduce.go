package main

import "github.com/mmcloughlin/avo/reg"

// reduce makes the loops of the reductions: 16 lanes in two AVX2 registers, which
// wait for their last addition just as one AVX-512 register would.
func reduce(g *gen) {
	v := vector{g, "AVX2", 8}
	store := func(lanes reg.Register, sum [2]reg.VecVirtual) {
		for h := range sum {
			g.VMOVUPS(sum[h], at(lanes, 32*h))
		}
		g.ret()
	}

	g.function("sumLanesAVX2", "func(lanes, x *float32, n int)", "sets the 16 lanes to their sums of x, n a multiple of 16.")
	lanes, x := g.arg("lanes"), g.arg("x")
	sum := [2]reg.VecVirtual{v.zero(), v.zero()}
	v.each(16, func(i reg.GPVirtual) {
		for h := range sum {
			g.VADDPS(mem(x, i, 4, 32*h), sum[h], sum[h])
		}
	})
	store(lanes, sum)

	g.function("sumAbsLanesAVX2", "func(lanes, x *float32, n int)", "sets the 16 lanes to their sums of |x|, n a multiple of 16.")
	lanes, x = g.arg("lanes"), g.arg("x")
	sum = [2]reg.VecVirtual{v.zero(), v.zero()}
	magnitude := v.load(v.dwords("magnitude", 0x7fffffff))
	v.each(16, func(i reg.GPVirtual) {
		for h := range sum {
			r := v.reg()
			g.VANDPS(mem(x, i, 4, 32*h), magnitude, r)
			g.VADDPS(r, sum[h], sum[h])
		}
	})
	store(lanes, sum)

	g.function("dotLanesAVX2", "func(lanes, a, b *float32, n int)", "sets the 16 lanes to their sums of a·b, n a multiple of 16.")
	lanes, a, b := g.arg("lanes"), g.arg("a"), g.arg("b")
	sum = [2]reg.VecVirtual{v.zero(), v.zero()}
	v.each(16, func(i reg.GPVirtual) {
		for h := range sum {
			r := v.load(mem(a, i, 4, 32*h))
			g.VFMADD231PS(mem(b, i, 4, 32*h), r, sum[h])
		}
	})
	store(lanes, sum)

	g.function("dotScaledLanesAVX2", "func(lanes, a, x *float32, rstd float32, n int)", "sets the 16 lanes to their sums of a·(x·rstd), n a multiple of 16.")
	lanes, a, x = g.arg("lanes"), g.arg("a"), g.arg("x")
	rstd := v.spread("rstd")
	sum = [2]reg.VecVirtual{v.zero(), v.zero()}
	v.each(16, func(i reg.GPVirtual) {
		for h := range sum {
			r := v.reg()
			g.VMULPS(mem(x, i, 4, 32*h), rstd, r)
			g.VFMADD231PS(mem(a, i, 4, 32*h), r, sum[h])
		}
	})
	store(lanes, sum)

	// Magnitudes are compared as integers, whose order NaN does not upset.
	g.function("maxAbsAVX2", "func(x *float32, n int) uint32", "is the largest magnitude's bits, n a multiple of 16.")
	x = g.arg("x")
	most := [2]reg.VecVirtual{v.zero(), v.zero()}
	magnitude = v.load(v.dwords("magnitude", 0x7fffffff))
	v.each(16, func(i reg.GPVirtual) {
		for h := range most {
			r := v.reg()
			g.VPAND(mem(x, i, 4, 32*h), magnitude, r)
			g.VPMAXUD(r, most[h], most[h])
		}
	})
	v.returnMax(most)

	g.function("squaresLanesAVX2", "func(lanes, x *float32, n int) uint32",
		"sets the 16 lanes to their sums of x² and is the largest magnitude's bits,",
		"n a multiple of 16.")
	lanes, x = g.arg("lanes"), g.arg("x")
	sum = [2]reg.VecVirtual{v.zero(), v.zero()}
	most = [2]reg.VecVirtual{v.zero(), v.zero()}
	magnitude = v.load(v.dwords("magnitude", 0x7fffffff))
	v.each(16, func(i reg.GPVirtual) {
		for h := range sum {
			r := v.load(mem(x, i, 4, 32*h))
			g.VFMADD231PS(r, r, sum[h])
			g.VPAND(r, magnitude, r)
			g.VPMAXUD(r, most[h], most[h])
		}
	})
	for h := range sum {
		g.VMOVUPS(sum[h], at(lanes, 32*h))
	}
	v.returnMax(most)

	g.function("maxAVX2", "func(lanes, x *float32, n int)", "sets 8 lanes to their largest x that is not NaN, n a multiple of 8.")
	lanes, x = g.arg("lanes"), g.arg("x")
	top := v.load(v.dwords("minusInf", 0xff800000))
	v.each(8, func(i reg.GPVirtual) {
		g.VMAXPS(top, v.load(mem(x, i, 4, 0)), top) // NaN gives the second operand
	})
	g.VMOVUPS(top, at(lanes, 0))
	g.ret()
}

// returnMax returns the largest dword of both registers.
func (v vector) returnMax(most [2]reg.VecVirtual) {
	v.VPMAXUD(most[0], most[1], most[0])
	low, high := most[0].AsX(), v.XMM()
	v.VEXTRACTI128(imm(1), most[0], high)
	v.VPMAXUD(low, high, high)
	other := v.XMM()
	for _, order := range []int{0x4e, 0xb1} { // swap halves, swap neighbours
		v.VPSHUFD(imm(order), high, other)
		v.VPMAXUD(other, high, high)
	}
	result := v.GP32()
	v.VMOVD(high, result)
	v.VZEROUPPER()
	v.Store(result, v.ReturnIndex(0))
	v.RET()
}
