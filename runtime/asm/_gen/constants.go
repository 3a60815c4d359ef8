package main

import (
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
)

// constant32 is a read-only dword of this file, made on first use.
func (g *gen) constant32(name string, value uint32) operand.Mem {
	if m, ok := g.constants[name]; ok {
		return m
	}
	m := g.StaticGlobal(g.family + "_" + name)
	g.DataAttributes(attr.RODATA | attr.NOPTR)
	g.AppendDatum(operand.U32(value))
	g.constants[name] = m
	return m
}

// dwords is a read-only constant that fills the widest register with value.
func (g *gen) dwords(name string, value uint32) operand.Mem {
	values := make([]uint32, 16)
	for i := range values {
		values[i] = value
	}
	return g.dwordList(name, values...)
}

// floats is dwords of a float32.
func (g *gen) floats(name string, value float32) operand.Mem {
	return g.dwords(name, math.Float32bits(value))
}

// dwordList is a read-only constant of several dwords.
func (g *gen) dwordList(name string, values ...uint32) operand.Mem {
	if m, ok := g.constants[name]; ok {
		return m
	}
	m := g.StaticGlobal(g.family + "_" + name)
	g.DataAttributes(attr.RODATA | attr.NOPTR)
	for _, v := range values {
		g.AppendDatum(operand.U32(v))
	}
	g.constants[name] = m
	return m
}
