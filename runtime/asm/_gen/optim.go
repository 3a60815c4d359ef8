package main

import "github.com/mmcloughlin/avo/reg"

// optim makes the optimisers' steps.
func optim(g *gen) {
	for _, v := range g.widths() {
		g.function("adamW"+v.suffix, "func(w, g0, m, v *float32, n int, keep, blend1, beta2, blend2, rootV, eps, rate float32)",
			"takes one step of AdamW.")
		w, grads, m, sq := g.arg("w"), g.arg("g0"), g.arg("m"), g.arg("v")
		keep, blend1, beta2, blend2 := v.spread("keep"), v.spread("blend1"), v.spread("beta2"), v.spread("blend2")
		rootV, eps, rate := v.spread("rootV"), v.spread("eps"), v.spread("rate")
		v.each(v.lanes, func(i reg.GPVirtual) {
			grad, first, second := v.load(mem(grads, i, 4, 0)), v.load(mem(m, i, 4, 0)), v.reg()
			t := v.reg()
			g.VSUBPS(first, grad, t)
			g.VFMADD231PS(t, blend1, first)
			g.VMOVUPS(first, mem(m, i, 4, 0))
			g.VMULPS(mem(sq, i, 4, 0), beta2, second)
			g.VMULPS(grad, blend2, t)
			g.VFMADD231PS(grad, t, second)
			g.VMOVUPS(second, mem(sq, i, 4, 0))
			g.VSQRTPS(second, second)
			g.VFMADD213PS(eps, rootV, second)
			g.VDIVPS(second, first, first)
			g.VMULPS(mem(w, i, 4, 0), keep, t)
			g.VFMADD231PS(first, rate, t)
			g.VMOVUPS(t, mem(w, i, 4, 0))
		})
		g.ret()
	}

	v := vector{g, "AVX2", 8}
	g.function("sgdAVX2", "func(w, g0 *float32, n int, minusLR, decay float32)", "takes one step of SGD.")
	w, grads := g.arg("w"), g.arg("g0")
	minusLR, decay := v.spread("minusLR"), v.spread("decay")
	v.each(8, func(i reg.GPVirtual) {
		weight, d := v.load(mem(w, i, 4, 0)), v.load(mem(grads, i, 4, 0))
		g.VFMADD231PS(weight, decay, d)
		g.VFMADD231PS(d, minusLR, weight)
		g.VMOVUPS(weight, mem(w, i, 4, 0))
	})
	g.ret()

	g.function("sgdMomentumAVX2", "func(w, g0, mom *float32, n int, minusLR, momentum, decay float32)", "takes one step of SGD with momentum.")
	w, grads = g.arg("w"), g.arg("g0")
	mom := g.arg("mom")
	minusLR, decay = v.spread("minusLR"), v.spread("decay")
	momentum := v.spread("momentum")
	v.each(8, func(i reg.GPVirtual) {
		weight, d := v.load(mem(w, i, 4, 0)), v.load(mem(grads, i, 4, 0))
		g.VFMADD231PS(weight, decay, d)
		g.VFMADD231PS(mem(mom, i, 4, 0), momentum, d)
		g.VMOVUPS(d, mem(mom, i, 4, 0))
		g.VFMADD231PS(d, minusLR, weight)
		g.VMOVUPS(weight, mem(w, i, 4, 0))
	})
	g.ret()
}
