package asm

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// naiveIm2Row is the loop of Im2Row's documentation; visit gets the position in
// rows and in x, or -1 beyond the edge.
func naiveIm2Row(s ConvShape, visit func(row, at int)) {
	height, width := s.Out()
	row := 0
	for y := range height {
		for x := range width {
			for i := range s.KernelHeight {
				for j := range s.KernelWidth {
					for c := range s.Channels {
						line, column := y*s.Stride+i-s.Pad, x*s.Stride+j-s.Pad
						at := -1
						if line >= 0 && line < s.Height && column >= 0 && column < s.Width {
							at = (line*s.Width+column)*s.Channels + c
						}
						visit(row, at)
						row++
					}
				}
			}
		}
	}
}

func TestIm2RowAndBack(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 300 {
		s := ConvShape{
			Channels: 1 + rng.IntN(20), Height: 1 + rng.IntN(9), Width: 1 + rng.IntN(12),
			KernelHeight: 1 + rng.IntN(4), KernelWidth: 1 + rng.IntN(4), Stride: 1 + rng.IntN(3), Pad: rng.IntN(4),
		}
		height, width := s.Out()
		x := make([]float32, s.Channels*s.Height*s.Width)
		fill(rng, x)
		codes := make([]int8, len(x))
		for i := range codes {
			codes[i] = int8(rng.IntN(256) - 128)
		}
		rows, whole := guarded(t, s.Patch()*height*width, rng.IntN(4))
		Im2Row(rows, x, s)
		whole()
		codeRows := make([]int8, len(rows))
		for i := range codeRows {
			codeRows[i] = 99
		}
		Im2RowInt8(codeRows, codes, s)
		dx, whole := guarded(t, len(x), rng.IntN(4))
		clear(dx)
		Row2Im(dx, rows, s)
		whole()
		want, wantDX := make([]float32, len(rows)), make([]float32, len(x))
		wantCodes := make([]int8, len(rows))
		naiveIm2Row(s, func(row, at int) {
			if at >= 0 {
				want[row] = x[at]
				wantCodes[row] = codes[at]
				wantDX[at] += x[at]
			}
		})
		same(t, "Im2Row", rows, want)
		same(t, "Row2Im", dx, wantDX)
		if !slices.Equal(codeRows, wantCodes) {
			t.Fatalf("Im2RowInt8 of %+v gives %v, want %v", s, codeRows, wantCodes)
		}
	}
}

func TestIm2RowRefusesSizes(t *testing.T) {
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
			Im2Row(make([]float32, 16), make([]float32, 9), s)
		})
	}
}
