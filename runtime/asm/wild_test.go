package asm

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Whatever sizes a kernel is given, it works within its slices or panics with a
// SizeError or a LabelError: cells call kernels with anything.
func TestWildSizes(t *testing.T) {
	sizes := []int{-1, 0, 1, 2, 3, 4, 5, 8, 15, 16, 17, 20, 64, 1 << 20, math.MaxInt >> 32, math.MaxInt >> 26, math.MaxInt >> 3, math.MaxInt, math.MinInt}
	eachImplementation(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(1, 1))
		n := func() int {
			if rng.IntN(4) > 0 {
				return sizes[1+rng.IntN(8)]
			}
			return sizes[rng.IntN(len(sizes))]
		}
		yes := func() bool { return rng.IntN(2) == 0 }
		var whole []func()
		f := func() []float32 { // up to 80 numbers
			x, w := guarded(t, rng.IntN(81), rng.IntN(4))
			for i := range x {
				x[i] = 1
			}
			whole = append(whole, w)
			return x
		}
		q := func() []int8 { return make([]int8, rng.IntN(81)) }
		labels := func() []int32 { return make([]int32, rng.IntN(9)) }
		ternary := func() *Ternary {
			w := &Ternary{Rows: n(), Cols: n(), Data: make([]byte, rng.IntN(4)*64)}
			return w
		}
		shape := func() AttentionShape {
			return AttentionShape{Queries: n(), Keys: n(), Dim: n(), LDQ: n(), LDK: n(), LDV: n(), LDO: n(), Scale: 1, Causal: yes()}
		}
		conv := func() ConvShape {
			return ConvShape{Channels: n(), Height: n(), Width: n(), KernelHeight: n(), KernelWidth: n(), Stride: n(), Pad: n()}
		}
		for name, call := range map[string]func(){
			"GEMM":     func() { GEMM(yes(), yes(), n(), n(), n(), f(), n(), f(), n(), f(), n(), yes()) },
			"GEMMBF16": func() { GEMMBF16(yes(), yes(), n(), n(), n(), f(), n(), f(), n(), f(), n(), yes()) },
			"GEMMBatch": func() {
				GEMMBatch(rng.IntN(4), yes(), yes(), n(), n(), n(), f(), n(), n(), f(), n(), n(), f(), n(), n(), yes())
			},
			"GEMMTernary":                     func() { GEMMTernary(n(), f(), n(), ternary(), 1, n(), n(), f(), n(), yes()) },
			"GEMMInt8":                        func() { GEMMInt8(yes(), n(), n(), n(), f(), n(), q(), n(), f(), f(), n(), yes()) },
			"TernaryGEMM":                     func() { TernaryGEMM(n(), q(), f(), ternary(), 1, f(), n()) },
			"NewTernary":                      func() { NewTernary(min(n(), 64), min(n(), 64)) },
			"Ternary.Pack":                    func() { ternary().Pack(q()) },
			"Ternary.Unpack":                  func() { ternary().Unpack(q()) },
			"Ternary.Quantize":                func() { ternary().Quantize(f(), 1) },
			"Ternary.Dequantize":              func() { ternary().Dequantize(f(), 1) },
			"Ternary.Slice":                   func() { ternary().Slice(n(), n()) },
			"DequantizeRows":                  func() { DequantizeRows(f(), q(), f(), n(), n()) },
			"QuantizeRows":                    func() { QuantizeRows(q(), f(), f(), n(), n()) },
			"Ternarize":                       func() { Ternarize(q(), f(), 1) },
			"RMSNormRows":                     func() { RMSNormRows(f(), f(), f(), n(), n(), 1) },
			"RMSNormRowsBackward":             func() { RMSNormRowsBackward(f(), f(), f(), f(), n(), n()) },
			"RMSNormQuantizeRows":             func() { RMSNormQuantizeRows(q(), f(), f(), f(), n(), n(), 1) },
			"RMSNormQuantizeRowsBackward":     func() { RMSNormQuantizeRowsBackward(f(), f(), f(), f(), n(), n()) },
			"SoftmaxRows":                     func() { SoftmaxRows(f(), f(), n(), n()) },
			"SoftmaxRowsBackward":             func() { SoftmaxRowsBackward(f(), f(), f(), n(), n(), 1) },
			"SoftmaxCrossEntropyRows":         func() { SoftmaxCrossEntropyRows(f(), f(), f(), labels(), n(), n()) },
			"SoftmaxCrossEntropyRowsBackward": func() { SoftmaxCrossEntropyRowsBackward(f(), f(), labels(), n(), n(), 1) },
			"Attention":                       func() { Attention(f(), f(), f(), f(), shape()) },
			"AttentionBackward":               func() { AttentionBackward(f(), f(), f(), f(), f(), f(), f(), shape()) },
			"RoPE":                            func() { RoPE(f(), f(), f(), n(), n(), n(), n(), yes()) },
			"RoPETable":                       func() { RoPETable(f(), f(), n(), n(), 10000) },
			"Im2Row":                          func() { Im2Row(f(), f(), conv()) },
			"Im2RowInt8":                      func() { Im2RowInt8(q(), q(), conv()) },
			"Row2Im":                          func() { Row2Im(f(), f(), conv()) },
			"AbsSums":                         func() { AbsSums(f(), f()) },
			"elementwise": func() {
				switch rng.IntN(9) {
				case 0:
					Add(f(), f(), f())
				case 1:
					Sub(f(), f(), f())
				case 2:
					Mul(f(), f(), f())
				case 3:
					Axpy(f(), 1, f())
				case 4:
					ReLUBackward(f(), f(), f())
				case 5:
					GELUBackward(f(), f(), f())
				case 6:
					Exp(f(), f())
				case 7:
					Dot(f(), f())
				default:
					SGD(f(), f(), f(), 1, 1, 1)
				}
			},
			"AdamW": func() { AdamW(f(), f(), f(), f(), 1, 0.9, 0.9, 1, 0, n()) },
		} {
			worked := 0
			for range 3000 {
				whole = whole[:0]
				func() {
					defer func() {
						switch e := recover().(type) {
						case nil:
							worked++
						case SizeError, LabelError:
						default:
							t.Fatalf("%s panics with %v", name, e)
						}
					}()
					call()
				}()
				for _, w := range whole {
					w()
				}
			}
			if worked == 0 {
				t.Errorf("%s refused every size", name)
			}
		}
	})
}
