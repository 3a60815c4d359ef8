package asm

// TernaryGEMM multiplies m rows of quantised activations q[m×w.Cols] with ternary
// weights and undoes both scales:
//
//	for i := range m {
//		for j := range w.Rows {
//			sum := 0 // int32, exact
//			for k := range w.Cols {
//				sum += q[i·w.Cols+k] · t[j,k]
//			}
//			y[i·ldy+j] = float32(sum) · (gamma/s[i])
//		}
//	}
//
// s holds the scale of each row (see QuantizeRows), gamma that of the weights.
// Sums are exact; more than 2²³ columns, beyond which they could wrap, are
// refused. y must not overlap q.
func TernaryGEMM(m int, q []int8, s []float32, w *Ternary, gamma float32, y []float32, ldy int) {
	const op = "TernaryGEMM"
	w.check(op)
	if w.Cols > 1<<23 {
		panic(SizeError{op, "w.Cols", w.Cols, atMost(1 << 23)})
	}
	needMatrix(op, "q", len(q), m, w.Cols, w.Cols)
	needLen(op, "s", len(s), m)
	needMatrix(op, "y", len(y), m, w.Rows, ldy)
	if m == 0 || w.Rows == 0 {
		return
	}
	active.ternaryGEMM(m, q, s, w, gamma, y, ldy)
}

func ternaryGEMMGo(m int, q []int8, s []float32, w *Ternary, gamma float32, y []float32, ldy int) {
	for i := range m {
		x := q[i*w.Cols : (i+1)*w.Cols]
		scale := gamma / s[i]
		sumQ := int32(0)
		for _, v := range x {
			sumQ += int32(v)
		}
		for j := range w.Rows {
			first := j/PanelRows*w.panelBytes() + j%PanelRows*4
			sum := -sumQ // Σ q·t = Σ q·(t+1) - Σ q
			for k := 0; k < len(x); k += unitCols {
				unit := w.Data[first+k*4:][:4]
				for c, v := range x[k:min(k+unitCols, len(x))] {
					sum += int32(v) * int32(unit[c%4]>>(c/4*2)&3)
				}
			}
			y[i*ldy+j] = float32(float32(sum) * scale)
		}
	}
}
