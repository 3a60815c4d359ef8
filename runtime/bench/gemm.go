package bench

import (
	"fmt"

	"setun/runtime/asm"
	"setun/runtime/tensor"
)

// gemmShapes are the products that are measured: cubes, and those of the
// training steps, forward (NT), backward to the input (NN) and to the weights
// (TN).
var gemmShapes = []struct {
	form    string
	m, n, k int
}{
	{"NN", 64, 64, 64},
	{"NN", 128, 128, 128},
	{"NN", 256, 256, 256},
	{"NN", 512, 512, 512},
	{"NN", 1024, 1024, 1024},
	{"NN", 2048, 2048, 2048},
	{"NT", 64, 512, 784},
	{"NN", 64, 784, 512},
	{"NN", 64, 256, 784},
	{"TN", 512, 784, 64},
	{"NT", 64, 512, 512},
	{"NN", 512, 1536, 384},
	{"NT", 1024, 1024, 256},
}

// gemmRows: at least 95 % of the peak up to 512³ and 92 % at 2048³; at least
// OpenBLAS everywhere, 1.15 of it where a batch of 64 is a side, 1.5 on two
// threads.
func gemmRows() []row {
	var rows []row
	for _, s := range gemmShapes {
		rows = append(rows, row{s.form + "/" + sizes(s.m, s.n, s.k), func(b *bench, name string) error {
			a, x, c := noise(1, s.m*s.k), noise(2, s.k*s.n), make([]float32, s.m*s.n)
			transA, transB := s.form[0] == 'T', s.form[1] == 'T'
			lda, ldb := s.k, s.n
			if transA {
				lda = s.m
			}
			if transB {
				ldb = s.k
			}
			work := 2 * float64(s.m) * float64(s.n) * float64(s.k) / 1e9
			cube := s.m == s.n && s.n == s.k
			batch := !cube && (s.m == 64 || s.k == 64)
			return b.contest(name, "GFLOP/s", func(threads int) (*side, []rival) {
				gemm := tensor.GEMM
				if threads == 1 {
					gemm = asm.GEMM
				}
				ours := loop("ours", work, func() { gemm(transA, transB, s.m, s.n, s.k, a, lda, x, ldb, c, s.n, false) })
				peak := rival{side: floatPeak(threads)}
				switch {
				case cube && s.m <= 512:
					peak.target = 0.95
				case cube && s.m == 2048:
					peak.target = 0.92
				}
				target := 1.0
				switch {
				case batch && threads > 1:
					target = 1.5
				case batch:
					target = 1.15
				}
				ask := fmt.Sprintf("gemm %s %d %d %d", s.form, s.m, s.n, s.k)
				rivals := []rival{peak, {b.peer("openblas", ask, work, threads), target}}
				// Another build of it is measured where it is installed: which of the
				// two is better on several threads depends on the shape.
				if b.peers["openblas-openmp"] != nil && threads > 1 {
					omp := b.peer("openblas-openmp", ask, work, threads)
					omp.name += " OpenMP"
					rivals = append(rivals, rival{omp, target})
				}
				return ours, rivals
			})
		}})
	}
	return rows
}

// noise returns n numbers from a standard normal distribution.
func noise(seed uint64, n int) []float32 {
	rng := tensor.NewRNG(seed)
	x := make([]float32, n)
	for i := range x {
		x[i] = rng.Normal()
	}
	return x
}
