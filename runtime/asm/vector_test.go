package asm

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// vectorKernels are the kernels over rows or elements, each as a call on slices
// of n elements: three inputs that stay, three that are written.
var vectorKernels = []struct {
	name string
	call func(n int, in [3][]float32, out [3][]float32)
}{
	{"Add", func(n int, in, out [3][]float32) { Add(out[0], in[0], in[1]) }},
	{"Sub", func(n int, in, out [3][]float32) { Sub(out[0], in[0], in[1]) }},
	{"Mul", func(n int, in, out [3][]float32) { Mul(out[0], in[0], in[1]) }},
	{"Scale", func(n int, in, out [3][]float32) { Scale(out[0], -1.7, in[0]) }},
	{"Axpy", func(n int, in, out [3][]float32) { Axpy(out[0], 0.3, in[0]) }},
	{"ReLU", func(n int, in, out [3][]float32) { ReLU(out[0], in[0]) }},
	{"ReLUBackward", func(n int, in, out [3][]float32) { ReLUBackward(out[0], in[0], in[1]) }},
	{"Exp", func(n int, in, out [3][]float32) { Exp(out[0], in[0]) }},
	{"Exp of large", func(n int, in, out [3][]float32) { Scale(out[1], 60, in[0]); Exp(out[0], out[1]) }},
	{"ReLUSquared", func(n int, in, out [3][]float32) { ReLUSquared(out[0], in[0]) }},
	{"ReLUSquaredBackward", func(n int, in, out [3][]float32) { ReLUSquaredBackward(out[0], in[0], in[1]) }},
	{"SiLU", func(n int, in, out [3][]float32) { SiLU(out[0], in[0]) }},
	{"SiLUBackward", func(n int, in, out [3][]float32) { SiLUBackward(out[0], in[0], in[1]) }},
	{"GELU", func(n int, in, out [3][]float32) { GELU(out[0], in[0]) }},
	{"GELUBackward", func(n int, in, out [3][]float32) { GELUBackward(out[0], in[0], in[1]) }},
	{"RMSNormRows", func(n int, in, out [3][]float32) {
		if n > 0 {
			RMSNormRows(out[0], out[1][:1], in[0], 1, n, 1e-5)
		}
	}},
	{"RMSNormRowsBackward", func(n int, in, out [3][]float32) {
		if n > 0 {
			RMSNormRowsBackward(out[0], in[0], in[1], in[2][:1], 1, n)
		}
	}},
	{"SoftmaxRows", func(n int, in, out [3][]float32) { SoftmaxRows(out[0], in[0], 1, n) }},
	{"SoftmaxCrossEntropyRows", func(n int, in, out [3][]float32) {
		if n > 0 {
			SoftmaxCrossEntropyRows(out[0][:1], out[1], in[0], []int32{int32(n / 2)}, 1, n)
			SoftmaxCrossEntropyRowsBackward(out[2], out[1], []int32{int32(n / 2)}, 1, n, 0.25)
		}
	}},
	{"Sum, Dot, MaxAbs, AbsMean", func(n int, in, out [3][]float32) {
		if n > 3 {
			out[0][0], out[0][1], out[0][2], out[0][3] = Sum(in[0]), Dot(in[0], in[1]), MaxAbs(in[0]), AbsMean(in[0])
		}
	}},
	{"AdamW", func(n int, in, out [3][]float32) {
		AdamW(out[0], in[0], out[1], out[2], 1e-3, 0.9, 0.999, 1e-8, 0.1, 3)
	}},
	{"SGD", func(n int, in, out [3][]float32) { SGD(out[0], in[0], nil, 0.1, 0, 0.01) }},
	{"SGD with momentum", func(n int, in, out [3][]float32) { SGD(out[0], in[0], out[1], 0.1, 0.9, 0.01) }},
}

func TestVectorKernels(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for _, k := range vectorKernels {
			t.Run(k.name, func(t *testing.T) {
				rng := rand.New(rand.NewPCG(7, 7))
				sizes := []int{255, 256, 257, 4095, 4096, 4097, 9000}
				for n := range 80 {
					sizes = append(sizes, n)
				}
				for _, n := range sizes {
					for _, fill := range []func(*rand.Rand, []float32){fill, fillSpecial} {
						checkVectorKernel(t, rng, n, fill, k.call)
					}
				}
			})
		}
	})
}

func checkVectorKernel(t *testing.T, rng *rand.Rand, n int, fill func(*rand.Rand, []float32), call func(int, [3][]float32, [3][]float32)) {
	t.Helper()
	var in, out, inBefore, want [3][]float32
	var whole []func()
	for i := range in {
		x, w := guarded(t, n, rng.IntN(8))
		y, v := guarded(t, n, rng.IntN(8))
		fill(rng, x)
		fill(rng, y)
		in[i], out[i] = x, y
		inBefore[i], want[i] = slices.Clone(x), slices.Clone(y)
		whole = append(whole, w, v)
	}
	reference(func() { call(n, in, want) })
	call(n, in, out)
	for i := range in {
		same(t, fmt.Sprintf("%d elements, output %d", n, i), out[i], want[i])
		same(t, fmt.Sprintf("%d elements, input %d", n, i), in[i], inBefore[i])
	}
	for _, w := range whole {
		w()
	}
}

// In place: y is x.
func TestVectorKernelsInPlace(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(8, 8))
		for n := range 100 {
			x := make([]float32, n)
			fill(rng, x)
			for name, f := range map[string]func(y, x []float32){
				"ReLU": ReLU, "Exp": Exp,
				"Scale": func(y, x []float32) { Scale(y, 2.5, x) },
				"Add":   func(y, x []float32) { Add(y, x, x) },
			} {
				want, got := make([]float32, n), slices.Clone(x)
				f(want, x)
				f(got, got)
				same(t, name, got, want)
			}
		}
	})
}

func TestQuantizeRows(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(9, 9))
		for cols := range 100 {
			for _, fill := range []func(*rand.Rand, []float32){fill, fillSpecial} {
				const rows = 3
				x := make([]float32, rows*cols)
				fill(rng, x)
				got, want := make([]int8, rows*cols+1), make([]int8, rows*cols)
				gotS, wantS := make([]float32, rows), make([]float32, rows)
				got[rows*cols] = 77
				QuantizeRows(got, gotS, x, rows, cols)
				reference(func() { QuantizeRows(want, wantS, x, rows, cols) })
				same(t, "scales", gotS, wantS)
				if !slices.Equal(got[:rows*cols], want) || got[rows*cols] != 77 {
					t.Fatalf("%d columns of %v: %v, the reference says %v", cols, x, got, want)
				}
			}
		}
	})
}

// Halves go to even, and the largest magnitude becomes 127.
func TestQuantizeRowsRoundsHalfToEven(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		x := []float32{127, -127, 0.5, 1.5, 2.5, -0.5, -1.5, 100.5, 101.5, 0}
		want := []int8{127, -127, 0, 2, 2, 0, -2, 100, 102, 0}
		q, s := make([]int8, len(x)), make([]float32, 1)
		QuantizeRows(q, s, x, 1, len(x))
		if s[0] != 1 || !slices.Equal(q, want) {
			t.Errorf("scale %v, %v; want 1, %v", s[0], q, want)
		}
	})
}

func TestPackOnEveryPath(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(10, 10))
		for _, rows := range []int{1, 15, 16, 17, 32, 40} {
			for cols := range 70 {
				weights := randomTernary(rng, rows*cols)
				got, want := NewTernary(rows, cols), NewTernary(rows, cols)
				got.Pack(weights)
				reference(func() { want.Pack(weights) })
				if !slices.Equal(got.Data, want.Data) {
					t.Fatalf("%d×%d packs differently from the reference", rows, cols)
				}
			}
		}
	})
}

func TestLabelsAreChecked(t *testing.T) {
	for _, label := range []int32{-1, 3} {
		func() {
			defer func() {
				if e, ok := recover().(LabelError); !ok || e.Row != 1 || e.Label != label {
					t.Errorf("label %d: %v", label, e)
				}
			}()
			x := make([]float32, 6)
			SoftmaxCrossEntropyRows(make([]float32, 2), x, x, []int32{0, label}, 2, 3)
		}()
	}
}

func BenchmarkVector(b *testing.B) {
	const n = 200 * 1024
	for _, k := range vectorKernels {
		for _, im := range available {
			b.Run(k.name+"/"+im.name, func(b *testing.B) {
				saved := active
				active = im
				defer func() { active = saved }()
				rng := rand.New(rand.NewPCG(4, 4))
				var in, out [3][]float32
				for i := range in {
					in[i], out[i] = make([]float32, n), make([]float32, n)
					fill(rng, in[i])
				}
				for b.Loop() {
					k.call(n, in, out)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/element")
			})
		}
	}
}

func BenchmarkQuantize(b *testing.B) {
	const rows, cols = 128, 784
	x, q, s := make([]float32, rows*cols), make([]int8, rows*cols), make([]float32, rows)
	fill(rand.New(rand.NewPCG(4, 4)), x)
	w := NewTernary(rows, cols)
	for _, im := range available {
		for name, f := range map[string]func(){
			"QuantizeRows": func() { QuantizeRows(q, s, x, rows, cols) },
			"Ternarize":    func() { Ternarize(q, x, 0.7) },
			"Pack":         func() { clear(q); w.Pack(q) },
			"Unpack":       func() { w.Unpack(q) },
		} {
			b.Run(name+"/"+im.name, func(b *testing.B) {
				saved := active
				active = im
				defer func() { active = saved }()
				for b.Loop() {
					f()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(rows*cols), "ns/element")
			})
		}
	}
}
