package asm

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// implementation is one column of the dispatch table: the kernels that have a
// version per instruction set. Every version returns the bits of the Go one.
type implementation struct {
	name string

	gemmKernel  *gemmKernel
	gemmBF16    func(s gemmShape, a, b, c []float32) // approximate; nil if the CPU has none
	ternaryGEMM func(m int, q []int8, s []float32, w *Ternary, gamma float32, y []float32, ldy int)

	// On up to Block elements.
	blockSum, blockSumAbs func(x []float32) float32
	blockDot              func(a, b []float32) float32
	blockSquares          func(x []float32) (sum float32, most uint32) // and the largest magnitude's bits

	maxAbs   func(x []float32) float32
	max      func(x []float32) float32
	quantize func(q []int8, x []float32, s float32)

	// With y = x·rstd in place of a stored y.
	quantizeScaled     func(q []int8, x []float32, rstd, s float32)
	blockDotScaled     func(a, x []float32, rstd float32) float32
	normBackwardScaled func(dx, dy, x []float32, mean, rstd float32)

	// Ternarises and packs one row of a panel; nil: by way of int8.
	ternarizeRow func(row []byte, w []float32, u float32)

	ternarize func(t []int8, w []float32, u float32)
	packPanel func(panel []byte, t []int8, rows, cols int)
	unpack    func(t []int8, panel []byte, rows, cols int)

	// Of up to Block elements, in one go; nil: made of the kernels around here.
	softmaxRow func(y, x []float32, scale float32) (m, z float32)

	exp          func(y, x []float32)
	relu         func(y, x []float32)
	reluBackward func(dx, dy, y []float32)
	add          func(y, a, b []float32)
	sub          func(y, a, b []float32)
	mul          func(y, a, b []float32)
	scale        func(y []float32, alpha float32, x []float32)
	axpy         func(y []float32, alpha float32, x []float32)
	normBackward func(dx, dy, y []float32, mean, rstd float32)

	reluSquared, silu, gelu                         func(y, x []float32)
	reluSquaredBackward, siluBackward, geluBackward func(dx, dy, x []float32)

	softmaxBackward func(dx, dy, y []float32, delta, scale float32)
	rotate          func(a, b, cos, sin []float32)

	adamW func(w, g, m, v []float32, c adamWScalars)
	sgd   func(w, g, mom []float32, lr, momentum, decay float32)

	peakFloat, peakInt8 func(turns int) int
	readAll             func(p []byte) int
}

// pureGo is the reference, and what every other implementation starts from.
var pureGo = implementation{
	name: "go",

	gemmKernel:  &gemmPureGo,
	ternaryGEMM: ternaryGEMMGo,

	blockSum:     blockSumGo,
	blockSumAbs:  blockSumAbsGo,
	blockDot:     blockDotGo,
	blockSquares: blockSquaresGo,

	maxAbs:   maxAbsGo,
	max:      maxGo,
	quantize: quantizeGo,

	quantizeScaled:     quantizeScaledGo,
	blockDotScaled:     blockDotScaledGo,
	normBackwardScaled: normBackwardScaledGo,

	ternarize: ternarizeGo,
	packPanel: packPanelGo,
	unpack:    unpackPanelGo,

	exp:          expGo,
	relu:         reluGo,
	reluBackward: reluBackwardGo,
	add:          addGo,
	sub:          subGo,
	mul:          mulGo,
	scale:        scaleGo,
	axpy:         axpyGo,
	normBackward: normBackwardGo,

	reluSquared: reluSquaredGo, reluSquaredBackward: reluSquaredBackwardGo,
	silu: siluGo, siluBackward: siluBackwardGo,
	gelu: geluGo, geluBackward: geluBackwardGo,

	softmaxBackward: softmaxBackwardGo,
	rotate:          rotateGo,

	adamW: adamWGo,
	sgd:   sgdGo,

	peakFloat: func(int) int { return 0 },
	peakInt8:  func(int) int { return 0 },
	readAll:   func([]byte) int { return 0 },
}

// The dispatch table: what this CPU can run, slowest first, and the one in use.
// Nothing changes it after start but tests; beside it, only pools of scratch
// memory are global here.
var (
	available        = append([]implementation{pureGo}, native()...)
	active, envError = choose(available, os.Getenv("SETUN_CPU"))
)

// choose returns the implementation called name, or the fastest if name is empty
// or unknown; the error says so.
func choose(list []implementation, name string) (implementation, error) {
	best := list[len(list)-1]
	if name == "" {
		return best, nil
	}
	i := slices.IndexFunc(list, func(im implementation) bool { return im.name == name })
	if i < 0 {
		return best, fmt.Errorf("SETUN_CPU=%s: this machine and build have %s; using %s",
			name, strings.Join(names(list), ", "), best.name)
	}
	return list[i], nil
}

func names(list []implementation) []string {
	var out []string
	for _, im := range list {
		out = append(out, im.name)
	}
	return out
}

// Selected names the implementation in use: "avx512", "avx2", "neon" or "go".
func Selected() string { return active.name }

// Available names the implementations that this machine and build can run,
// slowest first. SETUN_CPU=name picks one at start.
func Available() []string { return names(available) }

// SelectionError reports a SETUN_CPU that names nothing available; the fastest
// implementation is in use then. It is nil otherwise.
func SelectionError() error { return envError }
