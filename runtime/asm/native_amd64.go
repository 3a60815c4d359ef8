//go:build !purego

package asm

import (
	"unsafe"

	"github.com/klauspost/cpuid/v2"
)

// native returns the implementations that this CPU and its operating system
// support, slowest first.
func native() []implementation {
	var list []implementation
	if cpuid.CPU.Supports(cpuid.AVX2, cpuid.FMA3) {
		im := pureGo
		im.name = "avx2"
		im.gemm = gemmAVX2.gemm
		list = append(list, im)
	}
	if cpuid.CPU.Supports(cpuid.AVX512F, cpuid.AVX512BW, cpuid.AVX512DQ, cpuid.AVX512VL) && len(list) > 0 {
		im := list[0]
		im.name = "avx512"
		im.gemm = gemmAVX512.gemm
		list = append(list, im)
	}
	return list
}

// span is the n elements that begin at p, which lies in a slice that has them.
func span(p *float32, n int) []float32 { return unsafe.Slice(p, n) }
