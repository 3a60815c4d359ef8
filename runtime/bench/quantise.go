package bench

import (
	"fmt"

	"setun/runtime/asm"
	"setun/runtime/qat"
	"setun/runtime/tensor"
)

// quantiseRows: what surrounds the products of a BitLinear, in numbers a second,
// beside reading them alone.
func quantiseRows() []row {
	var rows []row
	for _, s := range []struct{ m, k int }{{64, 784}, {128, 2560}} {
		x := func() []float32 { return noise(1, s.m*s.k) }
		work := float64(s.m*s.k) / 1e9
		ask := fmt.Sprintf("quantise %d %d", s.m, s.k)
		rows = append(rows,
			row{"activations/" + sizes(s.m, s.k), func(b *bench, name string) error {
				x, q, scale := x(), make([]int8, s.m*s.k), make([]float32, s.m)
				return b.contest(name, "Gnumber/s", func(threads int) (*side, []rival) {
					ours := loop("ours", work, func() {
						tensor.ParallelRows(s.m, s.k, func(lo, hi int) {
							asm.QuantizeRows(q[lo*s.k:hi*s.k], scale[lo:hi], x[lo*s.k:hi*s.k], hi-lo, s.k)
						})
					})
					return ours, []rival{
						{side: readFloats(threads, x)},
						{b.peer("ggml", ask, work, threads), 1},
						{side: b.peer("pytorch", ask, work, threads)},
					}
				})
			}},
			row{"rmsnorm+activations/" + sizes(s.m, s.k), func(b *bench, name string) error {
				x, q, scale, rstd := x(), make([]int8, s.m*s.k), make([]float32, s.m), make([]float32, s.m)
				return b.contest(name, "Gnumber/s", func(threads int) (*side, []rival) {
					ours := loop("ours", work, func() {
						tensor.ParallelRows(s.m, s.k, func(lo, hi int) {
							asm.RMSNormQuantizeRows(q[lo*s.k:hi*s.k], scale[lo:hi], rstd[lo:hi], x[lo*s.k:hi*s.k], hi-lo, s.k, 1e-5)
						})
					})
					return ours, []rival{
						{side: readFloats(threads, x)},
						{side: b.peer("pytorch", "rmsnorm+"+ask, work, threads)},
					}
				})
			}},
		)
	}
	for _, s := range []struct{ n, k int }{{512, 784}, {2560, 2560}} {
		rows = append(rows, row{"weights/" + sizes(s.n, s.k), func(b *bench, name string) error {
			w, codes := noise(2, s.n*s.k), asm.NewTernary(s.n, s.k)
			var processors *tensor.Scope
			work := float64(s.n*s.k) / 1e9
			return b.contest(name, "Gnumber/s", func(threads int) (*side, []rival) {
				// As a step of training does it: into codes that are there.
				return loop("ours", work, func() { processors.Device().Ternarize(codes, w, qat.ScaleFloor) }), []rival{
					{side: readFloats(threads, w)},
					{side: b.peer("pytorch", fmt.Sprintf("ternarise %d %d", s.n, s.k), work, threads)},
				}
			})
		}})
	}
	return rows
}
