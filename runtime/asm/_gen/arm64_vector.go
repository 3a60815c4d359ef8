package main

// neonVector makes the elementwise kernels, reductions and optimisers for NEON:
// the counterparts of elementwise.go, exp.go, reduce.go and optim.go.
func neonVector(n *neon) {
	neonElementwise(n)
	neonNormBackwardScaled(n)
	neonAttention(n)
	neonExp(n)
	neonReduce(n)
	neonOptim(n)
}

func neonElementwise(n *neon) {
	const y, a, b, count = r(0), r(1), r(2), r(3)
	for _, op := range []struct{ name, code, doc string }{
		{"addNEON", "fadd.4s", "sets y = a + b, n a multiple of 4."},
		{"subNEON", "fsub.4s", "sets y = a - b, n a multiple of 4."},
		{"mulNEON", "fmul.4s", "sets y = a·b, n a multiple of 4."},
	} {
		n.function(op.name, op.doc, "y *float32", "a *float32", "b *float32", "n int")
		n.arg("y", y)
		n.arg("a", a)
		n.arg("b", b)
		n.arg("n", count)
		n.each(count, 4, func() {
			n.load(0, a, 0)
			n.load(1, b, 0)
			n.three(op.code, 0, 0, 1)
			n.store(0, y, 0)
			n.add(y, 16)
			n.add(a, 16)
			n.add(b, 16)
		})
		n.ret()
	}

	for _, op := range []struct {
		name, doc string
		fused     bool
	}{
		{"scaleNEON", "sets y = alpha·x, n a multiple of 4.", false},
		{"axpyNEON", "adds alpha·x to y, fused, n a multiple of 4.", true},
	} {
		n.function(op.name, op.doc, "y *float32", "alpha float32", "x *float32", "n int")
		n.arg("y", y)
		n.spread("alpha", 7)
		n.arg("x", a)
		n.arg("n", count)
		n.each(count, 4, func() {
			n.load(0, a, 0)
			if op.fused {
				n.load(1, y, 0)
				n.three("fmla.4s", 1, 7, 0)
			} else {
				n.three("fmul.4s", 1, 7, 0)
			}
			n.store(1, y, 0)
			n.add(y, 16)
			n.add(a, 16)
		})
		n.ret()
	}

	n.function("reluNEON", "sets y = 0 where x < 0, else x, n a multiple of 4.", "y *float32", "x *float32", "n int")
	n.arg("y", y)
	n.arg("x", a)
	n.arg("n", count)
	n.each(count, 4, func() {
		n.load(0, a, 0)
		n.two("fcmlt0.4s", 1, 0)
		n.three("bic.16b", 0, 0, 1)
		n.store(0, y, 0)
		n.add(y, 16)
		n.add(a, 16)
	})
	n.ret()

	n.function("reluBackwardNEON", "sets dx = dy where y > 0, else 0, n a multiple of 4.", "dx *float32", "dy *float32", "y *float32", "n int")
	n.arg("dx", y)
	n.arg("dy", a)
	n.arg("y", b)
	n.arg("n", count)
	n.each(count, 4, func() {
		n.load(0, a, 0)
		n.load(1, b, 0)
		n.two("fcmgt0.4s", 1, 1)
		n.three("and.16b", 0, 0, 1)
		n.store(0, y, 0)
		n.add(y, 16)
		n.add(a, 16)
		n.add(b, 16)
	})
	n.ret()

	n.function("normBackwardNEON", "sets dx = (dy - mean·y)·rstd, n a multiple of 4.",
		"dx *float32", "dy *float32", "y *float32", "mean float32", "rstd float32", "n int")
	n.arg("dx", y)
	n.arg("dy", a)
	n.arg("y", b)
	n.spread("mean", 6)
	n.spread("rstd", 7)
	n.arg("n", count)
	n.each(count, 4, func() {
		n.load(0, a, 0)
		n.load(1, b, 0)
		n.three("fmls.4s", 0, 6, 1)
		n.three("fmul.4s", 0, 0, 7)
		n.store(0, y, 0)
		n.add(y, 16)
		n.add(a, 16)
		n.add(b, 16)
	})
	n.ret()
}

func neonNormBackwardScaled(n *neon) {
	const dx, dy, x, count = r(0), r(1), r(2), r(3)
	n.function("normBackwardScaledNEON", "sets dx = (dy - mean·(x·rstd))·rstd, n a multiple of 4.",
		"dx *float32", "dy *float32", "x *float32", "mean float32", "rstd float32", "n int")
	n.arg("dx", dx)
	n.arg("dy", dy)
	n.arg("x", x)
	n.spread("mean", 6)
	n.spread("rstd", 7)
	n.arg("n", count)
	n.each(count, 4, func() {
		n.load(0, dy, 0)
		n.load(1, x, 0)
		n.three("fmul.4s", 1, 1, 7)
		n.three("fmls.4s", 0, 6, 1)
		n.three("fmul.4s", 0, 0, 7)
		n.store(0, dx, 0)
		n.add(dx, 16)
		n.add(dy, 16)
		n.add(x, 16)
	})
	n.ret()
}

// neonAttention makes the elementwise parts of attention and of RoPE.
func neonAttention(n *neon) {
	const dx, dy, y, count = r(0), r(1), r(2), r(3)
	n.function("softmaxBackwardNEON", "sets dx = (dy - delta)·y·scale, n a multiple of 4.",
		"dx *float32", "dy *float32", "y *float32", "delta float32", "scale float32", "n int")
	n.arg("dx", dx)
	n.arg("dy", dy)
	n.arg("y", y)
	n.spread("delta", 6)
	n.spread("scale", 7)
	n.arg("n", count)
	n.each(count, 4, func() {
		n.load(0, dy, 0)
		n.load(1, y, 0)
		n.three("fsub.4s", 0, 0, 6)
		n.three("fmul.4s", 0, 0, 1)
		n.three("fmul.4s", 0, 0, 7)
		n.store(0, dx, 0)
		n.add(dx, 16)
		n.add(dy, 16)
		n.add(y, 16)
	})
	n.ret()

	const a, b, cos, sin, left = r(0), r(1), r(2), r(3), r(4)
	n.function("rotateNEON", "turns the pairs (a, b) by their angles, n a multiple of 4.",
		"a *float32", "b *float32", "cos *float32", "sin *float32", "n int")
	for i, name := range []string{"a", "b", "cos", "sin", "n"} {
		n.arg(name, r(i))
	}
	n.each(left, 4, func() {
		n.load(0, a, 0)
		n.load(1, b, 0)
		n.load(2, cos, 0)
		n.load(3, sin, 0)
		n.three("fmul.4s", 4, 1, 3)
		n.two("fneg.4s", 4, 4)
		n.three("fmla.4s", 4, 0, 2)
		n.three("fmul.4s", 5, 0, 3)
		n.three("fmla.4s", 5, 1, 2)
		n.store(4, a, 0)
		n.store(5, b, 0)
		for _, p := range []r{a, b, cos, sin} {
			n.add(p, 16)
		}
	})
	n.ret()
}

func neonExp(n *neon) {
	const y, x, count = r(0), r(1), r(2)
	n.function("expNEON", "sets y = eˣ, n a multiple of 4.", "y *float32", "x *float32", "n int")
	n.arg("y", y)
	n.arg("x", x)
	n.arg("n", count)
	n.expConstants()
	n.each(count, 4, func() {
		n.load(0, x, 0)
		n.exp()
		n.store(3, y, 0)
		n.add(y, 16)
		n.add(x, 16)
	})
	n.ret()
}

// Registers of the constants of exp.
const (
	expMost, expLeast, expLog2e, expRound, expLn2Hi, expLn2Lo, expBias, expOne, expC2 = v(16), v(17), v(18), v(19), v(20), v(21), v(22), v(23), v(24)
)

func (n *neon) expConstants() {
	for _, c := range []struct {
		to    v
		value float32
	}{
		{expMost, 89},
		{expLeast, -104},
		{expLog2e, 1.44269504088896341},
		{expRound, 3 << 22},
		{expLn2Hi, -0.693147182464599609375},
		{expLn2Lo, 1.90465429995776804525e-9},
		{expOne, 1},
		{expC2, 0.5},
		{expC2 + 1, 0.16666576266288757},
		{expC2 + 2, 0.041666556149721146},
		{expC2 + 3, 0.008363177999854088},
		{expC2 + 4, 0.0013926181709393859},
	} {
		n.float(c.to, c.value)
	}
	n.constant(expBias, 127)
}

// exp is eˣ of V0 in V3; it uses V0 to V5.
func (n *neon) exp() {
	n.three("fcmgt.4s", 1, 0, expMost) // NaN is not greater and stays
	n.three("bit.16b", 0, expMost, 1)
	n.three("fcmgt.4s", 1, expLeast, 0)
	n.three("bit.16b", 0, expLeast, 1)
	n.three("fmul.4s", 2, 0, expLog2e)
	n.three("fadd.4s", 2, 2, expRound)
	n.three("fsub.4s", 2, 2, expRound)
	n.three("fmla.4s", 0, 2, expLn2Hi)
	n.three("fmla.4s", 0, 2, expLn2Lo)
	p := v(3)
	n.two("mov.16b", p, expC2+4)
	for _, c := range []v{expC2 + 3, expC2 + 2, expC2 + 1, expC2, expOne, expOne} {
		next := 7 - p // 3 and 4 by turns
		n.two("mov.16b", next, c)
		n.three("fmla.4s", next, p, 0)
		p = next
	}
	n.two("fcvtns.4s", 2, 2)
	n.shift("sshr.4s", 5, 2, 1)
	n.three("sub.4s", 2, 2, 5)
	for _, power := range []v{5, 2} {
		n.three("add.4s", power, power, expBias)
		n.shift("shl.4s", power, power, 23)
		n.three("fmul.4s", p, p, power)
	}
}

func neonReduce(n *neon) {
	const lanes, x, b, count = r(0), r(1), r(2), r(3)
	const magnitude = v(31)
	begin := func() {
		n.arg("lanes", lanes)
		n.arg("x", x)
		n.arg("n", count)
		for i := range v(4) {
			n.zero(i)
		}
	}
	end := func() {
		for i := range v(4) {
			n.store(i, lanes, 16*int(i))
		}
		n.ret()
	}
	n.function("sumLanesNEON", "sets the 16 lanes to their sums of x, n a multiple of 16.", "lanes *float32", "x *float32", "n int")
	begin()
	n.each(count, 16, func() {
		for i := range v(4) {
			n.load(4+i, x, 16*int(i))
			n.three("fadd.4s", i, i, 4+i)
		}
		n.add(x, 64)
	})
	end()

	n.function("sumAbsLanesNEON", "sets the 16 lanes to their sums of |x|, n a multiple of 16.", "lanes *float32", "x *float32", "n int")
	begin()
	n.constant(magnitude, 0x7fffffff)
	n.each(count, 16, func() {
		for i := range v(4) {
			n.load(4+i, x, 16*int(i))
			n.three("and.16b", 4+i, 4+i, magnitude)
			n.three("fadd.4s", i, i, 4+i)
		}
		n.add(x, 64)
	})
	end()

	n.function("dotLanesNEON", "sets the 16 lanes to their sums of x·b, n a multiple of 16.", "lanes *float32", "x *float32", "b *float32", "n int")
	begin()
	n.arg("b", b)
	n.each(count, 16, func() {
		for i := range v(4) {
			n.load(4+i, x, 16*int(i))
			n.load(8+i, b, 16*int(i))
			n.three("fmla.4s", i, 4+i, 8+i)
		}
		n.add(x, 64)
		n.add(b, 64)
	})
	end()

	n.function("dotScaledLanesNEON", "sets the 16 lanes to their sums of b·(x·rstd), n a multiple of 16.",
		"lanes *float32", "b *float32", "x *float32", "rstd float32", "n int")
	begin()
	n.arg("b", b)
	n.spread("rstd", 16)
	n.each(count, 16, func() {
		for i := range v(4) {
			n.load(4+i, x, 16*int(i))
			n.three("fmul.4s", 4+i, 4+i, 16)
			n.load(8+i, b, 16*int(i))
			n.three("fmla.4s", i, 8+i, 4+i)
		}
		n.add(x, 64)
		n.add(b, 64)
	})
	end()

	n.function("maxAbsNEON", "is the largest magnitude's bits, n a multiple of 16.", "x *float32", "n int", "uint32")
	n.arg("x", x)
	n.arg("n", count)
	for i := range v(4) {
		n.zero(i)
	}
	n.constant(magnitude, 0x7fffffff)
	n.each(count, 16, func() {
		for i := range v(4) {
			n.load(4+i, x, 16*int(i))
			n.three("and.16b", 4+i, 4+i, magnitude)
			n.three("umax.4s", i, i, 4+i)
		}
		n.add(x, 64)
	})
	largest := func(a v) { // of V(a) to V(a+3)
		n.three("umax.4s", a, a, a+1)
		n.three("umax.4s", a+2, a+2, a+3)
		n.three("umax.4s", a, a, a+2)
		n.two("umaxv.4s", a, a)
		n.retW(a)
	}
	largest(0)

	n.function("squaresLanesNEON", "sets the 16 lanes to their sums of x² and is the largest magnitude's bits, n a multiple of 16.",
		"lanes *float32", "x *float32", "n int", "uint32")
	begin()
	for i := range v(4) {
		n.zero(8 + i)
	}
	n.constant(magnitude, 0x7fffffff)
	n.each(count, 16, func() {
		for i := range v(4) {
			n.load(4+i, x, 16*int(i))
			n.three("fmla.4s", i, 4+i, 4+i)
			n.three("and.16b", 4+i, 4+i, magnitude)
			n.three("umax.4s", 8+i, 8+i, 4+i)
		}
		n.add(x, 64)
	})
	for i := range v(4) {
		n.store(i, lanes, 16*int(i))
	}
	largest(8)

	n.function("maxNEON", "sets 8 lanes to their largest x that is not NaN, n a multiple of 8.", "lanes *float32", "x *float32", "n int")
	n.arg("lanes", lanes)
	n.arg("x", x)
	n.arg("n", count)
	n.constant(0, 0xff800000)
	n.two("mov.16b", 1, 0)
	n.each(count, 8, func() {
		for i := range v(2) {
			n.load(4+i, x, 16*int(i))
			n.three("fcmgt.4s", 6, 4+i, i)
			n.three("bit.16b", i, 4+i, 6)
		}
		n.add(x, 32)
	})
	n.store(0, lanes, 0)
	n.store(1, lanes, 16)
	n.ret()
}

func neonOptim(n *neon) {
	const w, grads, m, sq, count = r(0), r(1), r(2), r(3), r(4)
	n.function("adamWNEON", "takes one step of AdamW, n a multiple of 4.",
		"w *float32", "g0 *float32", "m *float32", "v *float32", "n int",
		"keep float32", "blend1 float32", "beta2 float32", "blend2 float32", "rootV float32", "eps float32", "rate float32")
	n.arg("w", w)
	n.arg("g0", grads)
	n.arg("m", m)
	n.arg("v", sq)
	n.arg("n", count)
	const keep, blend1, beta2, blend2, rootV, eps, rate = v(16), v(17), v(18), v(19), v(20), v(21), v(22)
	for i, name := range []string{"keep", "blend1", "beta2", "blend2", "rootV", "eps", "rate"} {
		n.spread(name, 16+v(i))
	}
	n.each(count, 4, func() {
		const grad, first, second, t, u = v(0), v(1), v(2), v(3), v(4)
		n.load(grad, grads, 0)
		n.load(first, m, 0)
		n.load(second, sq, 0)
		n.three("fsub.4s", t, grad, first)
		n.three("fmla.4s", first, t, blend1)
		n.store(first, m, 0)
		n.three("fmul.4s", second, second, beta2)
		n.three("fmul.4s", t, grad, blend2)
		n.three("fmla.4s", second, t, grad)
		n.store(second, sq, 0)
		n.two("fsqrt.4s", second, second)
		n.two("mov.16b", u, eps)
		n.three("fmla.4s", u, second, rootV)
		n.three("fdiv.4s", first, first, u)
		n.load(t, w, 0)
		n.three("fmul.4s", t, t, keep)
		n.three("fmla.4s", t, first, rate)
		n.store(t, w, 0)
		for _, p := range []r{w, grads, m, sq} {
			n.add(p, 16)
		}
	})
	n.ret()

	const mom = r(2)
	for _, momentum := range []bool{false, true} {
		if momentum {
			n.function("sgdMomentumNEON", "takes one step of SGD with momentum, n a multiple of 4.",
				"w *float32", "g0 *float32", "mom *float32", "n int", "minusLR float32", "momentum float32", "decay float32")
			n.arg("mom", mom)
			n.spread("momentum", 18)
		} else {
			n.function("sgdNEON", "takes one step of SGD, n a multiple of 4.",
				"w *float32", "g0 *float32", "n int", "minusLR float32", "decay float32")
		}
		n.arg("w", w)
		n.arg("g0", grads)
		n.arg("n", count)
		n.spread("minusLR", 16)
		n.spread("decay", 17)
		n.each(count, 4, func() {
			n.load(0, w, 0)
			n.load(1, grads, 0)
			n.three("fmla.4s", 1, 0, 17)
			if momentum {
				n.load(2, mom, 0)
				n.three("fmla.4s", 1, 2, 18)
				n.store(1, mom, 0)
				n.add(mom, 16)
			}
			n.three("fmla.4s", 0, 1, 16)
			n.store(0, w, 0)
			n.add(w, 16)
			n.add(grads, 16)
		})
		n.ret()
	}
}
