package asm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// naiveAttention computes a head with all its scores in memory.
func naiveAttention(o, q, k, v []float32, s AttentionShape) (weights []float32) {
	p := make([]float32, s.Queries*s.Keys)
	GEMM(false, true, s.Queries, s.Keys, s.Dim, q, s.LDQ, k, s.LDK, p, s.Keys, false)
	Scale(p, s.Scale, p)
	for i := range s.Queries {
		n := s.Keys
		if s.Causal {
			n = i + 1 + s.Keys - s.Queries
		}
		row := p[i*s.Keys : (i+1)*s.Keys]
		SoftmaxRows(row[:n], row[:n], 1, n)
		clear(row[n:])
	}
	GEMM(false, false, s.Queries, s.Dim, s.Keys, p, s.Keys, v, s.LDV, o, s.LDO, false)
	return p
}

func naiveAttentionBackward(dq, dk, dv, do, q, k, v []float32, s AttentionShape) {
	o := make([]float32, len(do))
	p := naiveAttention(o, q, k, v, s)
	dp := make([]float32, len(p))
	GEMM(true, false, s.Keys, s.Dim, s.Queries, p, s.Keys, do, s.LDO, dv, s.LDV, true)
	GEMM(false, true, s.Queries, s.Keys, s.Dim, do, s.LDO, v, s.LDV, dp, s.Keys, false)
	for i := range s.Queries {
		n := s.Keys
		if s.Causal {
			n = i + 1 + s.Keys - s.Queries
		}
		row := dp[i*s.Keys : (i+1)*s.Keys]
		SoftmaxRowsBackward(row[:n], row[:n], p[i*s.Keys:][:n], 1, n, s.Scale)
		clear(row[n:])
	}
	GEMM(false, false, s.Queries, s.Dim, s.Keys, dp, s.Keys, k, s.LDK, dq, s.LDQ, false)
	GEMM(true, false, s.Keys, s.Dim, s.Queries, dp, s.Keys, q, s.LDQ, dk, s.LDK, true)
}

func TestAttentionIsTheNaiveOne(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(1, 1))
		for _, c := range []struct {
			queries, keys, dim, pad int
			causal                  bool
		}{
			{1, 1, 4, 0, true},
			{7, 7, 16, 3, true},
			{28, 28, 8, 0, false},
			{29, 40, 32, 5, true},
			{100, 100, 24, 8, true},
			{3, 57, 64, 0, false},
			{1, 90, 20, 0, true},
			{60, 31, 16, 1, false},
		} {
			s := AttentionShape{
				Queries: c.queries, Keys: c.keys, Dim: c.dim, Scale: 0.3, Causal: c.causal,
				LDQ: c.dim + c.pad, LDK: c.dim + 2*c.pad, LDV: c.dim + c.pad, LDO: c.dim,
			}
			name := fmt.Sprintf("%+v", s)
			q, _ := guarded(t, c.queries*s.LDQ, 0)
			k, _ := guarded(t, c.keys*s.LDK, 1)
			v, _ := guarded(t, c.keys*s.LDV, 2)
			do := make([]float32, c.queries*s.LDO)
			for _, x := range [][]float32{q, k, v, do} {
				fill(rng, x)
			}
			o, whole := guarded(t, c.queries*s.LDO, 3)
			want := make([]float32, len(o))
			naiveAttention(want, q, k, v, s)
			Attention(o, q, k, v, s)
			whole()
			same(t, name, o, want)

			dq, wantDQ := make([]float32, len(q)), make([]float32, len(q))
			dk, wantDK := make([]float32, len(k)), make([]float32, len(k))
			dv, wantDV := make([]float32, len(v)), make([]float32, len(v))
			naiveAttentionBackward(wantDQ, wantDK, wantDV, do, q, k, v, s)
			AttentionBackward(dq, dk, dv, do, q, k, v, s)
			same(t, name+" dq", dq, wantDQ)
			same(t, name+" dk", dk, wantDK)
			same(t, name+" dv", dv, wantDV)

			// And the paths agree with the reference.
			reference(func() { naiveAttention(want, q, k, v, s) })
			same(t, name+" on the reference", o, want)
		}
	})
}

// The gradient of Σ do·o, by central differences in float64 of the loss.
func TestAttentionGradients(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	s := AttentionShape{Queries: 5, Keys: 6, Dim: 4, LDQ: 4, LDK: 4, LDV: 4, LDO: 4, Scale: 0.5, Causal: true}
	q, k, v, do := make([]float32, 20), make([]float32, 24), make([]float32, 24), make([]float32, 20)
	for _, x := range [][]float32{q, k, v, do} {
		fill(rng, x)
	}
	dq, dk, dv := make([]float32, 20), make([]float32, 24), make([]float32, 24)
	AttentionBackward(dq, dk, dv, do, q, k, v, s)
	loss := func() float64 {
		total := 0.0
		for i := range s.Queries {
			scores, z := make([]float64, i+2), 0.0
			for j := range scores {
				for d := range 4 {
					scores[j] += float64(q[i*4+d]) * float64(k[j*4+d]) * 0.5
				}
				scores[j] = math.Exp(scores[j])
				z += scores[j]
			}
			for j := range scores {
				for d := range 4 {
					total += scores[j] / z * float64(v[j*4+d]) * float64(do[i*4+d])
				}
			}
		}
		return total
	}
	for name, pair := range map[string][2][]float32{"q": {q, dq}, "k": {k, dk}, "v": {v, dv}} {
		for i := range pair[0] {
			x := pair[0][i]
			pair[0][i] = x + 0x1p-8
			up := loss()
			pair[0][i] = x - 0x1p-8
			down := loss()
			pair[0][i] = x
			if want := (up - down) / 0x1p-7; math.Abs(float64(pair[1][i])-want) > 2e-4 {
				t.Errorf("d%s[%d] = %v, by differences %v", name, i, pair[1][i], want)
			}
		}
	}
}

func TestRoPETurnsAndTurnsBack(t *testing.T) {
	const positions, heads, dim = 40, 3, 20
	cos, sin := make([]float32, positions*dim/2), make([]float32, positions*dim/2)
	RoPETable(cos, sin, positions, dim/2, 10000)
	for p := range positions {
		for i := range dim / 2 {
			angle := float64(p) * math.Pow(10000, -float64(i)/(dim/2))
			if at := p*dim/2 + i; math.Abs(float64(cos[at])-math.Cos(angle)) > 1e-7 || math.Abs(float64(sin[at])-math.Sin(angle)) > 1e-7 {
				t.Fatalf("position %d pair %d: %v %v, want those of %v", p, i, cos[at], sin[at], angle)
			}
		}
	}
	eachImplementation(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(3, 3))
		x, whole := guarded(t, 10*heads*dim, 1)
		fill(rng, x)
		before := append([]float32(nil), x...)
		want := append([]float32(nil), x...)
		reference(func() { RoPE(want, cos, sin, 10, heads, dim, 30, false) })
		RoPE(x, cos, sin, 10, heads, dim, 30, false)
		whole()
		same(t, "turned", x, want)
		// Row 2, head 1, pair 3, by the formula.
		at := 2*heads*dim + dim + 3
		a, b := float64(before[at]), float64(before[at+dim/2])
		angle := 32 * math.Pow(10000, -3.0/(dim/2))
		if got := float64(x[at]); math.Abs(got-(a*math.Cos(angle)-b*math.Sin(angle))) > 1e-5 {
			t.Errorf("first of the pair is %v", got)
		}
		if got := float64(x[at+dim/2]); math.Abs(got-(b*math.Cos(angle)+a*math.Sin(angle))) > 1e-5 {
			t.Errorf("second of the pair is %v", got)
		}
		RoPE(x, cos, sin, 10, heads, dim, 30, true)
		for i := range x {
			if math.Abs(float64(x[i]-before[i])) > 1e-5 {
				t.Fatalf("turned back, element %d is %v, was %v", i, x[i], before[i])
			}
		}
	})
}

func TestMath64(t *testing.T) {
	near := func(what string, x, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 4e-15*math.Max(1, math.Abs(want)) {
			t.Errorf("%s(%v) = %v, want %v", what, x, got, want)
		}
	}
	for x := 0.001; x < 1e6; x *= 1.37 {
		near("log", x, log64(x), math.Log(x))
		near("exp", -math.Log(x), exp64(-math.Log(x)), math.Exp(-math.Log(x)))
		s, c := sincos64(x)
		if math.Abs(s-math.Sin(x)) > 1e-15*math.Max(1, x) || math.Abs(c-math.Cos(x)) > 1e-15*math.Max(1, x) {
			t.Errorf("sincos(%v) = %v, %v, want %v, %v", x, s, c, math.Sin(x), math.Cos(x))
		}
	}
}

func BenchmarkAttention(b *testing.B) {
	for _, t := range []int{128, 512} {
		const dim = 64
		s := AttentionShape{Queries: t, Keys: t, Dim: dim, LDQ: dim, LDK: dim, LDV: dim, LDO: dim, Scale: 0.125, Causal: true}
		rng := rand.New(rand.NewPCG(1, 1))
		q, k, v, o := make([]float32, t*dim), make([]float32, t*dim), make([]float32, t*dim), make([]float32, t*dim)
		dq, dk, dv := make([]float32, t*dim), make([]float32, t*dim), make([]float32, t*dim)
		for _, x := range [][]float32{q, k, v, o} {
			fill(rng, x)
		}
		for _, im := range available {
			for name, f := range map[string]func(){
				"forward":  func() { Attention(o, q, k, v, s) },
				"backward": func() { AttentionBackward(dq, dk, dv, o, q, k, v, s) },
			} {
				b.Run(fmt.Sprintf("%s/%d/%s", name, t, im.name), func(b *testing.B) {
					saved := active
					active = im
					defer func() { active = saved }()
					for b.Loop() {
						f()
					}
					flops := 2.0 * float64(t*t*dim) // two products over the lower triangle
					if name == "backward" {
						flops *= 2.5
					}
					b.ReportMetric(flops*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
				})
			}
		}
	}
}
