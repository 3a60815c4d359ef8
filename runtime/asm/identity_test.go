package asm

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"testing"
)

// identityHash is the SHA-256 of what every kernel computes from fixed numbers,
// little-endian. It is the same on every machine and every path.
const identityHash = "d8e2419971f280949ce298b603a37378903b80208eeb4498c552379d85d255d4"

// exact fills slices with numbers that need no floating-point library: 24 bits of
// a multiplicative generator, in ±2.
type exact uint64

func (e *exact) next() uint32 {
	*e = *e*6364136223846793005 + 1442695040888963407
	return uint32(*e >> 40)
}

func (e *exact) floats(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = (float32(e.next()) - 1<<23) * 0x1p-22
	}
	return x
}

func (e *exact) bytes(n, values int) []int8 {
	x := make([]int8, n)
	for i := range x {
		x[i] = int8(int(e.next()>>4)%values - values/2)
	}
	return x
}

func TestBitsAreTheSameEverywhere(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		rng := exact(1)
		h := sha256.New()
		add := func(x ...[]float32) {
			for _, x := range x {
				for _, v := range x {
					b := math.Float32bits(v)
					h.Write([]byte{byte(b), byte(b >> 8), byte(b >> 16), byte(b >> 24)})
				}
			}
		}
		for _, n := range []int{1, 13, 16, 100, 5000} {
			for _, k := range vectorKernels {
				in := [3][]float32{rng.floats(n), rng.floats(n), rng.floats(n)}
				out := [3][]float32{rng.floats(n), rng.floats(n), rng.floats(n)}
				for i, v := range out[2] { // a second moment is not negative
					out[2][i] = abs32(v)
				}
				k.call(n, in, out)
				add(out[:]...)
			}
		}
		const m, n, k = 37, 45, 1100
		for form := range 8 {
			a, b, c := rng.floats(m*k), rng.floats(k*n), rng.floats(m*n)
			transA, transB := form&1 != 0, form&2 != 0
			lda, ldb := k, n
			if transA {
				lda = m
			}
			if transB {
				ldb = k
			}
			GEMM(transA, transB, m, n, k, a, lda, b, ldb, c, n, form&4 != 0)
			add(c)
		}

		x, s, rstd := rng.floats(m*k), make([]float32, m), make([]float32, m)
		q := make([]int8, m*k)
		RMSNormQuantizeRows(q, s, rstd, x, m, k, 1e-5)
		latent := rng.floats(n * k)
		gamma := AbsMean(latent)
		weights := make([]int8, n*k)
		Ternarize(weights, latent, gamma)
		w := NewTernary(n, k)
		w.Pack(weights)
		y, dx, dw := make([]float32, m*n), make([]float32, m*k), make([]float32, n*k)
		TernaryGEMM(m, q, s, w, gamma, y, n)
		GEMMTernary(m, y, n, w, gamma, 0, k, dx, k, false)
		GEMMInt8(true, n, k, m, y, n, q, k, s, dw, k, false)
		add(s, rstd, y, dx, dw)
		h.Write(w.Data)

		const rows, dim = 50, 24
		shape := AttentionShape{Queries: rows, Keys: rows, Dim: dim, LDQ: dim, LDK: dim, LDV: dim, LDO: dim, Scale: 0.2, Causal: true}
		cos, sin := make([]float32, rows*dim/2), make([]float32, rows*dim/2)
		RoPETable(cos, sin, rows, dim/2, 500000)
		query, key, value := rng.floats(rows*dim), rng.floats(rows*dim), rng.floats(rows*dim)
		RoPE(query, cos, sin, rows, 1, dim, 0, false)
		RoPE(key, cos, sin, rows, 1, dim, 0, true)
		o, dq, dk, dv := make([]float32, rows*dim), make([]float32, rows*dim), make([]float32, rows*dim), make([]float32, rows*dim)
		Attention(o, query, key, value, shape)
		AttentionBackward(dq, dk, dv, value, query, key, o, shape)
		add(cos, sin, query, key, o, dq, dk, dv)

		for _, v := range rng.floats(2000) {
			add([]float32{log32(abs32(v) + 0.25)})
		}
		if got := hex.EncodeToString(h.Sum(nil)); got != identityHash {
			t.Errorf("the kernels' results have SHA-256\n%s, want\n%s", got, identityHash)
		}
	})
}

func TestKernelsDoNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("sync.Pool forgets at random under the race detector")
	}
	eachImplementation(t, func(t *testing.T) {
		rng := exact(2)
		const n = 100
		in := [3][]float32{rng.floats(n), rng.floats(n), rng.floats(n)}
		out := [3][]float32{rng.floats(n), rng.floats(n), rng.floats(n)}
		for _, k := range vectorKernels {
			if got := testing.AllocsPerRun(20, func() { k.call(n, in, out) }); got >= 1 && k.name != "SoftmaxCrossEntropyRows" { // its labels are made here
				t.Errorf("%s allocates %v times", k.name, got)
			}
		}
		const m, cols, rows = 30, 40, 50
		a, c := rng.floats(m*cols), rng.floats(m*rows)
		b := rng.floats(rows * cols)
		labels := make([]int32, m)
		q, s := rng.bytes(m*cols, 255), rng.floats(m)
		w := NewTernary(rows, cols)
		shape := AttentionShape{Queries: m, Keys: m, Dim: 20, LDQ: 20, LDK: 20, LDV: 20, LDO: 20, Scale: 1, Causal: true}
		for name, f := range map[string]func(){
			"GEMM":                    func() { GEMM(false, true, m, rows, cols, a, cols, b, cols, c, rows, false) },
			"TernaryGEMM":             func() { TernaryGEMM(m, q, s, w, 1, c, rows) },
			"GEMMTernary":             func() { GEMMTernary(m, c, rows, w, 1, 0, cols, a, cols, false) },
			"GEMMInt8":                func() { GEMMInt8(true, rows, cols, m, c, rows, q, cols, s, b, cols, false) },
			"Dequantize":              func() { w.Dequantize(b, 0.5) },
			"Quantize":                func() { w.Quantize(b, 0.5) },
			"Attention":               func() { Attention(c, a, a, a, shape) },
			"SoftmaxCrossEntropyRows": func() { SoftmaxCrossEntropyRows(s, a, a, labels, m, cols) },
			"RMSNormQuantizeRows":     func() { RMSNormQuantizeRows(q, s, s, a, m, cols, 1e-5) },
		} {
			f() // fills the pools
			if got := testing.AllocsPerRun(20, f); got >= 1 {
				t.Errorf("%s allocates %v times", name, got)
			}
		}
	})
}
