package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// gemm makes the microkernels of the float32 product: one for every tile height,
// so that a matrix splits into even tiles and no row is computed in vain.
//
// A tile of C stays in registers while k runs; each step of k loads one row of
// the packed panel of B and multiplies it with one element of A per row, taken
// through generic strides and spread over a vector.
func gemm(g *gen) {
	for m := 1; m <= 14; m++ {
		for _, vectors := range []int{1, 2} {
			gemmTileAVX512(g, m, vectors)
		}
	}
	for m := 1; m <= 6; m++ {
		gemmTileAVX2(g, m)
	}
}

const tileSignature = "(k int, a *float32, aRow, aCol int, b *float32, bRow int, c *float32, ldc int, accumulate int"

// rows addresses up to 15 rows that lie a stride apart by three pointers five
// rows apart and the stride's multiples 1 to 4.
type rows struct {
	base           [3]reg.GPVirtual
	stride, times3 reg.GPVirtual
}

func (g *gen) rows(n int, base, stride reg.GPVirtual) rows {
	r := rows{stride: stride}
	r.base[0] = base
	if n > 3 {
		r.times3 = g.GP64()
		g.LEAQ(mem(stride, stride, 2, 0), r.times3)
	}
	for i := 1; i*5 < n; i++ {
		r.base[i] = g.GP64()
		g.LEAQ(mem(r.base[i-1], stride, 4, 0), r.base[i])
		g.ADDQ(stride, r.base[i])
	}
	return r
}

// at is element disp of row i.
func (r rows) at(i, disp int) operand.Mem {
	base := r.base[i/5]
	switch i % 5 {
	case 0:
		return at(base, disp)
	case 3:
		return mem(base, r.times3, 1, disp)
	default:
		return mem(base, r.stride, uint8(i%5), disp)
	}
}

// advance moves every row by step.
func (g *gen) advance(r rows, n int, step operand.Op) {
	for i := 0; i*5 < n; i++ {
		g.ADDQ(step, r.base[i])
	}
}

// tileArgs loads the arguments of a tile, strides in bytes.
func (g *gen) tileArgs(m int) (k reg.GPVirtual, a rows, aCol, b, bRow reg.GPVirtual, c rows) {
	k = g.arg("k")
	aBase, aRow := g.arg("a"), g.arg("aRow")
	aCol, b, bRow = g.arg("aCol"), g.arg("b"), g.arg("bRow")
	cBase, ldc := g.arg("c"), g.arg("ldc")
	for _, stride := range []reg.GPVirtual{aRow, aCol, bRow, ldc} {
		g.SHLQ(imm(2), stride)
	}
	return k, g.rows(m, aBase, aRow), aCol, b, bRow, g.rows(m, cBase, ldc)
}

// kLoop runs step k times, four to a turn.
func (g *gen) kLoop(k reg.GPVirtual, step func()) {
	const unroll = 4
	g.SUBQ(imm(unroll), k)
	g.JL(ref("rest"))
	g.Label("four")
	for range unroll {
		step()
	}
	g.SUBQ(imm(unroll), k)
	g.JGE(ref("four"))
	g.Label("rest")
	g.ADDQ(imm(unroll), k)
	g.JZ(ref("store"))
	g.Label("one")
	step()
	g.DECQ(k)
	g.JNZ(ref("one"))
	g.Label("store")
}

func gemmTileAVX512(g *gen, m, vectors int) {
	g.function(fmt.Sprintf("gemmTile%dx%dAVX512", m, vectors*16),
		"func"+tileSignature+", mask uint32, next *float32)",
		fmt.Sprintf("computes %d rows of C, %d columns wide, of which the", m, vectors*16),
		"mask names the columns in use of the last 16. It fetches the rows of C at next",
		"into the cache: those of the next call, which otherwise would wait for memory.")
	ldc := g.arg("ldc")
	g.SHLQ(imm(2), ldc)
	next := g.rows(m, g.arg("next"), ldc)
	for i := range m {
		for v := range vectors {
			g.PREFETCHT0(next.at(i, v*64))
		}
	}
	k, a, aCol, b, bRow, c := g.tileArgs(m)
	mask := g.K()
	m32 := g.Load(g.Param("mask"), g.GP32())
	g.KMOVW(m32, mask)
	accumulate := g.arg("accumulate")

	acc := make([][]reg.VecVirtual, m)
	for i := range acc {
		for range vectors {
			acc[i] = append(acc[i], g.ZMM())
		}
	}
	last := vectors - 1
	g.TESTQ(accumulate, accumulate)
	g.JNZ(ref("load"))
	for i := range acc {
		for v := range vectors {
			g.VPXORD(acc[i][v], acc[i][v], acc[i][v])
		}
	}
	g.JMP(ref("begin"))
	g.Label("load")
	for i := range acc {
		for v := range vectors {
			if v == last {
				g.VMOVUPS_Z(c.at(i, v*64), mask, acc[i][v])
			} else {
				g.VMOVUPS(c.at(i, v*64), acc[i][v])
			}
		}
	}
	g.Label("begin")

	bv := make([]reg.VecVirtual, vectors)
	for v := range bv {
		bv[v] = g.ZMM()
	}
	spread := [2]reg.VecVirtual{g.ZMM(), g.ZMM()}
	g.kLoop(k, func() {
		for v := range bv {
			if v == last {
				g.VMOVUPS_Z(at(b, v*64), mask, bv[v])
			} else {
				g.VMOVUPS(at(b, v*64), bv[v])
			}
		}
		for i := range acc {
			s := spread[i%2]
			g.VBROADCASTSS(a.at(i, 0), s)
			for v := range bv {
				g.VFMADD231PS(bv[v], s, acc[i][v])
			}
		}
		g.advance(a, m, aCol)
		g.ADDQ(bRow, b)
	})
	for i := range acc {
		for v := range vectors {
			if v == last {
				g.VMOVUPS(acc[i][v], mask, c.at(i, v*64))
			} else {
				g.VMOVUPS(acc[i][v], c.at(i, v*64))
			}
		}
	}
	g.VZEROUPPER()
	g.RET()
}

func gemmTileAVX2(g *gen, m int) {
	g.function(fmt.Sprintf("gemmTile%dx16AVX2", m), "func"+tileSignature+")",
		fmt.Sprintf("computes %d rows of C, 16 columns wide.", m))
	k, a, aCol, b, bRow, c := g.tileArgs(m)
	accumulate := g.arg("accumulate")
	acc := make([][2]reg.VecVirtual, m)
	for i := range acc {
		acc[i] = [2]reg.VecVirtual{g.YMM(), g.YMM()}
	}
	g.TESTQ(accumulate, accumulate)
	g.JNZ(ref("load"))
	for i := range acc {
		for v := range 2 {
			g.VXORPS(acc[i][v], acc[i][v], acc[i][v])
		}
		g.PREFETCHT0(c.at(i, 0))
	}
	g.JMP(ref("begin"))
	g.Label("load")
	for i := range acc {
		for v := range 2 {
			g.VMOVUPS(c.at(i, v*32), acc[i][v])
		}
	}
	g.Label("begin")
	bv := [2]reg.VecVirtual{g.YMM(), g.YMM()}
	spread := [2]reg.VecVirtual{g.YMM(), g.YMM()}
	g.kLoop(k, func() {
		for v := range bv {
			g.VMOVUPS(at(b, v*32), bv[v])
		}
		for i := range acc {
			s := spread[i%2]
			g.VBROADCASTSS(a.at(i, 0), s)
			for v := range bv {
				g.VFMADD231PS(bv[v], s, acc[i][v])
			}
		}
		g.advance(a, m, aCol)
		g.ADDQ(bRow, b)
	})
	for i := range acc {
		for v := range 2 {
			g.VMOVUPS(acc[i][v], c.at(i, v*32))
		}
	}
	g.VZEROUPPER()
	g.RET()
}
