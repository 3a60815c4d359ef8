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

// float is constant32 of a float32.
func (g *gen) float(name string, value float32) operand.Mem {
	return g.constant32(name, math.Float32bits(value))
}
