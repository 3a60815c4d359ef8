package nn_test

import (
	"fmt"
	"math"
	"testing"

	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

// text returns a batch of random tokens [B×T] and the tokens after them.
func text(seed uint64, batch, length, vocab int) (*tensor.Tensor, tensor.Labels) {
	rng := tensor.NewRNG(seed)
	x, y := tensor.New(batch, length), make(tensor.Labels, batch*length)
	for b := range batch {
		next := rng.IntN(vocab)
		for t := range length {
			x.Data()[b*length+t] = float32(next)
			next = (3*next + 1 + rng.IntN(2)) % vocab
			y[b*length+t] = int32(next)
		}
	}
	return x, y
}

// sizes are two small transformers: one with as many heads of keys as of queries,
// one whose query heads share them.
func sizes() map[string]nn.Transformer {
	return map[string]nn.Transformer{
		"heads":  {Vocab: 11, Context: 12, Width: 16, Layers: 2, Heads: 2, Untied: true},
		"groups": {Vocab: 11, Context: 12, Width: 16, Layers: 1, Heads: 4, Groups: 2, Hidden: 24},
	}
}

func TestTransformerLearns(t *testing.T) {
	for name, size := range sizes() {
		for _, float := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/float=%v", name, float), func(t *testing.T) {
				size.Float = float
				m := nn.NewBitNetLM(size)
				opt := optim.NewAdamW(3e-3).For(m)
				scope := &tensor.Scope{Private: true}
				var last float32
				for step := range 150 {
					x, y := text(uint64(step), 8, 12, 11)
					loss := tensor.CrossEntropy(m.Forward(scope.Enter(x)), y)
					last = loss.Item()
					loss.Backward()
					opt.Step()
					scope.End()
				}
				// Two tokens can follow each token: ln 2 is the best there is.
				if !(last < 1.1) || last < math.Ln2-0.1 {
					t.Errorf("the loss is %.3f after 150 steps, want less than 1.1 (at first %.3f)", last, math.Log(11))
				}
			})
		}
	}
}

// A token has no influence on what is predicted before it.
func TestTransformerIsCausal(t *testing.T) {
	m := nn.NewBitNetLM(sizes()["groups"])
	x, _ := text(1, 1, 12, 11)
	before := m.Forward(x).Data()
	changed := x.Clone()
	changed.Data()[7] = float32((int(x.Data()[7]) + 1) % 11)
	after := m.Forward(changed).Data()
	for i := range before {
		if row := i / 11; row < 7 && before[i] != after[i] {
			t.Fatalf("logit %d of place %d changed with the token of place 7", i%11, row)
		}
	}
}

func TestSteadyTransformerStepAllocatesNothing(t *testing.T) {
	for name, size := range sizes() {
		for _, float := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/float=%v", name, float), func(t *testing.T) {
				size.Float = float
				x, y := text(1, 4, 12, 11)
				needNoAllocs(t, nn.NewBitNetLM(size), x, y)
			})
		}
	}
}

// BenchmarkTransformerStep is a training step of a small language model.
func BenchmarkTransformerStep(b *testing.B) {
	for _, float := range []bool{false, true} {
		b.Run(fmt.Sprintf("float=%v", float), func(b *testing.B) {
			m := nn.NewBitNetLM(nn.Transformer{Vocab: 256, Context: 128, Width: 256, Layers: 4, Heads: 4, Float: float})
			x, y := text(1, 8, 128, 256)
			opt := optim.NewAdamW(0).For(m)
			scope := &tensor.Scope{Private: true}
			b.ReportAllocs()
			for b.Loop() {
				tensor.CrossEntropy(m.Forward(scope.Enter(x)), y).Backward()
				opt.Step()
				scope.End()
			}
			b.ReportMetric(float64(len(y)*b.N)/b.Elapsed().Seconds(), "tokens/s")
			b.ReportMetric(float64(scope.Usage().Peak), "peak-B")
		})
	}
}
