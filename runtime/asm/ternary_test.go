package asm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func randomTernary(rng *rand.Rand, n int) []int8 {
	t := make([]int8, n)
	for i := range t {
		t[i] = int8(rng.IntN(3) - 1)
	}
	return t
}

func randomBytes(rng *rand.Rand, n int) []int8 {
	q := make([]int8, n)
	for i := range q {
		q[i] = int8(rng.IntN(256) - 128)
	}
	return q
}

func TestTernaryPackRoundTrips(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for rows := range 40 {
		for cols := range 40 {
			want := randomTernary(rng, rows*cols)
			w := NewTernary(rows, cols)
			w.Pack(want)
			got := make([]int8, rows*cols)
			w.Unpack(got)
			if !slices.Equal(got, want) {
				t.Fatalf("%d×%d: unpacked %v, packed %v", rows, cols, got, want)
			}
			if rows > 20 {
				v := w.Slice(16, rows)
				got := make([]int8, (rows-16)*cols)
				v.Unpack(got)
				if !slices.Equal(got, want[16*cols:]) {
					t.Fatalf("%d×%d: the rows from 16 on differ", rows, cols)
				}
			}
		}
	}
}

func TestNewTernaryRefusesSizes(t *testing.T) {
	for _, s := range [][2]int{{-1, 3}, {3, -1}, {math.MaxInt / 2, math.MaxInt / 2}, {math.MaxInt >> 20, 16 << 20}} {
		func() {
			defer func() {
				if _, ok := recover().(SizeError); !ok {
					t.Errorf("%d×%d: no SizeError", s[0], s[1])
				}
			}()
			NewTernary(s[0], s[1])
		}()
	}
}

func TestTernarySliceRefusesCutPanels(t *testing.T) {
	w := NewTernary(40, 8)
	for _, r := range [][2]int{{1, 40}, {0, 17}, {-16, 0}, {16, 41}, {32, 16}} {
		func() {
			defer func() {
				if _, ok := recover().(SizeError); !ok {
					t.Errorf("rows %d to %d: no SizeError", r[0], r[1])
				}
			}()
			w.Slice(r[0], r[1])
		}()
	}
}

// naiveTernary is the loop of TernaryGEMM's documentation.
func naiveTernary(m int, q []int8, s []float32, t []int8, rows, cols int, gamma float32, y []float32, ldy int) {
	for i := range m {
		for j := range rows {
			sum := int32(0)
			for k := range cols {
				sum += int32(q[i*cols+k]) * int32(t[j*cols+k])
			}
			y[i*ldy+j] = float32(sum) * (gamma / s[i])
		}
	}
}

func checkTernary(t *testing.T, rng *rand.Rand, m, rows, cols, pad int) {
	t.Helper()
	q, weights := randomBytes(rng, m*cols), randomTernary(rng, rows*cols)
	s := make([]float32, m)
	for i := range s {
		s[i] = float32(rng.ExpFloat64())
	}
	w := NewTernary(rows, cols)
	w.Pack(weights)
	ldy := rows + pad
	y, whole := guarded(t, max(0, (m-1)*ldy+rows), rng.IntN(4))
	want := append([]float32(nil), y...)
	naiveTernary(m, q, s, weights, rows, cols, 0.37, want, ldy)
	TernaryGEMM(m, q, s, w, 0.37, y, ldy)
	whole()
	same(t, fmt.Sprintf("%d×%d by %d", m, cols, rows), y, want)
}

func TestTernaryGEMM(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(2, 2))
		for m := range 17 {
			for _, rows := range []int{0, 1, 7, 15, 16, 17, 31, 32, 33, 48, 50, 64, 65} {
				for _, cols := range []int{0, 1, 3, 4, 15, 16, 17, 31, 32, 33, 100, 256, 300} {
					checkTernary(t, rng, m, rows, cols, rng.IntN(3))
				}
			}
		}
		for _, c := range [][3]int{{230, 40, 300}, {3, 33, 4096}, {15, 20, 2048}, {1, 100, 784}} {
			checkTernary(t, rng, c[0], c[1], c[2], 1)
		}
	})
}

// The sums of products that overflow 16 bits elsewhere (and 2²⁴ here never).
func TestTernaryGEMMIsExactAtTheExtremes(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for _, cols := range []int{2560, 4096, 6912} {
			for _, activation := range []int8{127, -128} {
				for _, at := range []struct {
					m      int
					weight int8
				}{{1, 1}, {1, -1}, {1, 0}, {3, 1}, {3, -1}, {3, 0}} {
					const rows = 33
					m, weight := at.m, at.weight
					q, weights := make([]int8, m*cols), make([]int8, rows*cols)
					for i := range q {
						q[i] = activation
					}
					for i := range weights {
						weights[i] = weight
					}
					w := NewTernary(rows, cols)
					w.Pack(weights)
					y := make([]float32, m*rows)
					TernaryGEMM(m, q, []float32{1, 1, 1}, w, 1, y, rows)
					want := float32(cols * int(activation) * int(weight))
					for i, v := range y {
						if v != want {
							t.Fatalf("%d columns of %d·%d: y[%d] = %v, want %v", cols, activation, weight, i, v, want)
						}
					}
				}
			}
		}
	})
}

func TestTernaryGEMMCarriesNaN(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		w := NewTernary(20, 16)
		q, y := make([]int8, 2*16), make([]float32, 2*20)
		TernaryGEMM(2, q, []float32{float32(math.NaN()), 1}, w, 1, y, 20)
		for j := range 20 {
			if y[j] == y[j] || y[20+j] != 0 {
				t.Fatalf("column %d is %v and %v, want NaN and 0", j, y[j], y[20+j])
			}
		}
	})
}

func TestTernarize(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	eachImplementation(t, func(t *testing.T) {
		w := []float32{0, 0.5, 0.50001, -0.5, -0.51, 1.5, -1.5, 1e30, -1e30, nan, inf, -inf, 0.2, 0.49}
		want := []int8{0, 0, 1, 0, -1, 1, -1, 1, -1, 0, 1, -1, 0, 0}
		got := make([]int8, len(w))
		Ternarize(got, w, 1)
		if !slices.Equal(got, want) {
			t.Errorf("Ternarize(%v) = %v, want %v", w, got, want)
		}
		rng := rand.New(rand.NewPCG(5, 5))
		for n := range 100 {
			w := make([]float32, n)
			fillSpecial(rng, w)
			got, want := make([]int8, n+1), make([]int8, n)
			got[n] = 77
			Ternarize(got, w, 0.7)
			reference(func() { Ternarize(want, w, 0.7) })
			if !slices.Equal(got[:n], want) || got[n] != 77 {
				t.Fatalf("%d weights %v: %v, the reference says %v", n, w, got, want)
			}
		}
	})
}

// Quantize is Ternarize and Pack; the sums of blocks make the AbsMean.
func TestQuantizeWeightsInParts(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(6, 6))
		for _, s := range [][2]int{{0, 5}, {5, 0}, {1, 1}, {16, 16}, {33, 70}, {50, 784}} {
			rows, cols := s[0], s[1]
			x := make([]float32, rows*cols)
			fill(rng, x)
			gamma := AbsMean(x)
			sums := make([]float32, (len(x)+Block-1)/Block)
			for i := range sums { // one block at a time, as workers would
				AbsSums(sums[i:i+1], x[i*Block:min((i+1)*Block, len(x))])
			}
			same(t, "gamma", []float32{AbsMeanOfSums(sums, len(x))}, []float32{gamma})

			for range 2 {
				codes, want, got := make([]int8, len(x)), NewTernary(rows, cols), NewTernary(rows, cols)
				Ternarize(codes, x, gamma)
				want.Pack(codes)
				got.Quantize(x, gamma)
				if !slices.Equal(got.Data, want.Data) {
					t.Errorf("%d×%d: Quantize differs from Ternarize and Pack", rows, cols)
				}
				fillSpecial(rng, x) // and once more, with NaN and Inf
			}
		}
	})
}

func BenchmarkTernaryGEMM(b *testing.B) {
	for _, s := range []struct{ m, rows, cols int }{
		{1, 2560, 2560}, {1, 256, 784}, {8, 2048, 2048}, {64, 512, 784}, {128, 256, 784}, {128, 10, 256}, {256, 256, 256}, {512, 2048, 2048}, {256, 2560, 6912},
	} {
		for _, im := range available {
			if im.name == "go" && s.m*s.rows*s.cols > 64*512*784 {
				continue
			}
			b.Run(fmt.Sprintf("%dx%dx%d/%s", s.m, s.rows, s.cols, im.name), func(b *testing.B) {
				saved := active
				active = im
				defer func() { active = saved }()
				rng := rand.New(rand.NewPCG(4, 4))
				q := randomBytes(rng, s.m*s.cols)
				w := NewTernary(s.rows, s.cols)
				w.Pack(randomTernary(rng, s.rows*s.cols))
				scales, y := make([]float32, s.m), make([]float32, s.m*s.rows)
				for b.Loop() {
					TernaryGEMM(s.m, q, scales, w, 1, y, s.rows)
				}
				b.ReportMetric(2*float64(s.m*s.rows*s.cols)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GOP/s")
				b.ReportMetric(float64(len(w.Data))*float64(b.N)/b.Elapsed().Seconds()/1e9, "GB/s")
			})
		}
	}
}
