package main

import "fmt"

// neonGEMM makes the float32 product for NEON: tiles of up to 6 rows and 16
// columns, and the transpose that packs a B stored as n×k.
func neonGEMM(n *neon) {
	for m := 1; m <= 6; m++ {
		neonTile(n, m)
	}
	neonTranspose(n)
}

func neonTile(n *neon, m int) {
	n.function(fmt.Sprintf("gemmTile%dx16NEON", m), fmt.Sprintf("computes %d rows of C, 16 columns wide.", m),
		"k int", "a *float32", "aRow int", "aCol int", "b *float32", "bRow int", "c *float32", "ldc int", "accumulate int")
	const k, aRow, aCol, b, bRow, c, ldc, accumulate = r(0), r(1), r(2), r(3), r(4), r(5), r(6), r(7)
	row := func(i int) r { return r(8 + i) } // of A
	const out = r(15)
	n.arg("k", k)
	n.arg("a", row(0))
	for i, name := range []string{"aRow", "aCol", "b", "bRow", "c", "ldc", "accumulate"} {
		n.arg(name, aRow+r(i))
	}
	for _, stride := range []r{aRow, aCol, bRow, ldc} {
		n.line("LSL $2, %s, %s", stride, stride)
	}
	for i := 1; i < m; i++ {
		n.line("ADD %s, %s, %s", aRow, row(i-1), row(i))
	}
	acc := func(i, j int) v { return v(4*i + j) } // 24 at most
	begin, turn := n.newLabel("begin"), n.newLabel("turn")
	for i := range 4 * m {
		n.zero(v(i))
	}
	n.line("CBZ %s, %s", accumulate, begin)
	n.line("MOVD %s, %s", c, out)
	for i := range m {
		for j := range 4 {
			n.load(acc(i, j), out, 16*j)
		}
		n.line("ADD %s, %s, %s", ldc, out, out)
	}
	n.at(begin)
	n.at(turn)
	for j := range 4 {
		n.load(24+v(j), b, 16*j)
	}
	n.line("ADD %s, %s, %s", bRow, b, b)
	for i := range m {
		spread := v(28 + i%4)
		n.loadSpreadStep(spread, row(i), aCol)
		for j := range 4 {
			n.three("fmla.4s", acc(i, j), spread, 24+v(j))
		}
	}
	n.line("SUBS $1, %s, %s", k, k)
	n.line("BNE %s", turn)
	for i := range m {
		for j := range 4 {
			n.store(acc(i, j), c, 16*j)
		}
		n.line("ADD %s, %s, %s", ldc, c, c)
	}
	n.ret()
}

func neonTranspose(n *neon) {
	n.function("transpose4NEON", "writes dst[p·dstRow+i] = src[i·ld+p] for i in 0..3 and p in 0..k-1, k a multiple of 4.",
		"dst *float32", "dstRow int", "src *float32", "ld int", "k int")
	const dst, dstRow, src, ld, k, p = r(0), r(1), r(2), r(3), r(4), r(5)
	for i, name := range []string{"dst", "dstRow", "src", "ld", "k"} {
		n.arg(name, r(i))
	}
	n.line("LSL $2, %s, %s", dstRow, dstRow)
	n.line("LSL $2, %s, %s", ld, ld)
	n.each(k, 4, func() {
		n.line("MOVD %s, %s", src, p)
		for i := range v(4) {
			n.load(i, p, 0)
			n.line("ADD %s, %s, %s", ld, p, p)
		}
		n.transpose4x4([4]v{0, 1, 2, 3}, [4]v{4, 5, 6, 7})
		for i := range v(4) {
			n.store(i, dst, 0)
			n.line("ADD %s, %s, %s", dstRow, dst, dst)
		}
		n.add(src, 16)
	})
	n.ret()
}

// transpose4x4 transposes four vectors of four dwords in place, by way of t.
func (n *neon) transpose4x4(x, t [4]v) {
	n.three("trn1.4s", t[0], x[0], x[1])
	n.three("trn2.4s", t[1], x[0], x[1])
	n.three("trn1.4s", t[2], x[2], x[3])
	n.three("trn2.4s", t[3], x[2], x[3])
	n.three("trn1.2d", x[0], t[0], t[2])
	n.three("trn1.2d", x[1], t[1], t[3])
	n.three("trn2.2d", x[2], t[0], t[2])
	n.three("trn2.2d", x[3], t[1], t[3])
}
