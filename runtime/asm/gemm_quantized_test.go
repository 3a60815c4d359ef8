package asm

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// Products with quantised right-hand sides equal GEMM on what they stand for.
func TestGEMMTernary(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(1, 1))
		for _, s := range []struct{ m, rows, cols, c0, c1 int }{
			{1, 1, 1, 0, 1},
			{3, 17, 40, 0, 40},
			{14, 33, 70, 16, 70},
			{15, 64, 64, 32, 48},
			{40, 600, 35, 0, 35},
			{30, 530, 100, 64, 99},
			{2, 0, 20, 0, 20},
			{5, 10, 32, 16, 16},
			{7, 1025, 16, 0, 16},
		} {
			for _, accumulate := range []bool{false, true} {
				n := s.c1 - s.c0
				weights := randomTernary(rng, s.rows*s.cols)
				w := NewTernary(s.rows, s.cols)
				w.Pack(weights)
				b := make([]float32, s.rows*s.cols)
				for i, v := range weights {
					b[i] = float32(v) * 0.37
				}
				dense := make([]float32, len(b))
				w.Dequantize(dense, 0.37)
				same(t, "Dequantize", dense, b)

				a := make([]float32, s.m*s.rows)
				fill(rng, a)
				c, whole := guarded(t, s.m*n, rng.IntN(4))
				fill(rng, c)
				want := append([]float32(nil), c...)
				GEMM(false, false, s.m, n, s.rows, a, s.rows, b[min(s.c0, len(b)):], s.cols, want, n, accumulate)
				GEMMTernary(s.m, a, s.rows, w, 0.37, s.c0, s.c1, c, n, accumulate)
				whole()
				same(t, fmt.Sprint(s), c, want)
			}
		}
	})
}

func TestGEMMInt8(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(2, 2))
		for range 60 {
			m, n, k := 1+rng.IntN(40), 1+rng.IntN(80), 1+rng.IntN(600)
			transA, accumulate := rng.IntN(2) == 0, rng.IntN(2) == 0
			q, s := randomBytes(rng, k*n), make([]float32, k)
			b := make([]float32, k*n)
			for p := range k {
				s[p] = float32(1 + 100*rng.Float64())
				for j := range n {
					b[p*n+j] = float32(q[p*n+j]) / s[p]
				}
			}
			dense, whole := guarded(t, k*n, rng.IntN(4))
			DequantizeRows(dense, q, s, k, n)
			whole()
			same(t, "DequantizeRows", dense, b)

			a, lda := make([]float32, m*k), k
			if transA {
				lda = m
			}
			fill(rng, a)
			c, whole := guarded(t, m*n, rng.IntN(4))
			fill(rng, c)
			want := append([]float32(nil), c...)
			GEMM(transA, false, m, n, k, a, lda, b, n, want, n, accumulate)
			GEMMInt8(transA, m, n, k, a, lda, q, n, s, c, n, accumulate)
			whole()
			same(t, fmt.Sprint(m, n, k, transA, accumulate), c, want)
		}
	})
}

func BenchmarkGEMMQuantized(b *testing.B) {
	const batch, in, out = 128, 784, 256
	rng := rand.New(rand.NewPCG(3, 3))
	dy, x, grad := make([]float32, batch*out), make([]float32, batch*in), make([]float32, in*out)
	fill(rng, dy)
	w := NewTernary(out, in)
	w.Pack(randomTernary(rng, out*in))
	q, s := randomBytes(rng, batch*in), make([]float32, batch)
	fill(rng, s)
	for _, im := range available {
		for name, f := range map[string]func(){
			"dX": func() { GEMMTernary(batch, dy, out, w, 0.5, 0, in, x, in, false) },
			"dW": func() { GEMMInt8(true, out, in, batch, dy, out, q, in, s, grad, in, false) },
		} {
			b.Run(name+"/"+im.name, func(b *testing.B) {
				saved := active
				active = im
				defer func() { active = saved }()
				for b.Loop() {
					f()
				}
				b.ReportMetric(2*batch*in*out*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
	}
}
