//go:build !noasm

package asm

import "github.com/klauspost/cpuid/v2"

// native returns the implementations that this CPU and its operating system
// support, slowest first.
func native() []implementation {
	if !cpuid.CPU.Supports(cpuid.AVX2, cpuid.FMA3) {
		return nil
	}
	avx2 := pureGo
	avx2.name = "avx2"
	avx2.gemmKernel = &gemmAVX2
	avx2.ternaryGEMM = ternaryAVX2.gemm
	if cpuid.CPU.Supports(cpuid.AVXVNNI) {
		avx2.ternaryGEMM = ternaryVNNI.gemm
	}
	avx2.blockSum, avx2.blockSumAbs, avx2.blockDot = blockSumAVX, blockSumAbsAVX, blockDotAVX
	avx2.blockSquares = blockSquaresAVX
	avx2.max = maxAVX
	avx2.maxAbs = maxAbs(maxAbsAVX2)
	avx2.quantize = toInt8(32, quantizeAVX2, quantizeGo)
	avx2.ternarize = toInt8(32, ternarizeAVX2, ternarizeGo)
	avx2.packPanel = packPanel(packPanelAVX2)
	avx2.unpack = unpackPanel(unpackPanelAVX2)
	avx2.exp = expAVX
	avx2.relu = unary(8, reluAVX2, reluGo)
	avx2.reluBackward = binary(8, reluBackwardAVX2, reluBackwardGo)
	avx2.add = binary(8, addAVX2, addGo)
	avx2.sub = binary(8, subAVX2, subGo)
	avx2.mul = binary(8, mulAVX2, mulGo)
	avx2.scale = scaled(8, scaleAVX2, scaleGo)
	avx2.axpy = scaled(8, axpyAVX2, axpyGo)
	avx2.normBackward = normBackward(8, normBackwardAVX2, normBackwardGo)
	avx2.normBackwardScaled = normBackward(8, normBackwardScaledAVX2, normBackwardScaledGo)
	avx2.softmaxBackward = normBackward(8, softmaxBackwardAVX2, softmaxBackwardGo)
	avx2.rotate = rotate(8, rotateAVX2)
	avx2.blockDotScaled = blockDotScaledAVX
	avx2.quantizeScaled = quantizeScaled(32, quantizeScaledAVX2)
	avx2.reluSquared = unary(8, reluSquaredAVX2, reluSquaredGo)
	avx2.silu = unary(8, siluAVX2, siluGo)
	avx2.gelu = unary(8, geluAVX2, geluGo)
	avx2.reluSquaredBackward = binary(8, reluSquaredBackwardAVX2, reluSquaredBackwardGo)
	avx2.siluBackward = binary(8, siluBackwardAVX2, siluBackwardGo)
	avx2.geluBackward = binary(8, geluBackwardAVX2, geluBackwardGo)
	avx2.adamW = adamW(8, adamWAVX2, adamWGo)
	avx2.sgd = sgd(8, sgdAVX2, sgdMomentumAVX2)
	avx2.peakFloat, avx2.peakInt8 = peak(8, peakFloatAVX2), peak(32, peakInt8AVX2)
	avx2.readAll = readAll(readAVX2)
	if !cpuid.CPU.Supports(cpuid.AVX512F, cpuid.AVX512BW, cpuid.AVX512DQ, cpuid.AVX512VL) {
		return []implementation{avx2}
	}
	avx512 := avx2
	avx512.name = "avx512"
	avx512.gemmKernel = &gemmAVX512
	avx512.quantize = toInt8(16, quantizeAVX512, quantizeGo)
	avx512.quantizeScaled = quantizeScaled(16, quantizeScaledAVX512)
	avx512.exp = unary(16, expAVX512, expAVX)
	avx512.softmaxRow = func(y, x []float32, scale float32) (m, z float32) {
		return softmaxRowAVX512(&y[0], &x[0], len(x), scale)
	}
	avx512.reluSquared = unary(16, reluSquaredAVX512, avx2.reluSquared)
	avx512.silu = unary(16, siluAVX512, avx2.silu)
	avx512.gelu = unary(16, geluAVX512, avx2.gelu)
	avx512.reluSquaredBackward = binary(16, reluSquaredBackwardAVX512, avx2.reluSquaredBackward)
	avx512.siluBackward = binary(16, siluBackwardAVX512, avx2.siluBackward)
	avx512.geluBackward = binary(16, geluBackwardAVX512, avx2.geluBackward)
	avx512.adamW = adamW(16, adamWAVX512, avx2.adamW)
	avx512.peakFloat = peak(16, peakFloatAVX512)
	avx512.readAll = readAll(readAVX512)
	if cpuid.CPU.Supports(cpuid.BMI2) {
		avx512.ternarizeRow = func(row []byte, w []float32, u float32) { ternarizeRowAVX512(&row[0], &w[0], u, len(w)) }
	}
	if cpuid.CPU.Supports(cpuid.AVX512VNNI) {
		avx512.ternaryGEMM = ternaryAVX512.gemm
		avx512.peakInt8 = peak(64, peakInt8AVX512)
	}
	if cpuid.CPU.Supports(cpuid.AVX512BF16) {
		avx512.gemmBF16 = gemmBF16AVX512
	}
	return []implementation{avx2, avx512}
}
