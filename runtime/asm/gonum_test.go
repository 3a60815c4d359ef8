package asm

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// TestGEMMAgainstGonum has gonum's float64 product as the judge: a chain of k
// float32 multiply-adds is within k roundings of the sum of magnitudes.
func TestGEMMAgainstGonum(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	random := func(n int) ([]float32, []float64) {
		x, y := make([]float32, n), make([]float64, n)
		for i := range x {
			x[i] = float32(r.NormFloat64())
			y[i] = float64(x[i])
		}
		return x, y
	}
	for _, s := range []struct{ m, n, k int }{{1, 1, 1}, {3, 5, 7}, {14, 32, 64}, {65, 33, 129}, {64, 256, 784}} {
		a, wideA := random(s.m * s.k)
		b, wideB := random(s.k * s.n)
		c := make([]float32, s.m*s.n)
		want := blas64.General{Rows: s.m, Cols: s.n, Stride: s.n, Data: make([]float64, s.m*s.n)}
		GEMM(false, false, s.m, s.n, s.k, a, s.k, b, s.n, c, s.n, false)
		blas64.Gemm(blas.NoTrans, blas.NoTrans, 1,
			blas64.General{Rows: s.m, Cols: s.k, Stride: s.k, Data: wideA},
			blas64.General{Rows: s.k, Cols: s.n, Stride: s.n, Data: wideB}, 0, want)
		for i, got := range c {
			var magnitude float64
			for p := range s.k {
				magnitude += math.Abs(wideA[i/s.n*s.k+p] * wideB[p*s.n+i%s.n])
			}
			if diff := math.Abs(float64(got) - want.Data[i]); diff > float64(s.k)*magnitude/(1<<24) {
				t.Fatalf("%d×%d×%d: c[%d] = %v, gonum has %v", s.m, s.n, s.k, i, got, want.Data[i])
			}
		}
	}
}
