package asm

// GEMMBatch is GEMM on batch matrices at once: the i-th lie i·strideA, i·strideB
// and i·strideC elements into a, b and c. A stride of 0 uses one matrix for all;
// with strideC 0 and accumulate the products add up, in order.
func GEMMBatch(batch int, transA, transB bool, m, n, k int, a []float32, lda, strideA int, b []float32, ldb, strideB int, c []float32, ldc, strideC int, accumulate bool) {
	const op = "GEMMBatch"
	if batch < 0 {
		panic(SizeError{op, "batch", batch, atLeast(0)})
	}
	if batch == 0 {
		return
	}
	needBatch(op, "a", len(a), batch, strideA)
	needBatch(op, "b", len(b), batch, strideB)
	needBatch(op, "c", len(c), batch, strideC)
	// The last matrices are the ones that could be cut short: check them before
	// the first is written.
	last := batch - 1
	checkGEMM(transA, transB, m, n, k, a[last*strideA:], lda, b[last*strideB:], ldb, c[last*strideC:], ldc)
	for i := range batch {
		GEMM(transA, transB, m, n, k, a[i*strideA:], lda, b[i*strideB:], ldb, c[i*strideC:], ldc, accumulate)
	}
}

// needBatch panics unless the last of batch matrices begins inside the slice.
func needBatch(op, arg string, got, batch, stride int) {
	if stride < 0 {
		panic(SizeError{op, "stride of " + arg, stride, atLeast(0)})
	}
	if stride > 0 && batch-1 > got/stride {
		panic(SizeError{op, "len(" + arg + ")", got, atLeast(saturatingMatrix(batch, 0, stride))})
	}
}
