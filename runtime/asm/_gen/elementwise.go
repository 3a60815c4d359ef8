package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// elementwise makes the kernels that treat every element alike. All take whole
// vectors: n is a multiple of 8 (AVX2) or 16 (AVX-512).
func elementwise(g *gen) {
	v := vector{g, "AVX2", 8}
	type binary = func(m, src, dst operand.Op)
	for _, op := range []struct {
		name, doc string
		emit      binary
	}{
		{"addAVX2", "sets y = a + b.", func(m, a, d operand.Op) { g.VADDPS(m, a, d) }},
		{"subAVX2", "sets y = a - b.", func(m, a, d operand.Op) { g.VSUBPS(m, a, d) }},
		{"mulAVX2", "sets y = a·b.", func(m, a, d operand.Op) { g.VMULPS(m, a, d) }},
	} {
		g.function(op.name, "func(y, a, b *float32, n int)", op.doc)
		y, a, b := g.arg("y"), g.arg("a"), g.arg("b")
		v.each(8, func(i reg.GPVirtual) {
			r := v.load(mem(a, i, 4, 0))
			op.emit(mem(b, i, 4, 0), r, r)
			g.VMOVUPS(r, mem(y, i, 4, 0))
		})
		g.ret()
	}

	g.function("scaleAVX2", "func(y *float32, alpha float32, x *float32, n int)", "sets y = alpha·x.")
	y, alpha, x := g.arg("y"), v.spread("alpha"), g.arg("x")
	v.each(8, func(i reg.GPVirtual) {
		r := v.reg()
		g.VMULPS(mem(x, i, 4, 0), alpha, r)
		g.VMOVUPS(r, mem(y, i, 4, 0))
	})
	g.ret()

	g.function("axpyAVX2", "func(y *float32, alpha float32, x *float32, n int)", "adds alpha·x to y, fused.")
	y, alpha, x = g.arg("y"), v.spread("alpha"), g.arg("x")
	v.each(8, func(i reg.GPVirtual) {
		r := v.load(mem(y, i, 4, 0))
		g.VFMADD231PS(mem(x, i, 4, 0), alpha, r)
		g.VMOVUPS(r, mem(y, i, 4, 0))
	})
	g.ret()

	// VMAXPS returns its second operand, here x, where either is NaN or both are 0.
	g.function("reluAVX2", "func(y, x *float32, n int)", "sets y = max(0, x).")
	y, x = g.arg("y"), g.arg("x")
	zero := v.zero()
	v.each(8, func(i reg.GPVirtual) {
		r := v.reg()
		g.VMAXPS(mem(x, i, 4, 0), zero, r)
		g.VMOVUPS(r, mem(y, i, 4, 0))
	})
	g.ret()

	g.function("reluBackwardAVX2", "func(dx, dy, y *float32, n int)", "sets dx = dy where y > 0, else 0.")
	dx, dy, y := g.arg("dx"), g.arg("dy"), g.arg("y")
	zero = v.zero()
	v.each(8, func(i reg.GPVirtual) {
		r := v.reg()
		const lessThan = 0x11 // quiet
		g.VCMPPS(imm(lessThan), mem(y, i, 4, 0), zero, r)
		g.VANDPS(mem(dy, i, 4, 0), r, r)
		g.VMOVUPS(r, mem(dx, i, 4, 0))
	})
	g.ret()

	g.function("normBackwardAVX2", "func(dx, dy, y *float32, mean, rstd float32, n int)", "sets dx = (dy - mean·y)·rstd.")
	dx, dy, y = g.arg("dx"), g.arg("dy"), g.arg("y")
	mean, rstd := v.spread("mean"), v.spread("rstd")
	v.each(8, func(i reg.GPVirtual) {
		r := v.load(mem(dy, i, 4, 0))
		g.VFNMADD231PS(mem(y, i, 4, 0), mean, r)
		g.VMULPS(rstd, r, r)
		g.VMOVUPS(r, mem(dx, i, 4, 0))
	})
	g.ret()

	g.function("normBackwardScaledAVX2", "func(dx, dy, x *float32, mean, rstd float32, n int)", "sets dx = (dy - mean·(x·rstd))·rstd.")
	dx, dy, x = g.arg("dx"), g.arg("dy"), g.arg("x")
	mean, rstd = v.spread("mean"), v.spread("rstd")
	v.each(8, func(i reg.GPVirtual) {
		r, n := v.load(mem(dy, i, 4, 0)), v.reg()
		g.VMULPS(mem(x, i, 4, 0), rstd, n)
		g.VFNMADD231PS(n, mean, r)
		g.VMULPS(rstd, r, r)
		g.VMOVUPS(r, mem(dx, i, 4, 0))
	})
	g.ret()

	g.function("softmaxBackwardAVX2", "func(dx, dy, y *float32, delta, scale float32, n int)", "sets dx = (dy - delta)·y·scale.")
	dx, dy, y = g.arg("dx"), g.arg("dy"), g.arg("y")
	delta, scale := v.spread("delta"), v.spread("scale")
	v.each(8, func(i reg.GPVirtual) {
		r := v.load(mem(dy, i, 4, 0))
		g.VSUBPS(delta, r, r)
		g.VMULPS(mem(y, i, 4, 0), r, r)
		g.VMULPS(scale, r, r)
		g.VMOVUPS(r, mem(dx, i, 4, 0))
	})
	g.ret()

	g.function("rotateAVX2", "func(a, b, cos, sin *float32, n int)", "turns the pairs (a, b) by their angles.")
	a, b, cos, sin := g.arg("a"), g.arg("b"), g.arg("cos"), g.arg("sin")
	v.each(8, func(i reg.GPVirtual) {
		x, y, c, s := v.load(mem(a, i, 4, 0)), v.load(mem(b, i, 4, 0)), v.load(mem(cos, i, 4, 0)), v.load(mem(sin, i, 4, 0))
		t := v.reg()
		g.VMULPS(y, s, t)
		g.VMULPS(x, s, s)
		g.VFMSUB213PS(t, c, x)
		g.VFMADD213PS(s, c, y)
		g.VMOVUPS(x, mem(a, i, 4, 0))
		g.VMOVUPS(y, mem(b, i, 4, 0))
	})
	g.ret()
}
