package main

// neonPeak makes the loops that measure what the machine can do.
func neonPeak(n *neon) {
	for _, p := range []struct {
		name, doc string
		step      func(acc v)
	}{
		{"peakFloatNEON", "runs 12·4 float32 multiply-adds a turn.", func(acc v) { n.three("fmla.4s", acc, 30, 31) }},
		{"peakInt8NEONDot", "runs 12·16 int8 multiply-adds a turn.", func(acc v) { n.sdot(acc, 30, 31, 0) }},
		{"peakInt8NEON", "runs 12·8 int8 multiply-adds a turn.", func(acc v) { n.three("smlal.8h", acc, 30, 31) }},
	} {
		n.function(p.name, p.doc, "turns int")
		n.arg("turns", 0)
		for i := range v(32) {
			n.zero(i)
		}
		n.each(0, 1, func() {
			for i := range v(12) {
				p.step(i)
			}
		})
		n.ret()
	}
	n.function("readNEON", "reads n bytes, a multiple of 512.", "p *byte", "n int")
	n.arg("p", 0)
	n.arg("n", 1)
	n.each(1, 512, func() {
		for i := range 32 {
			n.load(v(i), 0, 16*i)
		}
		n.add(0, 512)
	})
	n.ret()
}
