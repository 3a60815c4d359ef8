package bench

import (
	"fmt"
	"time"

	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/train"
	"setun/runtime/tensor"
)

// validationRows: what a measurement on the way costs at 10 million parameters, as
// Fit makes it with train.Evaluate: of one of its batches, which is to be there in
// 100 ms, and of ten. A batch is 500 images, or the sequences that have up to 500
// tokens.
func validationRows() []row {
	rng := tensor.NewRNG(1)
	images := func(n int) (*data.Split, error) {
		return data.NewVectors(tensor.From(noise(1, n*1024), n, 1024), make(tensor.Labels, n))
	}
	text := func(n int) (*data.Split, error) {
		tokens := make([]int32, n+1)
		for i := range tokens {
			tokens[i] = int32(rng.IntN(256))
		}
		return data.NewText(tokens, 125)
	}
	lm := nn.Transformer{Vocab: 256, Context: 125, Width: 320, Layers: 6, Heads: 5}
	var rows []row
	for _, m := range []struct {
		name   string
		make   func() nn.Module
		sample func(n int) (*data.Split, error)
	}{
		{"mlp10M", func() nn.Module { return nn.MLP(1024, 2900, 2048, 512, 10) }, images},
		{"lm10M", func() nn.Module { return nn.NewBitNetLM(lm) }, text},
	} {
		for _, n := range []int{500, 5000} {
			rows = append(rows, row{fmt.Sprintf("%s/%d", m.name, n), func(b *bench, name string) error {
				split, err := m.sample(n)
				if err != nil {
					return err
				}
				r := Row{Name: name, Unit: "ms", AtMost: true}
				if limit := 100.0; n == 500 {
					r.Target = &limit
				}
				return b.validation(r, m.make(), split)
			}})
		}
	}
	return rows
}

// validation emits r with how long it takes to evaluate m on split, for each number
// of threads.
func (b *bench) validation(r Row, m nn.Module, split *data.Split) error {
	const rounds = 7
	var failed error
	err := b.each(func(threads int) Row {
		var ms []float64
		for range rounds {
			began := time.Now()
			if _, err := train.Evaluate(b.ctx, m, split, 0); err != nil {
				failed = err
			}
			ms = append(ms, float64(time.Since(began).Microseconds())/1e3)
		}
		r.Threads, r.Ours, r.Spread, r.Rounds = threads, median(ms), spread(ms), rounds
		return r
	})
	if failed != nil {
		return failed
	}
	return err
}
