package results

import (
	"context"

	"setun/runtime/qat"
	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/qat/train"
)

// opticks is the study of a language model of bytes on Newton's Opticks.
func opticks() Study {
	const length, steps, batch = 128, 400, 16
	size := nn.Transformer{Vocab: 256, Context: length, Width: 128, Layers: 4, Heads: 4}
	arm := func(name string, peer float64, source string, m func() *nn.BitNetLM, after *qat.Scheme) Arm {
		return Arm{name, peer, source, func(ctx context.Context, sets *Sets, seed uint64) (float64, error) {
			d, err := sets.Get(ctx, "opticks", func(ctx context.Context) (*data.Dataset, error) {
				return data.Text(ctx, "opticks", data.TextConfig{Length: length})
			})
			if err != nil {
				return 0, err
			}
			lm := m().Init(seed)
			run, err := train.Fit(ctx, lm, d, train.Config{
				Steps: steps, Batch: batch, MeasureEvery: steps,
				Optimizer: optim.NewAdamW(3e-3, optim.Betas{0.9, 0.95}, optim.Decay(0.1)),
				Schedule:  optim.Warmup(50, optim.Cosine),
			})
			if err != nil {
				return 0, err
			}
			if after == nil {
				return run.Test.Loss, nil
			}
			lm.With(nn.WithScheme(*after))
			got, err := train.Evaluate(ctx, lm, d.Test, 0)
			return got.Loss, err
		}}
	}
	float := func() *nn.BitNetLM {
		twin := size
		twin.Float = true
		return nn.NewBitNetLM(twin)
	}
	return Study{
		Name:     "opticks",
		About:    "A BitNet language model of bytes (width 128, 4 layers, 4 heads, context 128; 1.1 million parameters) on the first nine tenths of Newton's Opticks, 400 steps of 16 sequences; nats a byte on the last tenth.",
		Unit:     "nats a byte",
		Less:     true,
		Baseline: "FP",
		Arms: []Arm{
			arm("FP", 2.055, "TinyStories, 11.2M, nats a token: another task", float, nil),
			arm("b1.58", 2.176, "the same, QAT ternary", func() *nn.BitNetLM { return nn.NewBitNetLM(size) }, nil),
			arm("post-training", 5.023, "the same, rounded after training", float, &qat.Scheme{}),
		},
	}
}
