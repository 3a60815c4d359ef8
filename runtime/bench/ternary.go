package bench

import (
	"fmt"

	"setun/runtime/asm"
	"setun/runtime/qat"
	"setun/runtime/tensor"
)

// ternaryRows: activations that are quantised already times packed weights, the
// scales undone. At least 95 % of the int8 peak, and 4 times our own float32.
func ternaryRows() []row {
	var rows []row
	for _, s := range []struct{ m, n, k int }{
		{64, 512, 784},
		{128, 1024, 1024},
		{512, 512, 512},
		{128, 2048, 2048},
		{512, 2048, 2048},
		{512, 2560, 6912},
	} {
		rows = append(rows, row{sizes(s.m, s.n, s.k), func(b *bench, name string) error {
			w := ternaryWeights(s.n, s.k)
			x := tensor.From(noise(1, s.m*s.k), s.m, s.k)
			q := qat.QuantizeActivations(x)
			what, y := make([]float32, s.n*s.k), make([]float32, s.m*s.n)
			w.Dequantize(what)
			work := 2 * float64(s.m) * float64(s.n) * float64(s.k) / 1e9
			return b.contest(name, "GOP/s", func(threads int) (*side, []rival) {
				gemm := tensor.GEMM
				ours := loop("ours", work, func() { w.Multiply(y, q) })
				if threads == 1 {
					gemm = asm.GEMM
					ours = loop("ours", work, func() { asm.TernaryGEMM(s.m, q.Codes, q.Scales, w.Codes, w.Scale, y, s.n) })
				}
				float := loop("our float32", work, func() { gemm(false, true, s.m, s.n, s.k, x.Data(), s.k, what, s.k, y, s.n, false) })
				return ours, []rival{
					{int8Peak(threads), 0.95},
					{float, 4},
					{side: b.peer("bitnet.cpp", fmt.Sprintf("ternary %d %d %d", s.m, s.n, s.k), work, threads)},
				}
			})
		}})
	}
	return rows
}

// gemvRows: one token through packed weights, in weights a second; the weights
// of the sizes lie in the caches, or do not fit any. At least 95 % of reading
// them alone from memory and 70 % in a cache, and faster than the others.
func gemvRows() []row {
	var rows []row
	for _, s := range []struct {
		where     string
		n, k      int
		readShare float64
	}{
		{"L1", 256, 256, 0.7},
		{"L2", 1024, 2048, 0.7},
		{"L3", 2560, 6912, 0.7},
		{"DRAM", 16384, 32768, 0.95},
	} {
		rows = append(rows, row{s.where + "/" + sizes(s.n, s.k), func(b *bench, name string) error {
			w := ternaryWeights(s.n, s.k)
			q := qat.QuantizeActivations(tensor.From(noise(1, s.k), 1, s.k))
			y := make([]float32, s.n)
			work := float64(s.n) * float64(s.k) / 1e9
			ask := fmt.Sprintf("gemv %d %d", s.n, s.k)
			return b.contest(name, "Gweight/s", func(threads int) (*side, []rival) {
				ours := loop("ours", work, func() { w.Multiply(y, q) })
				if threads == 1 {
					ours = loop("ours", work, func() { asm.TernaryGEMM(1, q.Codes, q.Scales, w.Codes, w.Scale, y, s.n) })
				}
				return ours, []rival{
					{readBandwidth(threads, w.Codes.Data, 4), s.readShare}, // four weights in a byte
					{b.peer("ggml", ask, work, threads), 1},
					{b.peer("bitnet.cpp", ask, work, threads), 1},
				}
			})
		}})
	}
	return rows
}

// tokensRows: a few tokens at once through packed weights, as when a prompt is short
// or some sequences are generated together; a weight counts once for each token. The
// bounds are the multiplications in the caches and reading from memory, where a weight
// that was read serves all tokens.
func tokensRows() []row {
	var rows []row
	for _, s := range []struct {
		where string
		n, k  int
	}{
		{"L2", 1024, 2048},
		{"DRAM", 16384, 32768},
	} {
		rows = append(rows, row{s.where + "/" + sizes(s.n, s.k) + "/tokens", func(b *bench, name string) error {
			w := ternaryWeights(s.n, s.k)
			for _, tokens := range []int{2, 4, 8} {
				if err := b.tokens(fmt.Sprintf("%s/%d", name, tokens), w, tokens); err != nil {
					return err
				}
			}
			return nil
		}})
	}
	return rows
}

// tokens compares the product of some tokens with one token after the other.
func (b *bench) tokens(name string, w qat.TernaryWeights, tokens int) error {
	n, k := w.Codes.Rows, w.Codes.Cols
	q := qat.QuantizeActivations(tensor.From(noise(1, tokens*k), tokens, k))
	y := make([]float32, tokens*n)
	each := float64(n) * float64(k) / 1e9
	work := each * float64(tokens)
	return b.contest(name, "Gweight/s", func(threads int) (*side, []rival) {
		ours := loop("ours", work, func() { w.Multiply(y, q) })
		one := loop("ours, one by one", work, func() {
			for i := range tokens {
				token := qat.Activations{Codes: q.Codes[i*k : (i+1)*k], Scales: q.Scales[i : i+1]}
				w.Multiply(y[i*n:(i+1)*n], token)
			}
		})
		return ours, []rival{
			{one, 1},
			{side: int8Weights(threads)},
			{side: readBandwidth(threads, w.Codes.Data, 4*float64(tokens))},
			{b.peer("ggml", fmt.Sprintf("gemv %d %d", n, k), each, threads), 1},
			{b.peer("bitnet.cpp", fmt.Sprintf("ternary %d %d %d", tokens, n, k), work, threads), 1},
		}
	})
}

// ternaryWeights returns random weights, a third each of -1, 0 and 1. They are
// packed a few rows at a time: the largest would take gigabytes at once.
func ternaryWeights(n, k int) qat.TernaryWeights {
	w := asm.NewTernary(n, k)
	rng := tensor.NewRNG(3)
	t := make([]int8, min(n, asm.PanelRows)*k)
	for lo := 0; lo < n; lo += asm.PanelRows {
		hi := min(n, lo+asm.PanelRows)
		part := w.Slice(lo, hi)
		var bits uint64
		for i := range t[:(hi-lo)*k] {
			if i%32 == 0 {
				bits = rng.Uint64()
			}
			t[i] = int8(bits%3) - 1
			bits >>= 2
		}
		part.Pack(t[:(hi-lo)*k])
	}
	return qat.TernaryWeights{Codes: w, Scale: 0.05}
}
