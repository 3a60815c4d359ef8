package main

import "github.com/mmcloughlin/avo/reg"

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
