package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// exp makes the exponential of exp.go, operation by operation.
func exp(g *gen) {
	for _, v := range g.widths() {
		g.function("exp"+v.suffix, "func(y, x *float32, n int)", "sets y = eˣ.")
		y, x := g.arg("y"), g.arg("x")
		v.each(v.lanes, func(i reg.GPVirtual) {
			r := v.exp(v.load(mem(x, i, 4, 0)))
			g.VMOVUPS(r, mem(y, i, 4, 0))
		})
		g.ret()
	}
	softmaxRow(g)
}

// softmaxRow makes the softmax of one row in three passes: the largest element, the
// exponentials with their 16 sums, the division. The last vector is masked.
func softmaxRow(g *gen) {
	v := vector{g, "AVX512", 16}
	g.function("softmaxRowAVX512", "func(y, x *float32, n int, scale float32) (most, sum float32)",
		"sets y to the softmax of scale·x, and returns most = max scale·x and",
		"sum = Σ exp(scale·x - most), n at least 1.")
	y, x, n := g.arg("y"), g.arg("x"), g.arg("n")
	scale := v.spread("scale")
	whole, i, count, ones := g.GP64(), g.GP64(), reg.RCX, g.GP64()
	rest := g.K()
	g.MOVQ(n, whole)
	g.ANDQ(operand.I32(-16), whole)
	g.MOVQ(n, count)
	g.ANDQ(imm(15), count)
	g.MOVQ(operand.U32(1), ones)
	g.SHLQ(reg.CL, ones)
	g.DECQ(ones)
	g.KMOVW(ones.As32(), rest)

	// pass runs body on every whole vector, and last on what is left.
	pass := func(name string, body, last func()) {
		g.XORQ(i, i)
		g.Label(name)
		g.CMPQ(i, whole)
		g.JGE(ref(name + "Rest"))
		body()
		g.ADDQ(imm(16), i)
		g.JMP(ref(name))
		g.Label(name + "Rest")
		g.CMPQ(i, n)
		g.JGE(ref(name + "Done"))
		last()
		g.Label(name + "Done")
	}
	scaled := func(masked bool) reg.VecVirtual {
		r := v.reg()
		if masked {
			g.VMOVUPS_Z(mem(x, i, 4, 0), rest, r)
		} else {
			g.VMOVUPS(mem(x, i, 4, 0), r)
		}
		g.VMULPS(scale, r, r)
		return r
	}

	top := v.load(v.dwords("minusInf", 0xff800000))
	pass("most", func() {
		g.VMAXPS(top, scaled(false), top) // NaN gives the second operand
	}, func() {
		g.VMAXPS(top, scaled(true), rest, top)
	})
	v.fold(top, func(a, b, to reg.VecVirtual) { g.VMAXPS(a, b, to) })
	most := v.reg()
	g.VBROADCASTSS(top.AsX(), most)

	sum := v.zero()
	pass("exp", func() {
		r := scaled(false)
		g.VSUBPS(most, r, r)
		r = v.exp(r)
		g.VADDPS(r, sum, sum)
		g.VMOVUPS(r, mem(y, i, 4, 0))
	}, func() {
		r := scaled(true)
		g.VSUBPS(most, r, r)
		r = v.exp(r)
		g.VADDPS(r, sum, rest, sum)
		g.VMOVUPS(r, rest, mem(y, i, 4, 0))
	})
	v.fold(sum, func(a, b, to reg.VecVirtual) { g.VADDPS(a, b, to) })
	g.Store(top.AsX(), g.Return("most"))
	g.Store(sum.AsX(), g.Return("sum"))

	share := g.XMM()
	g.VMOVSS(v.floats("one", 1), share)
	g.VDIVSS(sum.AsX(), share, share)
	each := v.reg()
	g.VBROADCASTSS(share, each)
	pass("share", func() {
		r := v.reg()
		g.VMULPS(mem(y, i, 4, 0), each, r)
		g.VMOVUPS(r, mem(y, i, 4, 0))
	}, func() {
		r := v.reg()
		g.VMOVUPS_Z(mem(y, i, 4, 0), rest, r)
		g.VMULPS(each, r, r)
		g.VMOVUPS(r, rest, mem(y, i, 4, 0))
	})
	g.ret()
}

// fold combines the 16 lanes of r into the first, the upper half with the lower
// until one is left.
func (v vector) fold(r reg.VecVirtual, combine func(a, b, to reg.VecVirtual)) {
	other := v.reg()
	for _, order := range []int{0x0e, 0x01} { // halves, quarters
		v.VSHUFF32X4(imm(order), r, r, other)
		combine(other, r, r)
	}
	for _, order := range []int{0x0e, 0x01} { // within a quarter
		v.VPERMILPS(imm(order), r, other)
		combine(other, r, r)
	}
}

// exp is eˣ of one register.
func (v vector) exp(x reg.VecVirtual) reg.VecVirtual {
	bound := v.reg()
	// The clamps return x, the second operand, where it is NaN.
	v.VMOVUPS(v.floats("max", 89), bound)
	v.VMINPS(x, bound, x)
	v.VMOVUPS(v.floats("min", -104), bound)
	v.VMAXPS(x, bound, x)

	n := v.reg()
	v.VMULPS(v.floats("log2e", 1.44269504088896341), x, n)
	v.VADDPS(v.floats("roundEven", 3<<22), n, n)
	v.VSUBPS(v.floats("roundEven", 3<<22), n, n)
	v.VFMADD231PS(v.floats("minusLn2Hi", -0.693147182464599609375), n, x)
	v.VFMADD231PS(v.floats("minusLn2Lo", 1.90465429995776804525e-9), n, x)

	p := v.load(v.floats("c6", 0.0013926181709393859))
	v.VFMADD213PS(v.floats("c5", 0.008363177999854088), x, p)
	v.VFMADD213PS(v.floats("c4", 0.041666556149721146), x, p)
	v.VFMADD213PS(v.floats("c3", 0.16666576266288757), x, p)
	v.VFMADD213PS(v.floats("c2", 0.5), x, p)
	v.VFMADD213PS(v.floats("one", 1), x, p)
	v.VFMADD213PS(v.floats("one", 1), x, p)

	half := v.reg()
	v.VCVTPS2DQ(n, n)
	v.VPSRAD(imm(1), n, half)
	v.VPSUBD(half, n, n)
	for _, power := range []reg.VecVirtual{half, n} {
		v.VPADDD(v.dwords("bias", 127), power, power)
		v.VPSLLD(imm(23), power, power)
		v.VMULPS(power, p, p)
	}
	return p
}
