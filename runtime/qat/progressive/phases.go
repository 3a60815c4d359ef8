package progressive

import (
	"fmt"
	"slices"
	"strings"

	"setun/runtime/qat"
	"setun/runtime/qat/nn"
)

// BitWidths are phases of ever fewer bits: BitWidths(8, 4, 2, qat.TernaryBits).
func BitWidths(bits ...int) []Phase {
	var phases []Phase
	for _, b := range bits {
		name := fmt.Sprintf("%d bits", b)
		switch b {
		case qat.TernaryBits:
			name = "ternary"
		case qat.BinaryBits:
			name = "binary"
		}
		phases = append(phases, Phase{name, []nn.Option{nn.ChangeFunc(func(_ string, s *qat.Scheme) { s.Weights.Bits = b })}})
	}
	return phases
}

// LayerWise quantises one layer of m after the other, in the order in which they
// run: in each phase one more computes with its scheme, while the others are still
// floats.
func LayerWise(m nn.Module) []Phase {
	return cumulative(m, func(name string) string { return name })
}

// BlockWise is [LayerWise] by blocks: the layers of a network that stand in the
// same part of it (blocks.0, or layer 3 of a Sequential of Sequentials) are
// quantised together.
func BlockWise(m nn.Module) []Phase {
	return cumulative(m, func(name string) string {
		if i := strings.LastIndexByte(name, '.'); i >= 0 {
			return name[:i]
		}
		return name
	})
}

// cumulative has a phase for each part, in which it and those before it are
// quantised. part names the part of a layer.
func cumulative(m nn.Module, part func(name string) string) []Phase {
	var parts []string
	for _, q := range nn.QuantizedLayers(m) {
		if p := part(q.Name); !slices.Contains(parts, p) {
			parts = append(parts, p)
		}
	}
	var phases []Phase
	for i, name := range parts {
		done := parts[:i+1]
		phases = append(phases, Phase{"up to " + name, []nn.Option{nn.ChangeFunc(func(layer string, s *qat.Scheme) {
			if !slices.Contains(done, part(layer)) {
				*s = qat.FloatScheme()
			}
		})}})
	}
	return phases
}

// ChannelWise quantises a share of the outputs of every layer more in each of n
// phases: the first n-th of them, then two n-ths, until all are.
func ChannelWise(n int) []Phase {
	var phases []Phase
	for i := 1; i <= n; i++ {
		share := float32(i) / float32(n)
		name := fmt.Sprintf("%d of %d parts of the outputs", i, n)
		phases = append(phases, Phase{name, []nn.Option{nn.ChangeFunc(func(_ string, s *qat.Scheme) { s.Channels = share })}})
	}
	return phases
}
