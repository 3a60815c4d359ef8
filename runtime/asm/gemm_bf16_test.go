package asm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// forEachBF16 runs body over products of all forms.
func forEachBF16(t *testing.T, fill func(*rand.Rand, []float32), check func(t *testing.T, name string, got, want, bound []float32)) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, s := range [][3]int{{1, 1, 1}, {3, 5, 2}, {14, 32, 33}, {15, 33, 64}, {29, 70, 95}, {60, 17, 1100}, {13, 100, 31}} {
		for form := range 8 {
			m, n, k := s[0], s[1], s[2]
			transA, transB, accumulate := form&1 != 0, form&2 != 0, form&4 != 0
			lda, ldb := k, n
			if transA {
				lda = m
			}
			if transB {
				ldb = k
			}
			a, _ := guarded(t, m*k, rng.IntN(4))
			b, _ := guarded(t, k*n, rng.IntN(4))
			c, whole := guarded(t, m*n, rng.IntN(4))
			fill(rng, a)
			fill(rng, b)
			fill(rng, c)
			want := append([]float32(nil), c...)
			bound := make([]float32, m*n)
			magnitudes := func(x []float32) []float32 {
				y := make([]float32, len(x))
				for i, v := range x {
					y[i] = abs32(v)
				}
				return y
			}
			GEMM(transA, transB, m, n, k, magnitudes(a), lda, magnitudes(b), ldb, bound, n, false)
			GEMM(transA, transB, m, n, k, a, lda, b, ldb, want, n, accumulate)
			GEMMBF16(transA, transB, m, n, k, a, lda, b, ldb, c, n, accumulate)
			whole()
			check(t, fmt.Sprint(s, form), c, want, bound)
		}
	}
}

func TestGEMMBF16IsNear(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		forEachBF16(t, fill, func(t *testing.T, name string, got, want, bound []float32) {
			if !HasBF16() {
				same(t, name, got, want)
				return
			}
			for i := range want {
				if math.Abs(float64(got[i]-want[i])) > float64(bound[i])/128+1e-5 {
					t.Fatalf("%s: element %d is %v, want %v within %v", name, i, got[i], want[i], bound[i]/128)
				}
			}
		})
	})
}

// Whole numbers up to 16 are bfloat16, and their sums exact in float32.
func TestGEMMBF16IsExactOnSmallNumbers(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		forEachBF16(t, func(rng *rand.Rand, x []float32) {
			for i := range x {
				x[i] = float32(rng.IntN(33) - 16)
			}
		}, func(t *testing.T, name string, got, want, _ []float32) { same(t, name, got, want) })
	})
}

func TestGEMMBF16CarriesNaN(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for _, k := range []int{1, 2, 40} {
			a, b, c := make([]float32, k), make([]float32, k), make([]float32, 1)
			a[k-1] = math.Float32frombits(0x7fffffff)
			GEMMBF16(false, false, 1, 1, k, a, k, b, 1, c, 1, false)
			if c[0] == c[0] {
				t.Errorf("k %d: %v, want NaN", k, c[0])
			}
		}
	})
}

func BenchmarkGEMMBF16(b *testing.B) {
	for _, s := range []struct {
		form    string
		m, n, k int
	}{{"NN", 512, 512, 512}, {"NN", 128, 784, 256}, {"TN", 256, 784, 128}, {"NT", 128, 256, 784}} {
		b.Run(fmt.Sprintf("%s/%dx%dx%d", s.form, s.m, s.n, s.k), func(b *testing.B) {
			x, y, c := make([]float32, s.m*s.k), make([]float32, s.k*s.n), make([]float32, s.m*s.n)
			lda, ldb := s.k, s.n
			if s.form[0] == 'T' {
				lda = s.m
			}
			if s.form[1] == 'T' {
				ldb = s.k
			}
			for b.Loop() {
				GEMMBF16(s.form[0] == 'T', s.form[1] == 'T', s.m, s.n, s.k, x, lda, y, ldb, c, s.n, false)
			}
			b.ReportMetric(2*float64(s.m*s.n*s.k)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}
