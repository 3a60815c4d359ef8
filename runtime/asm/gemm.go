package asm

// GEMM multiplies matrices: C[m×n] = op(A)[m×k]·op(B)[k×n], or C += … where
// accumulate is set. All are row-major; row i of A starts at a[i·lda], and
// likewise for B and C. transA says that A is stored transposed, as k×m, and
// transB that B is stored as n×k (the layout of a layer's weights).
//
// Every element of C is one chain of fused multiply-adds in the order of k,
// starting from 0 or, with accumulate, from the element's value:
//
//	for i := range m {
//		for j := range n {
//			sum := 0 // or c[i·ldc+j]
//			for p := range k {
//				sum = fma32(opA(i, p), opB(p, j), sum)
//			}
//			c[i·ldc+j] = sum
//		}
//	}
//
// Splitting m or n over callers, and k over accumulating calls in order, changes
// no bit. c must not overlap a or b. Sizes that do not fit panic with SizeError.
func GEMM(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, accumulate bool) {
	s := checkGEMM(transA, transB, m, n, k, a, lda, b, ldb, c, ldc)
	s.accumulate = accumulate
	if !s.empty(c) {
		active.gemmKernel.gemm(s, a, b, c)
	}
}

// checkGEMM panics unless the matrices lie within their slices.
func checkGEMM(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int) gemmShape {
	const op = "GEMM"
	s := gemmShape{m: m, n: n, k: k, ldc: ldc}
	if transA {
		needMatrix(op, "a", len(a), k, m, lda)
		s.aRow, s.aCol = 1, lda
	} else {
		needMatrix(op, "a", len(a), m, k, lda)
		s.aRow, s.aCol = lda, 1
	}
	if transB {
		needMatrix(op, "b", len(b), n, k, ldb)
		s.bRow, s.bCol = 1, ldb
	} else {
		needMatrix(op, "b", len(b), k, n, ldb)
		s.bRow, s.bCol = ldb, 1
	}
	needMatrix(op, "c", len(c), m, n, ldc)
	return s
}

// gemmShape is a checked product: A[i,p] is a[i·aRow + p·aCol], B[p,j]
// is b[p·bRow + j·bCol], C[i,j] is c[i·ldc + j].
type gemmShape struct {
	m, n, k    int
	aRow, aCol int
	bRow, bCol int
	ldc        int
	accumulate bool
	swapped    bool // C[i,j] is c[j·ldc + i]
}

// empty reports whether there is nothing to multiply, and then leaves C as such
// a product does: cleared where k is 0, unless it accumulates.
func (s *gemmShape) empty(c []float32) bool {
	if s.m == 0 || s.n == 0 {
		return true
	}
	if s.k > 0 {
		return false
	}
	if !s.accumulate {
		for i := range s.m {
			clear(c[i*s.ldc : i*s.ldc+s.n])
		}
	}
	return true
}
