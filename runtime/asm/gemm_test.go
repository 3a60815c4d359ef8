package asm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// gemmCase is a product with its strides.
type gemmCase struct {
	transA, transB   bool
	m, n, k          int
	padA, padB, padC int
	accumulate       bool
}

func (g gemmCase) String() string {
	form := map[bool]string{false: "N", true: "T"}
	return fmt.Sprintf("%s%s %dx%dx%d pad %d,%d,%d accumulate %t",
		form[g.transA], form[g.transB], g.m, g.n, g.k, g.padA, g.padB, g.padC, g.accumulate)
}

// naive is the loop of GEMM's documentation.
func (g gemmCase) naive(a []float32, lda int, b []float32, ldb int, c []float32, ldc int) {
	at := func(x []float32, trans bool, ld, i, j int) float32 {
		if trans {
			i, j = j, i
		}
		return x[i*ld+j]
	}
	for i := range g.m {
		for j := range g.n {
			sum := float32(0)
			if g.accumulate {
				sum = c[i*ldc+j]
			}
			for p := range g.k {
				sum = fma32(at(a, g.transA, lda, i, p), at(b, g.transB, ldb, p, j), sum)
			}
			c[i*ldc+j] = sum
		}
	}
}

// check runs the case on the active implementation and by the naive loop.
func (g gemmCase) check(t *testing.T, rng *rand.Rand, fill func(*rand.Rand, []float32)) {
	t.Helper()
	aRows, aCols := g.m, g.k
	if g.transA {
		aRows, aCols = g.k, g.m
	}
	bRows, bCols := g.k, g.n
	if g.transB {
		bRows, bCols = g.n, g.k
	}
	lda, ldb, ldc := aCols+g.padA, bCols+g.padB, g.n+g.padC
	size := func(rows, cols, ld int) int {
		if rows == 0 || cols == 0 {
			return 0
		}
		return (rows-1)*ld + cols
	}
	a, _ := guarded(t, size(aRows, aCols, lda), rng.IntN(4))
	b, _ := guarded(t, size(bRows, bCols, ldb), rng.IntN(4))
	c, whole := guarded(t, size(g.m, g.n, ldc), rng.IntN(4))
	fill(rng, a)
	fill(rng, b)
	fill(rng, c)
	want := append([]float32(nil), c...)
	g.naive(a, lda, b, ldb, want, ldc)
	GEMM(g.transA, g.transB, g.m, g.n, g.k, a, lda, b, ldb, c, ldc, g.accumulate)
	whole()
	same(t, g.String(), c, want) // the gaps between rows of C too
}

func TestGEMMSmall(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(1, 1))
		for m := range 17 {
			for n := range 36 {
				for _, k := range []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33} {
					gemmCase{
						rng.IntN(2) == 0, rng.IntN(2) == 0, m, n, k,
						rng.IntN(3), rng.IntN(3), rng.IntN(3), rng.IntN(2) == 0,
					}.check(t, rng, fill)
				}
			}
		}
	})
}

func TestGEMMBlocks(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(2, 2))
		for _, s := range [][3]int{
			{1, 1, 1100},
			{15, 40, 513},
			{29, 33, 1025},
			{300, 17, 40},
			{281, 40, 3},
			{20, 70, 1024},
			{64, 10, 784},
			{13, 100, 512},
		} {
			for form := range 8 {
				g := gemmCase{form&1 != 0, form&2 != 0, s[0], s[1], s[2], 0, 0, 0, form&4 != 0}
				g.check(t, rng, fill)
			}
		}
		// Rows that lie a multiple of 4 KB apart are copied.
		for form := range 4 {
			gemmCase{form&1 != 0, form&2 != 0, 40, 70, 600, 1024 - 600 + form&1*560, 0, 0, false}.check(t, rng, fill)
		}
	})
}

func TestGEMMSpecialValues(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(3, 3))
		for range 200 {
			gemmCase{
				rng.IntN(2) == 0, rng.IntN(2) == 0, 1 + rng.IntN(20), 1 + rng.IntN(40), 1 + rng.IntN(20),
				0, 0, 0, rng.IntN(2) == 0,
			}.check(t, rng, fillSpecial)
		}
	})
}

func TestGEMMBatch(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		const batch, m, n, k = 3, 5, 7, 9
		rng := rand.New(rand.NewPCG(4, 4))
		a, b := make([]float32, batch*m*k), make([]float32, k*n)
		fill(rng, a)
		fill(rng, b)
		got, whole := guarded(t, batch*m*n, 1)
		GEMMBatch(batch, false, false, m, n, k, a, k, m*k, b, n, 0, got, n, m*n, false)
		whole()
		sum := make([]float32, m*n)
		GEMMBatch(batch, false, false, m, n, k, a, k, m*k, b, n, 0, sum, n, 0, true)
		total := make([]float32, m*n)
		for i := range batch {
			want := make([]float32, m*n)
			GEMM(false, false, m, n, k, a[i*m*k:], k, b, n, want, n, false)
			same(t, fmt.Sprint("matrix ", i), got[i*m*n:(i+1)*m*n], want)
			GEMM(false, false, m, n, k, a[i*m*k:], k, b, n, total, n, true)
		}
		same(t, "sum", sum, total)
	})
	full := make([]float32, 12)
	before := append([]float32(nil), full...)
	defer func() {
		if _, ok := recover().(SizeError); !ok {
			t.Error("a batch that is one too long: no SizeError")
		}
		same(t, "c", full, before)
	}()
	GEMMBatch(4, false, false, 2, 2, 1, full, 1, 0, full, 2, 0, full, 2, 4, false)
}

func TestGEMMRefusesSizes(t *testing.T) {
	full := make([]float32, 12)
	for name, call := range map[string]func(){
		"short a":    func() { GEMM(false, false, 3, 3, 4, full[:11], 4, full, 3, full, 3, false) },
		"short b":    func() { GEMM(false, true, 3, 3, 4, full, 4, full[:11], 4, full, 3, false) },
		"short c":    func() { GEMM(false, false, 3, 3, 4, full, 4, full, 3, full[:8], 3, false) },
		"stride":     func() { GEMM(true, false, 3, 3, 4, full, 2, full, 3, full, 3, false) },
		"negative m": func() { GEMM(false, false, -1, 3, 4, full, 4, full, 3, full, 3, false) },
		"overflow":   func() { GEMM(false, false, math.MaxInt/2, 3, 4, full, 4, full, 3, full, 3, false) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if _, ok := recover().(SizeError); !ok {
					t.Error("no SizeError")
				}
			}()
			call()
		})
	}
}

func BenchmarkGEMM(b *testing.B) {
	for _, s := range []struct {
		form    string
		m, n, k int
	}{
		{"NN", 64, 64, 64},
		{"NN", 256, 256, 256},
		{"NN", 512, 512, 512},
		{"NN", 1024, 1024, 1024},
		{"NN", 2048, 2048, 2048},
		{"NN", 64, 784, 512},
		{"NT", 64, 512, 784},
		{"TN", 784, 512, 64},
		{"NT", 128, 10, 256},
		{"NN", 512, 1536, 384},
	} {
		for _, im := range available {
			if im.name == "go" && s.m*s.n*s.k > 64*512*784 {
				continue
			}
			b.Run(fmt.Sprintf("%s/%dx%dx%d/%s", s.form, s.m, s.n, s.k, im.name), func(b *testing.B) {
				saved := active
				active = im
				defer func() { active = saved }()
				rng := rand.New(rand.NewPCG(4, 4))
				x, y, c := make([]float32, s.m*s.k), make([]float32, s.k*s.n), make([]float32, s.m*s.n)
				fill(rng, x)
				fill(rng, y)
				lda, ldb := s.k, s.n
				if s.form[0] == 'T' {
					lda = s.m
				}
				if s.form[1] == 'T' {
					ldb = s.k
				}
				for b.Loop() {
					GEMM(s.form[0] == 'T', s.form[1] == 'T', s.m, s.n, s.k, x, lda, y, ldb, c, s.n, false)
				}
				b.ReportMetric(2*float64(s.m*s.n*s.k)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
	}
}
