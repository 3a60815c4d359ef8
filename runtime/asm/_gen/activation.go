package main

import "github.com/mmcloughlin/avo/reg"

const (
	geluC     = 1.5957691216057308
	geluC3    = 0.07135481627260025
	geluSlope = 0.21406444881780075
)

// activation makes the activations of activation.go, operation by operation.
func activation(g *gen) {
	for _, v := range g.widths() {
		v.forward("reluSquared", "sets y = max(x, 0)².", func(x reg.VecVirtual) reg.VecVirtual {
			g.VMAXPS(x, v.zero(), x) // NaN gives the second operand, x
			g.VMULPS(x, x, x)
			return x
		})
		v.backward("reluSquaredBackward", "sets dx = dy·2·max(x, 0).", func(x reg.VecVirtual) reg.VecVirtual {
			g.VMAXPS(x, v.zero(), x)
			g.VADDPS(x, x, x)
			return x
		})
		v.forward("silu", "sets y = x/(1 + e⁻ˣ).", func(x reg.VecVirtual) reg.VecVirtual {
			d := v.onePlusExpMinus(x)
			g.VDIVPS(d, x, x)
			return x
		})
		v.backward("siluBackward", "sets dx = dy·σ·(1 + x·(1-σ)).", func(x reg.VecVirtual) reg.VecVirtual {
			s := v.logistic(x)
			t := v.load(v.floats("one", 1))
			g.VSUBPS(s, t, t)
			g.VFMADD213PS(v.floats("one", 1), x, t)
			g.VMULPS(s, t, t)
			return t
		})
		v.forward("gelu", "sets y = x·σ(v).", func(x reg.VecVirtual) reg.VecVirtual {
			u := v.reg()
			g.VMULPS(x, x, u)
			c := v.load(v.floats("geluC3", geluC3))
			g.VFMADD213PS(v.floats("geluC", geluC), u, c)
			g.VMULPS(x, c, c)
			d := v.onePlusExpMinus(c)
			g.VDIVPS(d, x, x)
			return x
		})
		v.backward("geluBackward", "sets dx = dy·σ·(1 + x·(1-σ)·v′).", func(x reg.VecVirtual) reg.VecVirtual {
			bound := v.load(v.floats("flat", 30))
			g.VMINPS(x, bound, x)
			g.VMOVUPS(v.floats("minusFlat", -30), bound)
			g.VMAXPS(x, bound, x)
			square := v.reg()
			g.VMULPS(x, x, square)
			c := v.load(v.floats("geluC3", geluC3))
			g.VFMADD213PS(v.floats("geluC", geluC), square, c)
			g.VMULPS(x, c, c)
			s := v.logistic(c)
			curve := v.load(v.floats("one", 1))
			g.VSUBPS(s, curve, curve)
			g.VMULPS(x, curve, curve)
			slope := v.load(v.floats("geluSlope", geluSlope))
			g.VFMADD213PS(v.floats("geluC", geluC), square, slope)
			g.VFMADD213PS(v.floats("one", 1), curve, slope)
			g.VMULPS(s, slope, slope)
			return slope
		})
	}
}

// onePlusExpMinus is 1 + e⁻ˣ.
func (v vector) onePlusExpMinus(x reg.VecVirtual) reg.VecVirtual {
	t := v.reg()
	sign := v.dwords("sign", 0x80000000)
	if v.lanes == 8 {
		v.VPXOR(sign, x, t)
	} else {
		v.VPXORD(sign, x, t)
	}
	d := v.exp(t)
	v.VADDPS(v.floats("one", 1), d, d)
	return d
}

// logistic is 1/(1 + e⁻ˣ).
func (v vector) logistic(x reg.VecVirtual) reg.VecVirtual {
	d, one := v.onePlusExpMinus(x), v.load(v.floats("one", 1))
	v.VDIVPS(d, one, d)
	return d
}

func (v vector) forward(name, doc string, f func(x reg.VecVirtual) reg.VecVirtual) {
	v.function(name+v.suffix, "func(y, x *float32, n int)", doc)
	y, x := v.arg("y"), v.arg("x")
	v.each(v.lanes, func(i reg.GPVirtual) {
		v.VMOVUPS(f(v.load(mem(x, i, 4, 0))), mem(y, i, 4, 0))
	})
	v.ret()
}

func (v vector) backward(name, doc string, slope func(x reg.VecVirtual) reg.VecVirtual) {
	v.function(name+v.suffix, "func(dx, dy, x *float32, n int)", doc)
	dx, dy, x := v.arg("dx"), v.arg("dy"), v.arg("x")
	v.each(v.lanes, func(i reg.GPVirtual) {
		s := slope(v.load(mem(x, i, 4, 0)))
		v.VMULPS(mem(dy, i, 4, 0), s, s)
		v.VMOVUPS(s, mem(dx, i, 4, 0))
	})
	v.ret()
}
