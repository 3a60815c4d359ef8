//go:build !noasm

package asm

import "golang.org/x/sys/cpu"

// native returns the one implementation for arm64, where NEON is always there.
// The dot-product instructions are not.
func native() []implementation {
	neon := pureGo
	neon.name = "neon"
	neon.gemmKernel = &gemmNEON
	neon.ternaryGEMM = ternaryNEON.gemm
	if cpu.ARM64.HasASIMDDP {
		neon.ternaryGEMM = ternaryNEONDot.gemm
	}
	neon.blockSum, neon.blockSumAbs, neon.blockDot = blockSumNeon, blockSumAbsNeon, blockDotNeon
	neon.blockSquares = blockSquaresNeon
	neon.max = maxNeon
	neon.maxAbs = maxAbs(maxAbsNEON)
	neon.quantize = toInt8(16, quantizeNEON, quantizeGo)
	neon.ternarize = toInt8(16, ternarizeNEON, ternarizeGo)
	neon.packPanel = packPanel(packPanelNEON)
	neon.unpack = unpackPanel(unpackPanelNEON)
	neon.exp = expNeon
	neon.relu = unary(4, reluNEON, reluGo)
	neon.reluBackward = binary(4, reluBackwardNEON, reluBackwardGo)
	neon.add = binary(4, addNEON, addGo)
	neon.sub = binary(4, subNEON, subGo)
	neon.mul = binary(4, mulNEON, mulGo)
	neon.scale = scaled(4, scaleNEON, scaleGo)
	neon.axpy = scaled(4, axpyNEON, axpyGo)
	neon.normBackward = normBackward(4, normBackwardNEON, normBackwardGo)
	neon.normBackwardScaled = normBackward(4, normBackwardScaledNEON, normBackwardScaledGo)
	neon.softmaxBackward = normBackward(4, softmaxBackwardNEON, softmaxBackwardGo)
	neon.rotate = rotate(4, rotateNEON)
	neon.blockDotScaled = blockDotScaledNeon
	neon.quantizeScaled = quantizeScaled(16, quantizeScaledNEON)
	neon.reluSquared = unary(4, reluSquaredNEON, reluSquaredGo)
	neon.silu = unary(4, siluNEON, siluGo)
	neon.gelu = unary(4, geluNEON, geluGo)
	neon.reluSquaredBackward = binary(4, reluSquaredBackwardNEON, reluSquaredBackwardGo)
	neon.siluBackward = binary(4, siluBackwardNEON, siluBackwardGo)
	neon.geluBackward = binary(4, geluBackwardNEON, geluBackwardGo)
	neon.adamW = adamW(4, adamWNEON, adamWGo)
	neon.sgd = sgd(4, sgdNEON, sgdMomentumNEON)
	neon.peakFloat, neon.peakInt8 = peak(4, peakFloatNEON), peak(8, peakInt8NEON)
	if cpu.ARM64.HasASIMDDP {
		neon.peakInt8 = peak(16, peakInt8NEONDot)
	}
	neon.readAll = readAll(readNEON)
	return []implementation{neon}
}
