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
		im.gemmKernel = &gemmAVX2
		im.ternaryGEMM = ternaryAVX2.gemm
		im.blockSum, im.blockSumAbs, im.blockDot = blockSumAVX, blockSumAbsAVX, blockDotAVX
		im.maxAbs, im.max = maxAbsAVX, maxAVX
		im.quantize, im.ternarize = quantizeAVX, ternarizeAVX
		im.packPanel, im.unpack = packPanelAVX, unpackPanelAVX
		im.exp = expAVX
		im.relu, im.reluBackward = reluAVX, reluBackwardAVX
		im.add, im.sub, im.mul = addAVX, subAVX, mulAVX
		im.scale, im.axpy, im.normBackward = scaleAVX, axpyAVX, normBackwardAVX
		im.adamW, im.sgd = adamWAVX, sgdAVX
		list = append(list, im)
	}
	if cpuid.CPU.Supports(cpuid.AVX512F, cpuid.AVX512BW, cpuid.AVX512DQ, cpuid.AVX512VL) && len(list) > 0 {
		im := list[0]
		im.name = "avx512"
		im.gemmKernel = &gemmAVX512
		im.quantize, im.exp, im.adamW = quantizeWide, expWide, adamWWide
		if cpuid.CPU.Supports(cpuid.AVX512VNNI) {
			im.ternaryGEMM = ternaryAVX512.gemm
		}
		list = append(list, im)
	}
	return list
}
