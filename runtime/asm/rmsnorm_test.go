package asm

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Fused, the two steps give what they give one after the other.
func TestRMSNormQuantizeRowsIsBothSteps(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(1, 1))
		for _, cols := range []int{0, 1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 100, 784, 4096, 5000} {
			for _, fill := range []func(*rand.Rand, []float32){fill, fillSpecial} {
				const rows = 3
				x, dy := make([]float32, rows*cols), make([]float32, rows*cols)
				fill(rng, x)
				fill(rng, dy)
				y, rstd := make([]float32, rows*cols), make([]float32, rows)
				wantQ, wantS, wantDX := make([]int8, rows*cols), make([]float32, rows), make([]float32, rows*cols)
				RMSNormRows(y, rstd, x, rows, cols, 1e-5)
				QuantizeRows(wantQ, wantS, y, rows, cols)
				RMSNormRowsBackward(wantDX, dy, y, rstd, rows, cols)

				q, s, r := make([]int8, rows*cols+1), make([]float32, rows), make([]float32, rows)
				q[rows*cols] = 77
				dx, whole := guarded(t, rows*cols, rng.IntN(4))
				RMSNormQuantizeRows(q, s, r, x, rows, cols, 1e-5)
				RMSNormQuantizeRowsBackward(dx, dy, x, r, rows, cols)
				whole()
				same(t, "rstd", r, rstd)
				same(t, "scales", s, wantS)
				same(t, "dx", dx, wantDX)
				if !slices.Equal(q[:rows*cols], wantQ) || q[rows*cols] != 77 {
					t.Fatalf("%d columns: codes differ", cols)
				}
			}
		}
	})
}
