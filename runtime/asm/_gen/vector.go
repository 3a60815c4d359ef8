package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// vector is a register width: the same kernel body emits AVX2 and AVX-512.
type vector struct {
	*gen
	suffix string
	lanes  int // float32 in a register
}

func (g *gen) widths() []vector { return []vector{{g, "AVX2", 8}, {g, "AVX512", 16}} }

func (v vector) reg() reg.VecVirtual {
	if v.lanes == 8 {
		return v.YMM()
	}
	return v.ZMM()
}

// zero is a register of zeros.
func (v vector) zero() reg.VecVirtual {
	z := v.reg()
	if v.lanes == 8 {
		v.VXORPS(z, z, z)
	} else {
		v.VPXORD(z, z, z)
	}
	return z
}

// load is a register with what lies at m.
func (v vector) load(m operand.Op) reg.VecVirtual {
	r := v.reg()
	v.VMOVUPS(m, r)
	return r
}

// spread is a register with the float32 argument in every lane.
func (v vector) spread(arg string) reg.VecVirtual {
	r := v.reg()
	v.VBROADCASTSS(v.floatArg(arg), r)
	return r
}

// floatArg is a float32 argument where it lies.
func (g *gen) floatArg(name string) operand.Mem {
	arg, err := g.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return arg.Addr
}

// each runs body with the offset of every vector of a slice: arg n, a multiple
// of step elements and not 0.
func (v vector) each(step int, body func(i reg.GPVirtual)) {
	n, i := v.arg("n"), v.GP64()
	v.XORQ(i, i)
	v.Label("turn")
	body(i)
	v.ADDQ(operand.Imm(uint64(step)), i)
	v.CMPQ(i, n)
	v.JL(ref("turn"))
}

// ret ends a function that used wide registers.
func (g *gen) ret() {
	g.VZEROUPPER()
	g.RET()
}
