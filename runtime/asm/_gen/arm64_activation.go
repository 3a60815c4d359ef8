package main

// neonActivation makes the activations of activation.go for NEON.
func neonActivation(n *neon) {
	const geluFactor3, geluFactor, geluSlope3, zero, flat, minusFlat = v(29), v(30), v(31), v(15), v(14), v(13)
	constants := func() {
		n.expConstants()
		n.float(geluFactor3, geluC3)
		n.float(geluFactor, geluC)
		n.float(geluSlope3, geluSlope)
		n.zero(zero)
		n.float(flat, 30)
		n.float(minusFlat, -30)
	}
	// Every body takes x in V6 and leaves its result there.
	relu := func() {
		n.two("fcmlt0.4s", 0, 6)
		n.three("bic.16b", 6, 6, 0)
	}
	onePlusExpMinus := func(x v) { // in V3
		n.two("fneg.4s", 0, x)
		n.exp()
		n.three("fadd.4s", 3, expOne, 3)
	}
	logistic := func(x v) { // in V3
		onePlusExpMinus(x)
		n.three("fdiv.4s", 3, expOne, 3)
	}
	curve := func() { // V8 = x·(c + c₃·x²), V7 = x²
		n.three("fmul.4s", 7, 6, 6)
		n.two("mov.16b", 8, geluFactor)
		n.three("fmla.4s", 8, geluFactor3, 7)
		n.three("fmul.4s", 8, 6, 8)
	}
	n.forward("reluSquaredNEON", "sets y = max(x, 0)², n a multiple of 4.", constants, func() {
		relu()
		n.three("fmul.4s", 6, 6, 6)
	})
	n.backward("reluSquaredBackwardNEON", "sets dx = dy·2·max(x, 0), n a multiple of 4.", constants, func() {
		relu()
		n.three("fadd.4s", 6, 6, 6)
	})
	n.forward("siluNEON", "sets y = x/(1 + e⁻ˣ), n a multiple of 4.", constants, func() {
		onePlusExpMinus(6)
		n.three("fdiv.4s", 6, 6, 3)
	})
	n.backward("siluBackwardNEON", "sets dx = dy·σ·(1 + x·(1-σ)), n a multiple of 4.", constants, func() {
		logistic(6)
		n.three("fsub.4s", 7, expOne, 3)
		n.two("mov.16b", 8, expOne)
		n.three("fmla.4s", 8, 6, 7)
		n.three("fmul.4s", 6, 3, 8)
	})
	n.forward("geluNEON", "sets y = x·σ(v), n a multiple of 4.", constants, func() {
		curve()
		onePlusExpMinus(8)
		n.three("fdiv.4s", 6, 6, 3)
	})
	n.backward("geluBackwardNEON", "sets dx = dy·σ·(1 + x·(1-σ)·v′), n a multiple of 4.", constants, func() {
		n.three("fcmgt.4s", 0, 6, flat)
		n.three("bit.16b", 6, flat, 0)
		n.three("fcmgt.4s", 0, minusFlat, 6)
		n.three("bit.16b", 6, minusFlat, 0)
		curve()
		logistic(8)
		n.three("fsub.4s", 9, expOne, 3)
		n.three("fmul.4s", 9, 6, 9)
		n.two("mov.16b", 8, geluFactor)
		n.three("fmla.4s", 8, geluSlope3, 7)
		n.two("mov.16b", 10, expOne)
		n.three("fmla.4s", 10, 9, 8)
		n.three("fmul.4s", 6, 3, 10)
	})
}

func (n *neon) forward(name, doc string, constants, body func()) {
	const y, x, count = r(0), r(1), r(2)
	n.function(name, doc, "y *float32", "x *float32", "n int")
	n.arg("y", y)
	n.arg("x", x)
	n.arg("n", count)
	constants()
	n.each(count, 4, func() {
		n.load(6, x, 0)
		body()
		n.store(6, y, 0)
		n.add(y, 16)
		n.add(x, 16)
	})
	n.ret()
}

func (n *neon) backward(name, doc string, constants, slope func()) {
	const dx, dy, x, count = r(0), r(1), r(2), r(3)
	n.function(name, doc, "dx *float32", "dy *float32", "x *float32", "n int")
	n.arg("dx", dx)
	n.arg("dy", dy)
	n.arg("x", x)
	n.arg("n", count)
	constants()
	n.each(count, 4, func() {
		n.load(6, x, 0)
		slope()
		n.load(0, dy, 0)
		n.three("fmul.4s", 6, 0, 6)
		n.store(6, dx, 0)
		n.add(dx, 16)
		n.add(dy, 16)
		n.add(x, 16)
	})
	n.ret()
}
