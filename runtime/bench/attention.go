package bench

import (
	"fmt"
	"math"
	"unsafe"

	"setun/runtime/asm"
	"setun/runtime/tensor"
)

// attentionRows: causal attention of heads of 64, in the operations of the lower
// triangle alone: two products forward, five more backward.
func attentionRows() []row {
	const dim = 64
	var rows []row
	for _, s := range []struct{ heads, t int }{{32, 128}, {8, 512}} {
		size := s.heads * s.t * dim
		shape := asm.AttentionShape{
			Queries: s.t, Keys: s.t, Dim: dim, LDQ: dim, LDK: dim, LDV: dim, LDO: dim,
			Scale: float32(1 / math.Sqrt(dim)), Causal: true,
		}
		product := float64(s.heads) * float64(s.t) * float64(s.t+1) * dim / 1e9 // 2·D for each pair
		head := func(x []float32, h int) []float32 { return x[h*s.t*dim : (h+1)*s.t*dim] }
		forward := func(o, q, k, v []float32) {
			tensor.Parallel(s.heads, 1, func(lo, hi int) {
				for h := lo; h < hi; h++ {
					asm.Attention(head(o, h), head(q, h), head(k, h), head(v, h), shape)
				}
			})
		}
		rows = append(rows,
			row{"forward/" + sizes(s.heads, s.t, dim), func(b *bench, name string) error {
				q, k, v, o := noise(1, size), noise(2, size), noise(3, size), make([]float32, size)
				return b.contest(name, "GFLOP/s", func(threads int) (*side, []rival) {
					return loop("ours", 2*product, func() { forward(o, q, k, v) }), []rival{
						{side: floatPeak(threads)},
						{side: b.peer("pytorch", fmt.Sprintf("attention forward %d %d %d", s.heads, s.t, dim), 2*product, threads)},
					}
				})
			}},
			row{"both/" + sizes(s.heads, s.t, dim), func(b *bench, name string) error {
				q, k, v, o, do := noise(1, size), noise(2, size), noise(3, size), make([]float32, size), noise(4, size)
				dq, dk, dv := make([]float32, size), make([]float32, size), make([]float32, size)
				return b.contest(name, "GFLOP/s", func(threads int) (*side, []rival) {
					ours := loop("ours", 7*product, func() {
						forward(o, q, k, v)
						tensor.Parallel(s.heads, 1, func(lo, hi int) {
							for h := lo; h < hi; h++ {
								clear(head(dk, h)) // which the backward adds to
								clear(head(dv, h))
								asm.AttentionBackward(head(dq, h), head(dk, h), head(dv, h), head(do, h),
									head(q, h), head(k, h), head(v, h), shape)
							}
						})
					})
					return ours, []rival{
						{side: floatPeak(threads)},
						{side: b.peer("pytorch", fmt.Sprintf("attention both %d %d %d", s.heads, s.t, dim), 7*product, threads)},
					}
				})
			}},
		)
	}
	return rows
}

// readFloats is the side that reads x alone, in numbers a second.
func readFloats(threads int, x []float32) *side {
	return readBandwidth(threads, unsafe.Slice((*byte)(unsafe.Pointer(&x[0])), 4*len(x)), 0.25)
}
