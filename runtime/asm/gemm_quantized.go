package asm

// GEMMTernary multiplies A[m×w.Rows] with the columns c0 to c1 of Ŵ = t·γ:
// C[m×(c1-c0)] = A·Ŵ, or C += A·Ŵ where accumulate is set. It is the backward of
// TernaryGEMM for its activations, dX = dY·Ŵ, and needs no float32 copy of the
// weights. c0 is a multiple of 16; the bits are those of GEMM on the dequantised
// weights.
func GEMMTernary(m int, a []float32, lda int, w *Ternary, gamma float32, c0, c1 int, c []float32, ldc int, accumulate bool) {
	const op = "GEMMTernary"
	w.check(op)
	switch {
	case c0 < 0 || c0%unitCols != 0:
		panic(SizeError{op, "c0", c0, multipleOf(unitCols)})
	case c1 < c0:
		panic(SizeError{op, "c1", c1, atLeast(c0)})
	case c1 > w.Cols:
		panic(SizeError{op, "c1", c1, atMost(w.Cols)})
	}
	needMatrix(op, "a", len(a), m, w.Rows, lda)
	needMatrix(op, "c", len(c), m, c1-c0, ldc)
	s := gemmShape{m: m, n: c1 - c0, k: w.Rows, aRow: lda, aCol: 1, ldc: ldc, accumulate: accumulate}
	if s.empty(c) {
		return
	}
	x := gemmPool.Get().(*gemmScratch)
	defer gemmPool.Put(x)
	x.ternary = ternaryB{w, c0, ternaryTable(gamma)}
	active.gemmKernel.run(x, s, a, &x.ternary, c)
	x.ternary.w = nil
}

// GEMMInt8 multiplies op(A)[m×k] with x̂ = q/s, q[k×n] with one scale for each of
// its rows: C = op(A)·x̂, or C += op(A)·x̂. With transA it is the backward of
// TernaryGEMM for its weights, dW = dYᵀ·x̂, and needs no float32 copy of the
// activations. The bits are those of GEMM on DequantizeRows(q).
func GEMMInt8(transA bool, m, n, k int, a []float32, lda int, q []int8, ldq int, s []float32, c []float32, ldc int, accumulate bool) {
	const op = "GEMMInt8"
	shape := gemmShape{m: m, n: n, k: k, ldc: ldc, accumulate: accumulate}
	if transA {
		needMatrix(op, "a", len(a), k, m, lda)
		shape.aRow, shape.aCol = 1, lda
	} else {
		needMatrix(op, "a", len(a), m, k, lda)
		shape.aRow, shape.aCol = lda, 1
	}
	needMatrix(op, "q", len(q), k, n, ldq)
	needLen(op, "s", len(s), k)
	needMatrix(op, "c", len(c), m, n, ldc)
	if shape.empty(c) {
		return
	}
	x := gemmPool.Get().(*gemmScratch)
	defer gemmPool.Put(x)
	x.int8 = int8B{q, ldq, s}
	active.gemmKernel.run(x, shape, a, &x.int8, c)
	x.int8 = int8B{}
}

// DequantizeRows sets x = q/s, with one scale for each row of q[rows×cols].
func DequantizeRows(x []float32, q []int8, s []float32, rows, cols int) {
	const op = "DequantizeRows"
	needMatrix(op, "q", len(q), rows, cols, cols)
	needMatrix(op, "x", len(x), rows, cols, cols)
	needLen(op, "s", len(s), rows)
	if rows > 0 && cols > 0 {
		active.gemmKernel.dequantize(x, cols, q, cols, s, rows, cols)
	}
}

// Dequantize writes Ŵ = t·γ to x, row-major, of length Rows·Cols.
func (w *Ternary) Dequantize(x []float32, gamma float32) {
	const op = "Ternary.Dequantize"
	w.check(op)
	needLen(op, "x", len(x), w.Rows*w.Cols)
	if w.Rows == 0 || w.Cols == 0 {
		return
	}
	scratch := gemmPool.Get().(*gemmScratch)
	defer gemmPool.Put(scratch)
	table := &scratch.ternary.table
	*table = ternaryTable(gamma)
	whole := w.Cols / unitCols * unitCols
	for c := 0; c < whole; c += unitCols {
		active.gemmKernel.decode(x[c:], w.Cols, w.Data[c*4:], w.panelBytes(), table, w.Rows)
	}
	if whole == w.Cols {
		return
	}
	for i := range w.Rows {
		row := x[i*w.Cols : (i+1)*w.Cols]
		dword := w.Data[i/PanelRows*w.panelBytes()+whole*4+i%PanelRows*4:]
		for c := range row[whole:] {
			row[whole+c] = table[dword[c%4]>>(c/4*2)&3]
		}
	}
}

func decodeGo(panel []float32, width int, units []byte, panelBytes int, table *[16]float32, k int) {
	for p := range k {
		dword := units[p/PanelRows*panelBytes+p%PanelRows*4:][:4]
		for c := range unitCols {
			panel[p*width+c] = table[dword[c%4]>>(c/4*2)&3]
		}
	}
}

func dequantizeRowsGo(x []float32, xRow int, q []int8, qRow int, s []float32, rows, cols int) {
	for i := range rows {
		for j, v := range q[i*qRow:][:cols] {
			x[i*xRow+j] = float32(v) / s[i]
		}
	}
}
