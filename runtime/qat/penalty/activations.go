package penalty

import (
	"fmt"

	"setun/runtime/qat/nn"
	"setun/runtime/qat/train"
	"setun/runtime/tensor"
)

// Activations is λ·mean(y²) of the result of every layer but the last, summed over
// the layers: large activations cost bits of the int8 range of a row.
type Activations struct {
	train.NoHook
	Lambda float64

	seen []*tensor.Tensor // of the running batch, held
	stop func()
}

// Name is the hook's name in errors.
func (*Activations) Name() string { return "penalty of the size of activations" }

// Recipe is the hook as a cell writes it.
func (p *Activations) Recipe() string { return fmt.Sprintf("ActivationPenalty(%g)", p.Lambda) }

// Start begins to watch the layers.
func (p *Activations) Start(l *train.Loop) error {
	p.stop = nn.Watch(l.Model, func(_ string, y *tensor.Tensor) {
		tensor.Hold(y)
		p.seen = append(p.seen, y)
	})
	return needLambda(p.Lambda)
}

// Finish leaves the model unwatched.
func (p *Activations) Finish(*train.Loop) error {
	if p.stop != nil {
		p.stop()
	}
	p.stop = nil
	return nil
}

// Loss is the loss with the term.
func (p *Activations) Loss(l *train.Loop, loss *tensor.Tensor) *tensor.Tensor {
	for _, y := range p.seen {
		if y != l.Logits && y.WantsGrad() {
			loss = tensor.Add(loss, tensor.Scale(tensor.Mean(tensor.Mul(y, y)), float32(p.Lambda)))
		}
		tensor.Release(y)
	}
	clear(p.seen)
	p.seen = p.seen[:0]
	return loss
}
