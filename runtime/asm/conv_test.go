package asm

import (
	"math"
	"math/rand/v2"
	"testing"
)

// naiveIm2Col is the loop of Im2Col's documentation; visit gets the position in
// cols and in x, or -1 beyond the edge.
func naiveIm2Col(s ConvShape, visit func(col, at int)) {
	height, width := s.Out()
	col := 0
	for c := range s.Channels {
		for i := range s.KernelHeight {
			for j := range s.KernelWidth {
				for y := range height {
					for x := range width {
						row, column := y*s.Stride+i-s.Pad, x*s.Stride+j-s.Pad
						at := -1
						if row >= 0 && row < s.Height && column >= 0 && column < s.Width {
							at = (c*s.Height+row)*s.Width + column
						}
						visit(col, at)
						col++
					}
				}
			}
		}
	}
}

func TestIm2ColAndBack(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 300 {
		s := ConvShape{
			Channels: 1 + rng.IntN(3), Height: 1 + rng.IntN(9), Width: 1 + rng.IntN(20),
			KernelHeight: 1 + rng.IntN(4), KernelWidth: 1 + rng.IntN(4), Stride: 1 + rng.IntN(3), Pad: rng.IntN(4),
		}
		height, width := s.Out()
		x := make([]float32, s.Channels*s.Height*s.Width)
		fill(rng, x)
		cols, whole := guarded(t, s.Patch()*height*width, rng.IntN(4))
		Im2Col(cols, x, s)
		whole()
		dx, whole := guarded(t, len(x), rng.IntN(4))
		clear(dx)
		Col2Im(dx, cols, s)
		whole()
		want, wantDX := make([]float32, len(cols)), make([]float32, len(x))
		naiveIm2Col(s, func(col, at int) {
			if at >= 0 {
				want[col] = x[at]
				wantDX[at] += x[at]
			}
		})
		same(t, "Im2Col", cols, want)
		same(t, "Col2Im", dx, wantDX)
	}
}

func TestIm2ColRefusesSizes(t *testing.T) {
	good := ConvShape{Channels: 1, Height: 3, Width: 3, KernelHeight: 2, KernelWidth: 2, Stride: 1}
	for name, change := range map[string]func(s *ConvShape){
		"no stride":      func(s *ConvShape) { s.Stride = 0 },
		"negative pad":   func(s *ConvShape) { s.Pad = -1 },
		"larger image":   func(s *ConvShape) { s.Height = 4 },
		"larger result":  func(s *ConvShape) { s.Pad = 1 },
		"absurd kernels": func(s *ConvShape) { s.KernelWidth = math.MaxInt / 2 },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if _, ok := recover().(SizeError); !ok {
					t.Error("no SizeError")
				}
			}()
			s := good
			change(&s)
			Im2Col(make([]float32, 16), make([]float32, 9), s)
		})
	}
}
