//go:build !purego

package asm

import "github.com/klauspost/cpuid/v2"

// native returns the implementations that this CPU and its operating system
// support, slowest first.
func native() []implementation {
	var list []implementation
	if cpuid.CPU.Supports(cpuid.AVX2, cpuid.FMA3) {
		im := pureGo
		im.name = "avx2"
		im.gemm = gemmAVX2.gemm
		im.ternaryGEMM = ternaryAVX2.gemm
		list = append(list, im)
	}
	if cpuid.CPU.Supports(cpuid.AVX512F, cpuid.AVX512BW, cpuid.AVX512DQ, cpuid.AVX512VL) && len(list) > 0 {
		im := list[0]
		im.name = "avx512"
		im.gemm = gemmAVX512.gemm
		if cpuid.CPU.Supports(cpuid.AVX512VNNI) {
			im.ternaryGEMM = ternaryAVX512.gemm
		}
		list = append(list, im)
	}
	return list
}
